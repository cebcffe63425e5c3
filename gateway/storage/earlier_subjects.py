"""Earlier subjects as rows; a person who has not bound yet is known by a keyed hash of their identity alone."""

from collections.abc import Iterable

import sqlalchemy as sa

from gateway.identity.earlier_subject import KnownAs
from gateway.identity.identifier import Identifier
from gateway.ports.vault import Vault
from gateway.storage.bindings import index
from gateway.storage.prepared import Prepared
from gateway.storage.tables_subjects import earlier_subjects as table

ADD = Prepared.insert_once(table, "agency", "subject", "account", "person")
FIND = Prepared.of(
    sa.select(table.c.account, table.c.person).where(
        table.c.agency == sa.bindparam("agency"), table.c.subject == sa.bindparam("subject")
    )
)
ANY_OF = Prepared.of(sa.select(table.c.subject).where(table.c.agency == sa.bindparam("agency")).limit(1))
OF = Prepared.of(
    sa.select(table.c.subject).where(
        table.c.agency == sa.bindparam("agency"), table.c.account == sa.bindparam("account")
    )
)


class SqlEarlierSubjects:
    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def any_of(self, agency: str) -> bool:
        return ANY_OF.one(self._connection, agency=agency) is not None

    def of(self, agency: str, account: str) -> str | None:
        row = OF.one(self._connection, agency=agency, account=account)
        return None if row is None else str(row[0])

    def find(self, agency: str, subject: str) -> KnownAs | None:
        row = FIND.one(self._connection, agency=agency, subject=subject)
        return None if row is None else KnownAs(account=row[0], person=row[1])

    def person(self, identity: Identifier) -> str:
        return index(self._vault, identity)

    def add(self, agency: str, subject: str, known: KnownAs) -> bool:
        made = ADD.changed(self._connection, agency=agency, subject=subject, account=known.account, person=known.person)
        return made == 1

    def waiting(self, identities: Iterable[Identifier]) -> tuple[tuple[str, str], ...]:
        keys = [index(self._vault, identity) for identity in identities]
        query = sa.select(table.c.agency, table.c.subject).where(table.c.person.in_(keys), table.c.account.is_(None))
        return tuple((row.agency, row.subject) for row in self._connection.execute(query))

    def settle(self, agency: str, subject: str, account: str) -> None:
        self._connection.execute(
            sa.update(table)
            .where(table.c.agency == agency, table.c.subject == subject, table.c.account.is_(None))
            .values(account=account)
        )

    def forget_person(self, account: str) -> None:
        self._connection.execute(sa.update(table).where(table.c.account == account).values(person=None))

    def list(self, agency: str) -> tuple[tuple[str, KnownAs], ...]:
        query = sa.select(table).where(table.c.agency == agency).order_by(table.c.subject)
        rows = self._connection.execute(query)
        return tuple((row.subject, KnownAs(account=row.account, person=row.person)) for row in rows)
