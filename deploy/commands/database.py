"""`gba database`: bring the database to the present, or say where it is."""

import sys

import click

from deploy.settings import load


@click.group()
def command() -> None:
    """Create or migrate the database (SQLite by default, PostgreSQL by URL)."""


@command.command()
def upgrade() -> None:
    """Run the migrations that are missing. `gba serve` does it by itself in sandbox mode."""
    from deploy import database, migrate  # noqa: PLC0415 - SQLAlchemy only when needed

    engine = database.make_engine(load().database_url)
    migrate.upgrade(engine)
    click.echo("The database is at the newest migration.")


@command.command()
@click.argument("revision")
@click.confirmation_option(prompt="The data of the tables that are undone is lost. Go on?")
def downgrade(revision: str) -> None:
    """Undo migrations down to REVISION (`base` undoes all). Data of undone tables is lost."""
    from deploy import database, migrate  # noqa: PLC0415 - SQLAlchemy only when needed

    migrate.downgrade(database.make_engine(load().database_url), revision)
    click.echo(f"The database is at {revision}.")


@command.command()
def check() -> None:
    """Exit 0 when the database is at the newest migration, 1 when not."""
    from deploy import database, migrate  # noqa: PLC0415 - SQLAlchemy only when needed

    if migrate.is_current(database.make_engine(load().database_url)):
        click.echo("The database is at the newest migration.")
        return
    click.echo("The database is behind: run `gba database upgrade`.", err=True)
    sys.exit(1)
