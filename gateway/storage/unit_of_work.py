"""A unit of work over one connection: every repository, one transaction, nothing kept unless committed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Self

import sqlalchemy as sa
from msgspec import field

from gateway.errors import GatewayError
from gateway.frozen import Frozen
from gateway.ports.residents import AuditTrail
from gateway.ports.vault import Vault
from gateway.storage.accounts import SqlAccounts
from gateway.storage.backings import SqlBackings
from gateway.storage.bindings import SqlBindings
from gateway.storage.client_buckets import SqlClientBuckets
from gateway.storage.clients import SqlClients
from gateway.storage.connections import Connections
from gateway.storage.consents import RememberedConsents, SqlConsents
from gateway.storage.deliveries import SqlDeliveries
from gateway.storage.device_requests import SqlDeviceRequests
from gateway.storage.earlier_subjects import SqlEarlierSubjects
from gateway.storage.file_connections import FileConnections
from gateway.storage.grants import RememberedGrants, SqlGrants
from gateway.storage.integration_errors import SqlIntegrationErrors
from gateway.storage.invitations import SqlInvitations
from gateway.storage.known_subjects import SqlKnownSubjects
from gateway.storage.logouts import SqlLogouts
from gateway.storage.partner_keys import SqlPartnerKeys
from gateway.storage.partner_visits import SqlPartnerVisits
from gateway.storage.pushed_requests import SqlPushedRequests
from gateway.storage.refresh_tokens import SqlRefreshTokens
from gateway.storage.registration_requests import SqlRegistrationRequests
from gateway.storage.registrations import SqlRegistrations
from gateway.storage.replays import SqlReplays
from gateway.storage.reviews import SqlReviews
from gateway.storage.sessions import SqlSessions
from gateway.storage.sign_ins import SqlSignIns

OpenAudit = Callable[[sa.Connection], AuditTrail]


class RememberedRows(Frozen, kw_only=False):
    """What a process has read of rows that do not change: that of sign-ins which are under way."""

    consents: RememberedConsents = field(default_factory=lambda: RememberedConsents(200))  # of some ten kilobytes
    grants: RememberedGrants = field(default_factory=lambda: RememberedGrants(250))  # of some two


class SqlUnit:
    """One transaction: opened on entering, given back on leaving. Repositories hold nothing, so each is made anew."""

    def __init__(
        self, connections: Connections, vault: Vault, audit: OpenAudit, remembered: RememberedRows, *, write: bool
    ) -> None:
        self._connections = connections
        self._vault = vault
        self._audit = audit
        self._remembered = remembered
        self._write = write

    def __enter__(self) -> Self:
        self._connection = self._connections.take(write=self._write)
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: object, trace: object) -> None:
        # a refusal is the domain's word, and nothing is wrong with the connection
        broken = kind is not None and not issubclass(kind, GatewayError)
        self._connections.give_back(self._connection, write=self._write, broken=broken)

    @property
    def clients(self) -> SqlClients:
        return SqlClients(self._connection)

    @property
    def pushed_requests(self) -> SqlPushedRequests:
        return SqlPushedRequests(self._connection, self._vault)

    @property
    def grants(self) -> SqlGrants:
        return SqlGrants(self._connection, self._vault, self._remembered.grants)

    @property
    def refresh_tokens(self) -> SqlRefreshTokens:
        return SqlRefreshTokens(self._connection)

    @property
    def known_subjects(self) -> SqlKnownSubjects:
        return SqlKnownSubjects(self._connection)

    @property
    def earlier_subjects(self) -> SqlEarlierSubjects:
        return SqlEarlierSubjects(self._connection, self._vault)

    @property
    def logouts(self) -> SqlLogouts:
        return SqlLogouts(self._connection, self.deliveries)

    @property
    def deliveries(self) -> SqlDeliveries:
        return SqlDeliveries(self._connection, self._vault)

    @property
    def device_requests(self) -> SqlDeviceRequests:
        return SqlDeviceRequests(self._connection, self._vault)

    @property
    def replays(self) -> SqlReplays:
        return SqlReplays(self._connection)

    @property
    def sign_ins(self) -> SqlSignIns:
        return SqlSignIns(self._connection, self._vault)

    @property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self._connection)

    @property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self._connection, self._vault)

    @property
    def bindings(self) -> SqlBindings:
        return SqlBindings(self._connection, self._vault)

    @property
    def consents(self) -> SqlConsents:
        return SqlConsents(self._connection, self._vault, self._remembered.consents)

    @property
    def backings(self) -> SqlBackings:
        return SqlBackings(
            self._connection,
            self._vault,
            sign_ins=self.sign_ins,
            consents=self.consents,
            remembered=self._remembered.grants,
        )

    @property
    def reviews(self) -> SqlReviews:
        return SqlReviews(self._connection, self._vault)

    @property
    def invitations(self) -> SqlInvitations:
        return SqlInvitations(self._connection)

    @property
    def registrations(self) -> SqlRegistrations:
        return SqlRegistrations(self._connection, self._vault)

    @property
    def registration_requests(self) -> SqlRegistrationRequests:
        return SqlRegistrationRequests(self._connection, self._vault)

    @property
    def integration_errors(self) -> SqlIntegrationErrors:
        return SqlIntegrationErrors(self._connection)

    @property
    def partner_keys(self) -> SqlPartnerKeys:
        return SqlPartnerKeys(self._connection)

    @property
    def partner_visits(self) -> SqlPartnerVisits:
        return SqlPartnerVisits(self._connection)

    @property
    def client_buckets(self) -> SqlClientBuckets:
        return SqlClientBuckets(self._connection)

    @property
    def audit(self) -> AuditTrail:
        return self._audit(self._connection)

    def begin_to_write(self) -> None:
        """What is read from here on is read within the transaction."""
        self._connections.begin_to_write(self._connection)
        self._write = True

    def commit(self) -> None:
        """Keep what was done. A unit is committed once, as its last act."""
        self._connection.commit()


class SqlWork:
    """Opens units of work over connections of its own."""

    def __init__(self, engine: sa.Engine, *, vault: Vault, audit: OpenAudit) -> None:
        self._vault = vault
        self._audit = audit
        is_file = engine.dialect.name == "sqlite"
        self._connections = FileConnections(engine) if is_file else Connections(engine)
        self._remembered = RememberedRows()

    def __call__(self, *, write: bool) -> SqlUnit:
        """A unit for one `with`. On SQLite a writing one begins at once (`BEGIN IMMEDIATE`)."""
        return SqlUnit(self._connections, self._vault, self._audit, self._remembered, write=write)

    def together(self) -> AbstractContextManager[None]:
        """Units that this thread opens within are kept at its end, where that is worth it: over SQLite, by one commit.

        So nobody is to be told of what they did before. Raises what the commit raises: then none of them is kept.
        """
        return self._connections.together()
