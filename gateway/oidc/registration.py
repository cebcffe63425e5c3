"""From a partner's metadata to a client, and back: what FAPI 2.0 leaves open to choose, and nothing else.

RFC 7591 §2, §3.2.1; OIDC Registration §2; FAPI 2.0 Security Profile §5.3.2, §5.4.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import field
from msgspec.structs import replace

from gateway.errors import RequestRefused
from gateway.frozen import Frozen, Hidden
from gateway.oidc import enrolment, invitation, profile
from gateway.oidc.client import PRIVATE_KEY_JWT, Client
from gateway.oidc.client_metadata import About, ClientMetadata, refused
from gateway.oidc.discovery import SIGNATURES
from gateway.oidc.invitation import Reach
from gateway.oidc.offer import Offer
from gateway.oidc.profile import Profile

PATH = "/oauth/register"
REDIRECT_REASONS = frozenset({"redirect_uri_missing", "redirect_uri_malformed"})


class Registration(Frozen):
    """A client that registered itself: what it may become, and what it says of itself beside."""

    client: str
    reach: Reach
    about: Hidden[About] = field(default_factory=About)
    invitation: str
    registered_at: datetime
    changed_at: datetime


Rule = Callable[[ClientMetadata, Reach, Offer], bool]


def _ours(algorithm: str | None, offer: Offer) -> bool:
    return algorithm is None or algorithm in offer.signing


RULES: dict[str, Rule] = {
    "auth_method_not_offered": lambda told, _, offer: told.token_endpoint_auth_method in (None, *offer.auth_methods),
    "auth_algorithm_not_offered": lambda told, _, __: (
        told.about.token_endpoint_auth_signing_alg in (None, *SIGNATURES)
        and told.about.request_object_signing_alg in (None, *SIGNATURES)
    ),
    "response_type_not_offered": lambda told, _, __: told.response_types in (None, (), ("code",)),
    "subject_type_not_offered": lambda told, _, __: told.subject_type in (None, "pairwise"),
    "application_type_not_offered": lambda told, _, __: told.application_type in (None, "web", "native"),
    "answer_algorithm_not_offered": lambda told, _, offer: all(
        _ours(algorithm, offer)
        for algorithm in (
            told.id_token_signed_response_alg,
            told.authorization_signed_response_alg,
            told.introspection_signed_response_alg,
        )
    ),
    # RFC 9126 §6; FAPI 2.0 §5.3.2.2
    "par_cannot_be_lifted": lambda told, reach, _: (
        told.require_pushed_authorization_requests is not False or reach.profile is Profile.OPENID
    ),
    # FAPI 2.0 §5.3.2.1: to a key (RFC 9449 §5.2) or to a certificate (RFC 8705 §3.4)
    "tokens_must_be_bound": lambda told, reach, _: (
        told.dpop_bound_access_tokens is not False
        or bool(told.tls_client_certificate_bound_access_tokens)
        or reach.profile is Profile.OPENID
    ),
    "keys_twice": lambda told, _, __: told.jwks is None or told.jwks_uri is None,
}


def drafted(told: ClientMetadata, reach: Reach, offer: Offer, *, id: str) -> Client:  # noqa: A002 - the client's own word
    """The client that these metadata ask for, within what was invited. Raises RequestRefused (RFC 7591 §3.2.2)."""
    if problem := next((name for name, holds in RULES.items() if not holds(told, reach, offer)), None):
        raise refused(problem)
    plain = reach.profile is Profile.OPENID
    certified = bool(told.tls_client_certificate_bound_access_tokens)
    by_key = told.dpop_bound_access_tokens
    client = Client(
        id=id,
        agency=reach.agency,
        names=told.names,
        region=reach.region,
        redirect_uris=told.redirect_uris,
        post_logout_redirect_uris=told.post_logout_redirect_uris,
        backchannel_logout_uri=told.backchannel_logout_uri,
        jwks=told.jwks or {},
        jwks_uri=told.jwks_uri,
        token_endpoint_auth_method=told.token_endpoint_auth_method or PRIVATE_KEY_JWT,
        scopes=reach.scopes if told.scope is None else frozenset(told.scope.split()),
        grant_types=frozenset(told.grant_types if told.grant_types is not None else ("authorization_code",)),
        detail_types=frozenset(told.authorization_details_types),
        check_purposes=reach.check_purposes if told.authorization_details_types else frozenset(),
        require_dpop=not (plain or certified) if by_key is None else by_key,
        require_mtls=certified,
        require_signed_request=bool(told.require_signed_request_object),
        userinfo_signed_response_alg=told.userinfo_signed_response_alg,
    )
    client = profile.under(client, reach.profile)
    if told.require_pushed_authorization_requests:
        client = profile.under(client, Profile.FAPI2)
    reasons = enrolment.objections(client, offer)
    if problem := reasons[0] if reasons else invitation.objection(client, reach):
        raise refused(problem, code="invalid_redirect_uri" if _about_redirects(problem) else "invalid_client_metadata")
    return client


def _about_redirects(reason: str) -> bool:
    return reason in REDIRECT_REASONS


def described(client: Client, about: About, offer: Offer) -> dict[str, Any]:
    """All registered metadata of a client, as it is held to them (RFC 7591 §3.2.1)."""
    told: dict[str, Any] = {
        "client_id": client.id,
        **{f"client_name#{locale}": name for locale, name in client.names.items()},
        "client_name": client.names.get("en", client.id),
        "redirect_uris": list(client.redirect_uris),
        "response_types": ["code"],
        "grant_types": sorted(client.grant_types),
        "scope": " ".join(sorted(client.scopes)),
        "subject_type": "pairwise",
        "token_endpoint_auth_method": client.token_endpoint_auth_method,
        "id_token_signed_response_alg": offer.signing[0],
        "require_pushed_authorization_requests": client.require_par,
        "require_signed_request_object": client.require_signed_request,
        "dpop_bound_access_tokens": client.require_dpop,
        "tls_client_certificate_bound_access_tokens": client.require_mtls,
    }
    maybe: Mapping[str, Any] = {
        "post_logout_redirect_uris": list(client.post_logout_redirect_uris),
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "backchannel_logout_session_required": client.backchannel_logout_uri is not None,
        "jwks": dict(client.jwks),
        "jwks_uri": client.jwks_uri,
        "authorization_details_types": sorted(client.detail_types),
        "userinfo_signed_response_alg": client.userinfo_signed_response_alg,
        "authorization_signed_response_alg": offer.signing[0] if client.require_signed_response else None,
        "client_uri": about.client_uri,
        "logo_uri": about.logo_uri,
        "policy_uri": about.policy_uri,
        "tos_uri": about.tos_uri,
        "contacts": list(about.contacts),
        "software_id": about.software_id,
        "software_version": about.software_version,
        "token_endpoint_auth_signing_alg": about.token_endpoint_auth_signing_alg,
        "request_object_signing_alg": about.request_object_signing_alg,
    }
    return told | {name: value for name, value in maybe.items() if value}


# What metadata decide of a client. All else an operator gave or took, and it stays whatever a partner writes.
DECIDED = (
    "names",
    "redirect_uris",
    "post_logout_redirect_uris",
    "backchannel_logout_uri",
    "jwks",
    "jwks_uri",
    "token_endpoint_auth_method",
    "scopes",
    "grant_types",
    "detail_types",
    "require_par",
    "require_dpop",
    "require_mtls",
    "require_signed_request",
    "require_signed_response",
    "userinfo_signed_response_alg",
)


def changed(present: Client, wanted: Client) -> Client:
    """The client after an update (RFC 7592 §2.2)."""
    purposes = present.check_purposes or wanted.check_purposes
    return replace(present, check_purposes=purposes, **{name: getattr(wanted, name) for name in DECIDED})


# RFC 7592 §2.2: an update repeats the client's id and none of these, which are ours to say
OURS_TO_SAY = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
    "client_secret",
)


def check_update(told: Mapping[str, Any], client: str) -> None:
    """Raises RequestRefused when an update says what is not its own to say (RFC 7592 §2.2)."""
    if told.get("client_id") != client:
        raise RequestRefused("client_id_of_another")
    if any(name in told for name in OURS_TO_SAY):
        raise RequestRefused("metadata_not_the_clients_to_say")
