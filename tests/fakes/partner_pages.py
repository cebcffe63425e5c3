"""A partner whose page can be looked at: refusals of both kinds, keys in every state, deliveries in every state."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gateway.errors import NotFound, RequestRefused
from gateway.flows.look_at_partner import KeyState, LimitState, PartnerState
from gateway.oidc.client import Client
from gateway.oidc.delivery import Delivery, DeliveryState, Kind
from gateway.oidc.integration_error import IntegrationError, Sureness
from gateway.oidc.key_health import Health, KeyLine
from gateway.oidc.registration_request import RegistrationRequest, RequestState

VISIT, LINK = "visit-of-the-example", "link-of-the-example"
NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
REFERENCE = "2222-3333-4444-5555-6666"
FERRY = Client(
    id="ferry",
    agency="ferry-company",
    names={"en": "Ferry <Company>", "zh-Hant": "渡輪公司", "zh-Hans": "渡轮公司", "pt": "Companhia do Barco"},
    region="MO",
    redirect_uris=("https://ferry.example/cb",),
)
REASONS = ("code_challenge_missing", "signature_wrong", "a_reason_without_words", "too_many_requests")
ERRORS = tuple(
    IntegrationError(
        client="ferry",
        sureness=Sureness.AUTHENTICATED if number % 2 == 0 else Sureness.CLAIMED,
        at=NOW - timedelta(minutes=number),
        endpoint="POST /oauth/par",
        status=400,
        code="invalid_request",
        reason=REASONS[number % 4],
        incident=f"{number:016x}",
    )
    for number in range(20)
)
KEYS = tuple(
    KeyLine(
        kid=f"key-{health}",
        algorithm="ES256",
        thumbprint="t" * 43,
        expires_at=NOW + timedelta(days=10),
        health=health,
    )
    for health in Health
)
DELIVERIES = tuple(
    Delivery(
        kind=kind,
        about="private-session",
        client="ferry",
        account="private-account",
        state=tuple(DeliveryState)[number % 3],
        attempts=2,
        created_at=NOW,
        next_at=NOW,
        problem="status_500" if number else None,
    )
    for number, kind in enumerate(Kind)
)


@dataclass(slots=True)
class FakePartners:
    """Implements pwa.ports.Partners."""

    entered: list[str] = field(default_factory=list)
    looked_before: list[str | None] = field(default_factory=list)
    left: list[str | None] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def visitor(self, visit: str | None) -> Client | None:
        return FERRY if visit == VISIT else None

    def enter(self, link: str) -> str:
        if link != LINK or self.entered:
            raise NotFound("partner_link_over")
        self.entered.append(link)
        return VISIT

    def leave(self, visit: str | None) -> None:
        self.left.append(visit)

    def errors(self, client: str, *, limit: int, before: str | None) -> tuple[IntegrationError, ...]:
        assert client == "ferry"
        self.looked_before.append(before)
        start = next((at + 1 for at, error in enumerate(ERRORS) if error.incident == before), 0)
        return ERRORS[start : start + limit]

    def state(self, client: str) -> PartnerState | None:
        keys = KeyState(url="https://ferry.example/jwks", fetched_at=NOW, asked_at=NOW, problem="no_answer", keys=KEYS)
        limits = LimitState(requests_per_minute=600, used_up=7)
        return PartnerState(client=FERRY, keys=keys, limits=limits, deliveries=DELIVERIES)

    def ask(self, signed: str, *, remote: str, forwarded: str | None) -> RegistrationRequest:
        self.asked.append((signed, remote))
        if signed == "too-often":
            raise RequestRefused("too_many_requests", code="temporarily_unavailable", status=429, retry_after=60)
        if signed != "a.b.c":
            raise RequestRefused("jws_malformed")
        return self.request(REFERENCE)

    def request(self, reference: str) -> RegistrationRequest:
        if not reference.startswith(REFERENCE[:19]):
            raise NotFound("registration_request_unknown")
        refused = reference.endswith("refused")
        return RegistrationRequest(
            reference=REFERENCE,
            wish=None,
            thumbprint="t",
            state=RequestState.REFUSED if refused else RequestState.WAITING,
            asked_at=NOW,
            decided_at=NOW if refused else None,
            ground="scope_too_wide" if refused else None,
        )
