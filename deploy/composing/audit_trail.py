"""The gateway's audit entries: into trust's log, by the gateway's quick way to the database."""

import sqlalchemy as sa

from gateway.ports.residents import AuditEvent
from gateway.storage.prepared import Prepared
from trust.audit import event
from trust.storage.instants import to_micros
from trust.storage.tables import audit_entries

ADD = Prepared.of(sa.insert(audit_entries).values(at=sa.bindparam("at"), text=sa.bindparam("text")).inline())


class QuickAuditTrail:
    """Implements gateway's AuditTrail over one connection. What `SqlAuditLog.record` does, in a unit of the gateway."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def record(self, what: AuditEvent) -> None:
        """Write an entry, in the transaction that it tells of."""
        ADD.write(self._connection, at=to_micros(what.at), text=event.text(what))
