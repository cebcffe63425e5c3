"""Which account a subject stands for at an agency that was told it."""

import sqlalchemy as sa

from gateway.storage.prepared import Prepared
from gateway.storage.tables_oidc import known_subjects as table

INSERT = Prepared.insert_once(table, "agency", "subject", "account")


class SqlKnownSubjects:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, agency: str, subject: str, account: str) -> None:
        INSERT.changed(self._connection, agency=agency, subject=subject, account=account)

    def agencies(self, account: str) -> frozenset[str]:
        query = sa.select(table.c.agency).where(table.c.account == account).distinct()
        return frozenset(self._connection.execute(query).scalars())

    def account(self, agency: str, subject: str) -> str | None:
        query = sa.select(table.c.account).where(table.c.agency == agency, table.c.subject == subject)
        return self._connection.execute(query).scalar_one_or_none()
