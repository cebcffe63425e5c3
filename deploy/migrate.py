"""Brings a database to the present: `upgrade`, `downgrade`, and whether it is there."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.storage import (
    tables_deliveries,
    tables_device,
    tables_oidc,
    tables_partners,
    tables_residents,
    tables_subjects,
)
from gateway.storage.metadata import metadata as gateway_metadata
from trust.storage import tables_batches, tables_signings
from trust.storage.tables import metadata as trust_metadata

METADATA = [gateway_metadata, trust_metadata]
# importing these is what puts their tables on the MetaData
TABLES = (
    tables_batches,
    tables_signings,
    tables_deliveries,
    tables_device,
    tables_oidc,
    tables_partners,
    tables_residents,
    tables_subjects,
)
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
# one number for this product, so that two processes that start together migrate one after the other (PostgreSQL)
LOCK = 4_844_001


def configuration(connection: sa.Connection | None = None) -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Run the migrations that are missing; does nothing where none is."""
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(configuration(connection), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Undo migrations down to `revision` (`base` undoes all)."""
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        command.downgrade(configuration(connection), revision)


def is_current(engine: sa.Engine) -> bool:
    """Whether the database is at the newest migration."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest
