"""Which account a subject stands for at an agency that was told it."""

import sqlalchemy as sa

from gateway.storage.once import insert_once
from gateway.storage.tables_oidc import known_subjects as table


class SqlKnownSubjects:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember(self, agency: str, subject: str, account: str) -> None:
        insert_once(self._connection, table, {"agency": agency, "subject": subject, "account": account})

    def account(self, agency: str, subject: str) -> str | None:
        query = sa.select(table.c.account).where(table.c.agency == agency, table.c.subject == subject)
        return self._connection.execute(query).scalar_one_or_none()
