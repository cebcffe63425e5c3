"""The migrations lead where the tables say, and back, on both databases."""

from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from deploy import migrate, schema_version


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_newest_migration_makes_just_the_tables_that_the_code_knows(empty_engine: sa.Engine) -> None:
    assert not migrate.is_current(empty_engine)
    migrate.upgrade(empty_engine)
    assert migrate.is_current(empty_engine)
    known = {name for metadata in migrate.METADATA for name in metadata.tables}
    assert tables(empty_engine) == known
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [found for metadata in migrate.METADATA for found in _differences(context, metadata)]
    assert differences == []


def test_every_migration_can_be_undone_and_done_again(empty_engine: sa.Engine) -> None:
    migrate.upgrade(empty_engine)
    migrate.downgrade(empty_engine, "base")
    assert tables(empty_engine) == set()
    migrate.upgrade(empty_engine)
    assert migrate.is_current(empty_engine)


def test_upgrading_twice_changes_nothing(empty_engine: sa.Engine) -> None:
    migrate.upgrade(empty_engine)
    before = tables(empty_engine)
    migrate.upgrade(empty_engine)
    assert tables(empty_engine) == before


def test_who_serves_reads_the_version_as_alembic_does(empty_engine: sa.Engine) -> None:
    assert not schema_version.is_current(empty_engine)
    migrate.upgrade(empty_engine)
    assert schema_version.is_current(empty_engine)
    migrate.downgrade(empty_engine, "base")
    assert not schema_version.is_current(empty_engine)
    assert schema_version.newest() == ScriptDirectory.from_config(migrate.configuration()).get_current_head()


def _differences(context: MigrationContext, metadata: sa.MetaData) -> list[object]:
    """Without the other package's tables, which this MetaData does not know."""
    found: list[object] = []
    for difference in compare_metadata(context, metadata):
        foreign = isinstance(difference, tuple) and difference[0] in ("remove_table", "remove_index")
        if not foreign:
            found.append(difference)
    return found


def test_every_module_of_tables_is_known_to_the_migrations() -> None:
    root = Path(migrate.__file__).resolve().parents[1]
    known = {module.__name__.rpartition(".")[2] for module in migrate.TABLES}
    assert {file.stem for file in root.glob("*/storage/tables_*.py")} == known
