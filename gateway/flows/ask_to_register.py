"""Take a partner's own, signed request to be registered, and tell it what became of it; nothing takes effect here."""

from urllib.parse import urlsplit

from msgspec import field
from msgspec.structs import replace

from gateway.errors import NotFound, RequestRefused
from gateway.frozen import Frozen, Hidden
from gateway.oidc import rate_limit, registration, registration_request, sender
from gateway.oidc.client_metadata import ClientMetadata
from gateway.oidc.invitation import Reach
from gateway.oidc.offer import Offer
from gateway.oidc.rate_limit import Bucket
from gateway.oidc.registration_request import AHEAD, LONGEST_LIFE, Expected, RegistrationRequest
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.vault import Vault
from gateway.ports.work import OpenWork

REPLAY_KIND = "registration_request"
SOURCE_KIND = "registration_source"
PER_MINUTE = 30  # of this process, whoever asks: each costs a verification
MOST_WAITING, MOST_OF_ONE_SOURCE = 200, 5
ANYBODY = ""
TO_BE_NAMED = "to-be-named"  # the agency, until an operator knows who it is


class AskToRegister(Frozen):
    offer: Offer
    open_work: OpenWork
    vault: Vault
    new_token: NewToken
    clock: Clock
    proxies: tuple[str, ...] = ()  # addresses or networks whose word on the sender's address is believed
    buckets: Hidden[dict[str, Bucket]] = field(default_factory=dict)

    def __call__(self, text: str, *, remote: str, forwarded: str | None = None) -> RegistrationRequest:
        """The request as it waits for an operator. `remote` is the address that it came from, `forwarded` what
        `X-Forwarded-For` says. Raises RequestRefused.
        """
        self._count()
        at = self.clock()
        told = registration_request.read(text)
        if problem := registration_request.objection(told, Expected(issuer=self.offer.issuer, at=at)):
            raise registration_request.refused(problem)
        wish = registration_request.wish(told)
        metadata = registration_request.metadata(wish, locales=self.offer.locales)
        registration.drafted(metadata, own_reach(metadata, wish.region), self.offer, id=TO_BE_NAMED)
        request = RegistrationRequest(
            reference=registration_request.reference(self.new_token()),
            wish=wish,
            thumbprint=told.thumbprint,
            asked_at=at,
        )
        source = self.vault.index(SOURCE_KIND, sender.source(remote, forwarded, self.proxies))
        with self.open_work(write=True) as work:
            kept_until = at + LONGEST_LIFE + AHEAD
            if not work.replays.first(REPLAY_KIND, told.thumbprint, told.claims["jti"], expires_at=kept_until):
                raise registration_request.refused("registration_request_replayed")
            requests = work.registration_requests
            if requests.waiting() >= MOST_WAITING or requests.waiting(source=source) >= MOST_OF_ONE_SOURCE:
                raise too_many(3600)
            requests.add(request, source=source)
            work.audit.record(
                AuditEvent(kind="registration.requested", at=at, actor="partner", subjects=(request.reference,))
            )
            work.commit()
        return request

    def state(self, reference: str) -> RegistrationRequest:
        """What became of it, for whoever has the reference. Raises NotFound."""
        with self.open_work(write=False) as work:
            found = work.registration_requests.find(reference.upper()) if len(reference) <= 32 else None
        if found is None:
            raise NotFound("registration_request_unknown")
        return replace(found, wish=None)

    def _count(self) -> None:
        bucket, again = rate_limit.take(self.buckets.get(ANYBODY), per_minute=PER_MINUTE, at=self.clock())
        self.buckets[ANYBODY] = bucket
        if again is not None:
            raise too_many(again)


def own_reach(told: ClientMetadata, region: str, agency: str = TO_BE_NAMED) -> Reach:
    """As far as a request itself goes: the rules of every registration are asked of it before anybody reads it."""
    singles = (told.jwks_uri, told.backchannel_logout_uri)
    addresses = (*told.redirect_uris, *told.post_logout_redirect_uris, *(uri for uri in singles if uri is not None))
    return Reach(
        agency=agency,
        region=region,
        scopes=frozenset(told.scope.split() if told.scope is not None else ("openid",)),
        grant_types=frozenset(told.grant_types if told.grant_types is not None else ("authorization_code",)),
        detail_types=frozenset(told.authorization_details_types),
        check_purposes=frozenset({TO_BE_NAMED} if told.authorization_details_types else ()),
        hosts=frozenset(host for host in map(_host, addresses) if host is not None),
    )


def _host(uri: str) -> str | None:
    try:
        return urlsplit(uri).hostname
    except ValueError:
        return None


def too_many(again: int) -> RequestRefused:
    return RequestRefused("too_many_requests", code="temporarily_unavailable", status=429, retry_after=again)
