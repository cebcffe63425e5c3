"""Which version of the tables a database has, and which is the newest: what Alembic would say, without loading it.

The tool that migrates takes as much memory as all connections together, and those who serve never migrate.
"""

from pathlib import Path

import sqlalchemy as sa

MIGRATIONS = Path(__file__).resolve().parent / "migrations" / "versions"


def newest() -> str:
    """Migrations are a line, and their files are named by their numbers."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("[0-9]*_*.py"))


def is_current(engine: sa.Engine) -> bool:
    """Whether the database is at the newest migration."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all()
    return found == [newest()]
