"""A unit of work over one connection: every repository, one transaction, nothing kept unless committed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from threading import RLock

import sqlalchemy as sa

from gateway.ports.residents import AuditTrail
from gateway.ports.vault import Vault
from gateway.storage.accounts import SqlAccounts
from gateway.storage.bindings import SqlBindings
from gateway.storage.client_buckets import SqlClientBuckets
from gateway.storage.clients import SqlClients
from gateway.storage.consents import SqlConsents
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.grants import SqlGrants
from gateway.storage.integration_errors import SqlIntegrationErrors
from gateway.storage.invitations import SqlInvitations
from gateway.storage.known_subjects import SqlKnownSubjects
from gateway.storage.logouts import SqlLogouts
from gateway.storage.partner_keys import SqlPartnerKeys
from gateway.storage.pushed_requests import SqlPushedRequests
from gateway.storage.refresh_tokens import SqlRefreshTokens
from gateway.storage.registration_requests import SqlRegistrationRequests
from gateway.storage.registrations import SqlRegistrations
from gateway.storage.replays import SqlReplays
from gateway.storage.reviews import SqlReviews
from gateway.storage.sessions import SqlSessions
from gateway.storage.sign_ins import SqlSignIns

MOST_WAITING = 4  # readers, and as many writers: well below what the pool gives out
OpenAudit = Callable[[sa.Connection], AuditTrail]


class SqlUnit:
    """One open transaction. Repositories are made when first asked for."""

    def __init__(self, connection: sa.Connection, vault: Vault, audit: OpenAudit) -> None:
        self._connection = connection
        self._vault = vault
        self._audit = audit

    @cached_property
    def clients(self) -> SqlClients:
        return SqlClients(self._connection)

    @cached_property
    def pushed_requests(self) -> SqlPushedRequests:
        return SqlPushedRequests(self._connection, self._vault)

    @cached_property
    def grants(self) -> SqlGrants:
        return SqlGrants(self._connection, self._vault)

    @cached_property
    def refresh_tokens(self) -> SqlRefreshTokens:
        return SqlRefreshTokens(self._connection)

    @cached_property
    def known_subjects(self) -> SqlKnownSubjects:
        return SqlKnownSubjects(self._connection)

    @cached_property
    def logouts(self) -> SqlLogouts:
        return SqlLogouts(self._connection, self.deliveries)

    @cached_property
    def deliveries(self) -> SqlDeliveries:
        return SqlDeliveries(self._connection, self._vault)

    @cached_property
    def replays(self) -> SqlReplays:
        return SqlReplays(self._connection)

    @cached_property
    def sign_ins(self) -> SqlSignIns:
        return SqlSignIns(self._connection, self._vault)

    @cached_property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self._connection)

    @cached_property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._connection, self._vault)

    @cached_property
    def bindings(self) -> SqlBindings:
        return SqlBindings(self._connection, self._vault)

    @cached_property
    def consents(self) -> SqlConsents:
        return SqlConsents(self._connection, self._vault)

    @cached_property
    def reviews(self) -> SqlReviews:
        return SqlReviews(self._connection, self._vault)

    @cached_property
    def invitations(self) -> SqlInvitations:
        return SqlInvitations(self._connection)

    @cached_property
    def registrations(self) -> SqlRegistrations:
        return SqlRegistrations(self._connection, self._vault)

    @cached_property
    def registration_requests(self) -> SqlRegistrationRequests:
        return SqlRegistrationRequests(self._connection, self._vault)

    @cached_property
    def integration_errors(self) -> SqlIntegrationErrors:
        return SqlIntegrationErrors(self._connection)

    @cached_property
    def partner_keys(self) -> SqlPartnerKeys:
        return SqlPartnerKeys(self._connection)

    @cached_property
    def client_buckets(self) -> SqlClientBuckets:
        return SqlClientBuckets(self._connection)

    @cached_property
    def audit(self) -> AuditTrail:
        return self._audit(self._connection)

    def commit(self) -> None:
        """Keep what was done. A unit is committed once, as its last act."""
        self._connection.commit()


class SqlWork:
    """Opens units of work. The engine begins a writing transaction as `BEGIN IMMEDIATE` on SQLite (deploy).

    On SQLite connections wait here for the next unit, as making one ready costs as much as a short transaction; and
    writers of this process take turns here, woken at once, where the database would have them sleep and try again. A
    server's connections may be cut off meanwhile: those go back to the pool, which looks after them.
    """

    def __init__(self, engine: sa.Engine, *, vault: Vault, audit: OpenAudit) -> None:
        self._engine = engine
        self._vault = vault
        self._audit = audit
        self._is_file = engine.dialect.name == "sqlite"
        self._waiting: dict[bool, list[sa.Connection]] = {True: [], False: []}
        self._turn = RLock()

    @contextmanager
    def __call__(self, *, write: bool) -> Iterator[SqlUnit]:
        with self._turn if write and self._is_file else nullcontext():
            connection = self._connect(write=write)
            try:
                yield SqlUnit(connection, self._vault, self._audit)
            except BaseException:
                connection.close()  # rolls back
                raise
            if connection.in_transaction():
                connection.rollback()  # left without commit
            if self._is_file and len(self._waiting[write]) < MOST_WAITING:
                self._waiting[write].append(connection)
            else:
                connection.close()

    def _connect(self, *, write: bool) -> sa.Connection:
        try:
            return self._waiting[write].pop()
        except IndexError:
            return self._engine.connect().execution_options(write=write)
