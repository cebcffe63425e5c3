"""What a session or a grant rests on, by one statement each: joins over rows that are found by their keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.identity.consent import Kind
from gateway.identity.identifier import Identifier
from gateway.identity.session import Session
from gateway.oidc.grant import Grant
from gateway.oidc.sign_in import SignIn
from gateway.ports.backings import Backing
from gateway.ports.vault import Vault
from gateway.storage import tables_residents as tables
from gateway.storage.bindings import binding_of, index
from gateway.storage.consents import IS_STANDING, LAST_HASH, SqlConsents
from gateway.storage.grants import LIVING, RememberedGrants, grant_of
from gateway.storage.instants import to_micros
from gateway.storage.prepared import Prepared
from gateway.storage.sessions import session_of
from gateway.storage.sign_ins import SqlSignIns, client_of
from gateway.storage.tables_oidc import grants

SIGN_INS, SESSIONS, BINDINGS, CONSENTS = tables.sign_ins, tables.sessions, tables.bindings, tables.consents
# in each row first what was asked for, then the binding, then the consent as `SqlConsents` reads it
BINDING = (BINDINGS.c.id, BINDINGS.c.sealed)
CONSENT = (*CONSENTS.columns, LAST_HASH)
OF_SIGN_IN, OF_SESSION, OF_GRANT = 3, len(SESSIONS.columns), 1

# the kind and the states stand in the text, so that the partial index serves
CLAIMS_STAND = sa.and_(CONSENTS.c.kind == sa.literal_column(f"'{Kind.CLAIMS.value}'"), IS_STANDING)

OF_ITS_SESSION = sa.and_(BINDINGS.c.id == SESSIONS.c.binding, tables.ACTIVE)
CONSENT_OF_SESSION = (CONSENTS.c.account == SESSIONS.c.account, CLAIMS_STAND)
SESSION = (
    sa.select(*SESSIONS.columns, *BINDING, *CONSENT)
    .select_from(SESSIONS)
    .outerjoin(BINDINGS, OF_ITS_SESSION)
    .outerjoin(CONSENTS, sa.and_(*CONSENT_OF_SESSION, CONSENTS.c.client == sa.bindparam("client")))
)
BY_SESSION = Prepared.of(SESSION.where(SESSIONS.c.id == sa.bindparam("session")))
BY_SIGN_IN = Prepared.of(
    sa.select(SIGN_INS.c.id, SIGN_INS.c.sealed, SIGN_INS.c.client, *SESSIONS.columns, *BINDING, *CONSENT)
    .select_from(SIGN_INS)
    .outerjoin(SESSIONS, SESSIONS.c.id == SIGN_INS.c.session)
    .outerjoin(BINDINGS, OF_ITS_SESSION)
    .outerjoin(CONSENTS, sa.and_(*CONSENT_OF_SESSION, CONSENTS.c.client == SIGN_INS.c.client))
    .where(SIGN_INS.c.id == sa.bindparam("sign_in"))
)
BY_HOME = Prepared.of(
    sa.select(*BINDING, *CONSENT)
    .select_from(BINDINGS)
    .outerjoin(
        CONSENTS,
        sa.and_(CONSENTS.c.account == BINDINGS.c.account, CONSENTS.c.client == sa.bindparam("client"), CLAIMS_STAND),
    )
    .where(BINDINGS.c.home_key == sa.bindparam("key"), tables.ACTIVE)
)
BY_GRANT = Prepared.of(
    sa.select(grants.c.facts, *BINDING, *CONSENT)
    .select_from(grants)
    .outerjoin(BINDINGS, sa.and_(BINDINGS.c.account == grants.c.account, tables.ACTIVE))
    .outerjoin(
        CONSENTS,
        sa.and_(CONSENTS.c.account == grants.c.account, CONSENTS.c.client == grants.c.client, CLAIMS_STAND),
    )
    .where(*LIVING)
    .order_by(BINDINGS.c.bound_at.desc(), BINDINGS.c.id)
)


class SqlBackings:
    """`sign_ins` and `consents` know how their rows are read, and `consents` which of them it has read before."""

    def __init__(
        self,
        connection: sa.Connection,
        vault: Vault,
        *,
        sign_ins: SqlSignIns,
        consents: SqlConsents,
        remembered: RememberedGrants,
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._sign_ins = sign_ins
        self._consents = consents
        self._remembered = remembered

    def of_home(self, home: Identifier, *, client: str) -> Backing:
        rows = BY_HOME.all(self._connection, key=index(self._vault, home), client=client)
        return self._backing(rows, 0) if rows else Backing()

    def of_sign_in(self, sign_in: str) -> tuple[SignIn, tuple[Session, Backing] | None] | None:
        rows = BY_SIGN_IN.all(self._connection, sign_in=sign_in)
        if not rows:
            return None
        found, client, session = self._sign_ins.read(rows[0]), rows[0][OF_SIGN_IN - 1], rows[0][OF_SIGN_IN:]
        if found.session is None:
            return found, None
        if (client, session[0]) != (client_of(found), found.session):  # what is sealed holds, whatever was joined
            return found, self.of_session(found.session, client=client_of(found))
        return found, (session_of(session[:OF_SESSION]), self._backing(rows, OF_SIGN_IN + OF_SESSION))

    def of_session(self, session: str, *, client: str) -> tuple[Session, Backing] | None:
        rows = BY_SESSION.all(self._connection, session=session, client=client)
        return (session_of(rows[0][:OF_SESSION]), self._backing(rows, OF_SESSION)) if rows else None

    def of_grant(self, grant: str, *, token: str, at: datetime) -> tuple[Grant, Backing] | None:
        rows = BY_GRANT.all(self._connection, grant=grant, token=token, at=to_micros(at))
        if not rows:
            return None
        return grant_of(grant, rows[0][0], self._vault, self._remembered), self._backing(rows, OF_GRANT)

    def _backing(self, rows: Sequence[Sequence[Any]], first: int) -> Backing:
        """One consent at most stands for a client, so rows differ in their bindings alone."""
        after = first + len(BINDING)
        consent = rows[0][after:]
        return Backing(
            bindings=tuple([binding_of(row[first:after], self._vault) for row in rows if row[first] is not None]),
            consent=self._consents.read(consent) if consent[0] is not None else None,
        )
