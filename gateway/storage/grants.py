"""Grants as rows: what may be searched for in the clear, the rest sealed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gateway.errors import Outrun
from gateway.flows.remembered import Remembered
from gateway.identity.consent import TAKEN_BACK
from gateway.oidc.grant import Grant
from gateway.ports.vault import Vault
from gateway.storage import once
from gateway.storage.instants import to_micros
from gateway.storage.packing import pack, unpack
from gateway.storage.prepared import Prepared
from gateway.storage.tables_oidc import grants as table
from gateway.storage.tables_oidc import revoked_tokens
from gateway.storage.tables_residents import consents, sessions

KEPT = ("id", "client", "account", "session", "consent", "facts", "expires_at")
TAKEN_BACK_STATES = sorted(state.value for state in TAKEN_BACK)


def _redeem(dialect: str) -> sa.Executable:
    """A row as it is given, unless what it rests on has ended or its code was redeemed: all in one statement.

    Session and consent are held until it is kept: who ends one meanwhile comes first, or ends this grant, too.
    """
    ended_at = sa.select(sessions.c.ended_at).where(sessions.c.id == sa.bindparam("session"))
    state = sa.select(consents.c.state).where(consents.c.id == sa.bindparam("consent"))
    stands = sa.func.coalesce(_held(state), sa.literal_column("''")).not_in(
        [sa.literal_column(f"'{state}'") for state in TAKEN_BACK_STATES]
    )
    row = sa.select(*(sa.bindparam(name, type_=table.c[name].type) for name in KEPT))
    kept = row.where(_held(ended_at).is_(None), stands)
    return once.insert(table, dialect).from_select(KEPT, kept).on_conflict_do_nothing()


def _held(query: sa.Select[tuple[Any]]) -> sa.ScalarSelect[Any]:
    """What a row says, which nobody changes before this transaction ends (SQLite's writers take turns anyhow)."""
    return query.with_for_update(read=True).scalar_subquery()


REDEEM = Prepared(_redeem)
END_TOKEN = Prepared.insert_once(revoked_tokens, "id", "expires_at")
IS_ENDED = Prepared.of(sa.select(revoked_tokens.c.id).where(revoked_tokens.c.id == sa.bindparam("token")))
LIVING = (
    table.c.id == sa.bindparam("grant"),
    table.c.revoked_at.is_(None),
    table.c.expires_at > sa.bindparam("at"),
    ~sa.exists().where(revoked_tokens.c.id == sa.bindparam("token")),
)
LIVE = Prepared.of(sa.select(table.c.facts).where(*LIVING))


# A grant as it lies in a row, by its id and its sealed bytes: most are looked at a moment after they were given. Ids,
# times, names of claims and how a check ended stand in it, and no attribute of its person.
RememberedGrants = Remembered[tuple[str, bytes], Grant]


class SqlGrants:
    def __init__(self, connection: sa.Connection, vault: Vault, remembered: RememberedGrants) -> None:
        self._connection = connection
        self._vault = vault
        self._remembered = remembered

    def redeem(self, grant: Grant) -> None:
        sealed = self._vault.seal(pack(grant), context=_context(grant.id))
        REDEEM.insist(
            self._connection,
            _outrun,
            id=grant.id,
            client=grant.client,
            account=grant.permission.account,
            session=grant.permission.session,
            consent=grant.permission.consent,
            facts=sealed,
            expires_at=to_micros(grant.expires_at),
        )
        # should it never be committed, nobody will find these bytes to ask for it with
        self._remembered.put((grant.id, sealed), grant)

    def live(self, grant: str, *, token: str | None = None, at: datetime) -> Grant | None:
        row = LIVE.one(self._connection, grant=grant, token=token, at=to_micros(at))
        return grant_of(grant, row[0], self._vault, self._remembered) if row else None

    def revoke(self, grant: str, *, at: datetime) -> bool:
        return self._revoke(table.c.id == grant, at=at) == 1

    def revoke_of(
        self,
        *,
        at: datetime,
        account: str | None = None,
        client: str | None = None,
        session: str | None = None,
        consent: str | None = None,
    ) -> int:
        traits = {"account": account, "client": client, "session": session, "consent": consent}
        named = [table.c[name] == value for name, value in traits.items() if value is not None]
        if not named:
            raise ValueError("no_trait_named")
        return self._revoke(*named, at=at)

    def revoke_all(self, *, at: datetime) -> int:
        return self._revoke(at=at)

    def revoke_token(self, token: str, *, expires_at: datetime) -> None:
        END_TOKEN.write(self._connection, id=token, expires_at=to_micros(expires_at))

    def is_revoked(self, token: str) -> bool:
        return IS_ENDED.one(self._connection, token=token) is not None

    def purge(self, *, before: datetime) -> int:
        limit = to_micros(before)
        gone = self._connection.execute(sa.delete(table).where(table.c.expires_at < limit)).rowcount
        gone += self._connection.execute(sa.delete(revoked_tokens).where(revoked_tokens.c.expires_at < limit)).rowcount
        return gone

    def _revoke(self, *which: sa.ColumnElement[bool], at: datetime) -> int:
        statement = sa.update(table).where(*which, table.c.revoked_at.is_(None)).values(revoked_at=to_micros(at))
        return self._connection.execute(statement).rowcount


def grant_of(key: str, sealed: bytes, vault: Vault, remembered: RememberedGrants) -> Grant:
    """The grant that lies in a row."""
    known = remembered.get((key, sealed))
    if known is None:
        known = unpack(Grant, vault.open(sealed, context=_context(key)))
        remembered.put((key, sealed), known)
    return known


def _outrun() -> Outrun:
    return Outrun("code_used_or_ended")


def _context(grant: str) -> str:
    return f"grants:facts:{grant}"
