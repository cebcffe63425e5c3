"""Which account a subject stands for at an agency that was told it."""

import sqlalchemy as sa

from gateway.storage.prepared import Prepared
from gateway.storage.tables_oidc import known_subjects as table

ACCOUNT = Prepared.of(
    sa.select(table.c.account).where(
        table.c.agency == sa.bindparam("agency"), table.c.subject == sa.bindparam("subject")
    )
)
TOLD = Prepared.of(
    sa.select(table.c.subject).where(
        table.c.agency == sa.bindparam("agency"), table.c.account == sa.bindparam("account")
    )
)
INSERT = Prepared.insert_once(table, "agency", "subject", "account")


class SqlKnownSubjects:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, agency: str, subject: str, account: str) -> None:
        INSERT.write(self._connection, agency=agency, subject=subject, account=account)

    def agencies(self, account: str) -> frozenset[str]:
        query = sa.select(table.c.agency).where(table.c.account == account).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def told(self, agency: str, account: str) -> frozenset[str]:
        return frozenset(row[0] for row in TOLD.all(self._connection, agency=agency, account=account))

    def accounts(self, agency: str) -> tuple[str, ...]:
        query = sa.select(table.c.account).where(table.c.agency == agency).distinct().order_by(table.c.account)
        return tuple(self._connection.execute(query).scalars())

    def forget(self, account: str) -> None:
        self._connection.execute(sa.delete(table).where(table.c.account == account))

    def account(self, agency: str, subject: str) -> str | None:
        row = ACCOUNT.one(self._connection, agency=agency, subject=subject)
        return None if row is None else str(row[0])
