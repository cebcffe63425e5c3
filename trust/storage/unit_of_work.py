"""A unit of work over one connection: nothing is kept unless it is committed."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from trust.storage.audit_log import SqlAuditLog
from trust.storage.batches import SqlBatches
from trust.storage.documents import SqlRecords, Vault
from trust.storage.signings import SqlSignings


class SqlUnit:
    """One open transaction."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self.records = SqlRecords(connection, vault)
        self.audit = SqlAuditLog(connection)
        self.batches = SqlBatches(connection, vault)
        self.signings = SqlSignings(connection, vault)

    def commit(self) -> None:
        """Keep what was done."""
        self._connection.commit()


class SqlWork:
    """Satisfies the Work port; the engine begins a writing transaction at once (`write` execution option)."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    @contextmanager
    def __call__(self, *, write: bool) -> Iterator[SqlUnit]:
        """A transaction; leaving without commit undoes it."""
        with self._engine.connect().execution_options(write=write) as connection:
            yield SqlUnit(connection, self._vault)
