"""A partner's affairs as its page shows them: refusals in sentences, keys, limits, deliveries; nothing of a person."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from gateway.flows.look_at_partner import KeyTrouble, PartnerState
from gateway.frozen import Frozen
from gateway.oidc.client import Client
from gateway.oidc.delivery import Delivery, DeliveryState, Kind
from gateway.oidc.integration_error import IntegrationError, Sureness
from gateway.oidc.key_health import Health, KeyLine
from gateway.oidc.registration_request import RequestState
from pwa.catalogues import marked as _
from pwa.integration_texts import sentence
from pwa.views import words

SURENESS: Mapping[Sureness, str] = MappingProxyType(
    {Sureness.AUTHENTICATED: _("your request"), Sureness.CLAIMED: _("claimed to be yours")}
)
HEALTH: Mapping[Health, str] = MappingProxyType(
    {
        Health.GOOD: _("in order"),
        Health.EXPIRES_SOON: _("ends soon"),
        Health.EXPIRED: _("over"),
    }
)
TROUBLES: Mapping[KeyTrouble, str] = MappingProxyType(
    {
        KeyTrouble.NONE_USABLE: _("None of your keys can be used: nothing that you sign is believed."),
        KeyTrouble.EXPIRED: _("A key or its certificate is over. Publish a new one."),
        KeyTrouble.ADDRESS_FAILS: _("Your jwks_uri did not answer as it should; the last good keys serve on."),
        KeyTrouble.EXPIRES_SOON: _("A key or its certificate ends within thirty days. Publish its successor now."),
    }
)
KINDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.LOGOUT: _("Logout"),
        Kind.SESSION_REVOKED: _("Session ended"),
        Kind.CONSENT_WITHDRAWN: _("Consent withdrawn"),
        Kind.LINK_UNDONE: _("Link undone"),
        Kind.ACCOUNT_CLOSED: _("Account closed"),
    }
)
DELIVERED: Mapping[DeliveryState, str] = MappingProxyType(
    {
        DeliveryState.WAITING: _("still to be delivered"),
        DeliveryState.DELIVERED: _("delivered"),
        DeliveryState.GIVEN_UP: _("given up"),
    }
)
REQUESTS: Mapping[RequestState, str] = MappingProxyType(
    {
        RequestState.WAITING: _("Your request waits for an operator."),
        RequestState.APPROVED: _("Your request was approved."),
        RequestState.REFUSED: _("Your request was refused."),
        RequestState.LAPSED: _("Nobody decided your request in time. Please ask again."),
    }
)
GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "partner_not_identified": _("We could not find out who you are. Please speak to the operator first."),
        "purpose_not_lawful": _("The purpose or its legal basis does not carry what you ask for."),
        "scope_too_wide": _("You ask for more than the purpose needs."),
        "incomplete": _("Something is missing that an operator needs to know."),
        "duplicate": _("You are registered already, or asked for the same before."),
        "keys_unsuitable": _("The keys are not suitable."),
    }
)


class ShownError(Frozen):
    """`text` is to be translated; the rest is the standard's own words and slugs, the same in every language."""

    text: str
    clause: str
    error: str
    reason: str
    endpoint: str
    at: datetime
    incident: str
    sure: bool
    sureness: str


class ShownDelivery(Frozen):
    kind: str
    state: str
    good: bool
    at: datetime
    attempts: int
    problem: str


class ShownKey(Frozen):
    name: str
    algorithm: str
    health: str
    good: bool
    ends: datetime | None


class ShownPartner(Frozen):
    name: str
    client: str
    jwks_uri: str | None
    fetched_at: datetime | None
    keys: tuple[ShownKey, ...]
    troubles: tuple[str, ...]
    per_minute: int
    used_up: int
    deliveries: tuple[ShownDelivery, ...]


def error(found: IntegrationError) -> ShownError:
    return ShownError(
        text=sentence(found.reason, found.status),
        clause=found.clause,
        error=found.code,
        reason=found.reason,
        endpoint=found.endpoint,
        at=found.at,
        incident=found.incident,
        sure=found.sureness is Sureness.AUTHENTICATED,
        sureness=SURENESS[found.sureness],
    )


def partner(state: PartnerState, language: str) -> ShownPartner:
    return ShownPartner(
        name=name_of(state.client, language),
        client=state.client.id,
        jwks_uri=state.keys.url,
        fetched_at=state.keys.fetched_at,
        keys=tuple(_key(line) for line in state.keys.keys),
        troubles=tuple(TROUBLES[trouble] for trouble in state.keys.troubles),
        per_minute=state.limits.requests_per_minute,
        used_up=state.limits.used_up,
        deliveries=tuple(_delivery(one) for one in state.deliveries),
    )


def name_of(client: Client, language: str) -> str:
    return client.names.get(language) or client.names.get("en") or client.id


def _key(line: KeyLine) -> ShownKey:
    return ShownKey(
        name=line.kid or line.thumbprint,
        algorithm=line.algorithm,
        health=HEALTH[line.health],
        good=line.health is Health.GOOD,
        ends=line.expires_at,
    )


def _delivery(one: Delivery) -> ShownDelivery:
    return ShownDelivery(
        kind=KINDS[one.kind],
        state=DELIVERED[one.state],
        good=one.state is DeliveryState.DELIVERED,
        at=one.created_at,
        attempts=one.attempts,
        problem=one.problem or "",
    )


def ground(slug: str | None) -> str:
    """Why a request was refused, in words; empty where nobody said."""
    return words.said(GROUNDS, slug) if slug else ""
