"""What a client must be to be enrolled: addresses, keys and wishes that can be trusted (RFC 9700 §2.1, FAPI 2.0)."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from gateway.identity.claim import OFFLINE_ACCESS
from gateway.oidc import client_certificate, device_code, token_exchange
from gateway.oidc.client import SELF_SIGNED, Client
from gateway.oidc.client_metadata import is_plain
from gateway.oidc.delivery import EVENTS
from gateway.oidc.key_set import KeySet
from gateway.oidc.offer import Offer
from gateway.oidc.public_key import KeyRefused

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
GRANT_TYPES = frozenset(
    {"authorization_code", "client_credentials", "refresh_token", token_exchange.GRANT_TYPE, device_code.GRANT_TYPE}
)
MOST_ADDRESSES = 20


def objections(client: Client, offer: Offer) -> tuple[str, ...]:
    """Everything that keeps this client from being enrolled, each as a slug."""
    return tuple(name for name, holds in RULES.items() if not holds(client, offer))


def is_redirect_uri(text: str) -> bool:
    """An absolute https address without a fragment; http for this machine only (RFC 8252 §7.3, RFC 9700 §2.6)."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port  # a port that is none raises
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    plain = text.isascii() and text.isprintable() and " " not in text and '"' not in text
    return bool(host) and secure and plain and "#" not in text and parts.username is None and len(text) <= 500


def _is_spoken_to(uri: str | None, offer: Offer) -> bool:
    """An address that we ourselves ask: nothing on our own machine, unless people, too, find us there."""
    if uri is None:
        return True
    local = urlsplit(offer.issuer).hostname in LOOPBACK
    return is_redirect_uri(uri) and (local or urlsplit(uri).hostname not in LOOPBACK)


def _addresses(client: Client, _: Offer) -> bool:
    listed = (*client.redirect_uris, *client.post_logout_redirect_uris)
    return len(listed) <= MOST_ADDRESSES and all(is_redirect_uri(uri) for uri in listed)


def _keys(client: Client, offer: Offer) -> bool:
    """Keys, or an address of ours to fetch them from; never both, so that nobody wonders which counts."""
    if client.jwks_uri is not None:
        return _is_spoken_to(client.jwks_uri, offer) and not client.jwks
    try:
        KeySet.read(client.jwks)
    except KeyRefused:
        return False
    return True


def _certificates(client: Client, _: Offer) -> bool:
    """Who proves itself by certificate has one beside each of its keys, and they are enrolled, not fetched."""
    if client.token_endpoint_auth_method != SELF_SIGNED:
        return True
    try:
        keys = KeySet.read(client.jwks).keys
    except KeyRefused:
        return False
    return all(client_certificate.own(key) is not None for key in keys)


def _scopes(client: Client, offer: Offer) -> bool:
    return client.scopes <= offer.scope_claims.keys() | set(offer.machine_scopes)


def _named(client: Client, offer: Offer) -> bool:
    """People read the name on every page that asks for consent, and on seals: in their language, in one line, and as it
    is written.
    """
    return set(offer.locales) <= client.names.keys() and all(map(is_plain, client.names.values()))


Rule = Callable[[Client, Offer], bool]

RULES: dict[str, Rule] = {
    "client_id_malformed": lambda client, _: ID.fullmatch(client.id) is not None,
    "agency_missing": lambda client, _: ID.fullmatch(client.agency) is not None,
    "names_missing": _named,
    "redirect_uri_missing": lambda client, _: (
        bool(client.redirect_uris) or "authorization_code" not in client.grant_types
    ),
    "redirect_uri_malformed": _addresses,
    "backchannel_logout_uri_malformed": lambda client, offer: _is_spoken_to(client.backchannel_logout_uri, offer),
    "events_uri_malformed": lambda client, offer: _is_spoken_to(client.events_uri, offer),
    "events_without_address": lambda client, _: bool(client.events) == (client.events_uri is not None),
    "event_unknown": lambda client, _: client.events <= {kind.value for kind in EVENTS},
    "exchange_without_targets": lambda client, _: (
        bool(client.may_call) == (token_exchange.GRANT_TYPE in client.grant_types)
    ),
    "requests_per_minute_not_positive": lambda client, _: (
        client.requests_per_minute is None or client.requests_per_minute > 0
    ),
    # FAPI 2.0 §5.3.2.1: held to one half of the profile, held to the other; a plain client lifts both
    "tokens_not_bound": lambda client, _: not client.require_par or client.require_dpop or client.require_mtls,
    "mutual_tls_not_configured": lambda client, offer: not client.require_mtls or offer.certificate_bound_tokens,
    "keys_not_admitted": _keys,
    "userinfo_algorithm_not_offered": lambda client, offer: (
        client.userinfo_signed_response_alg in (None, *offer.signing)
    ),
    "auth_method_unknown": lambda client, offer: client.token_endpoint_auth_method in offer.auth_methods,
    "certificates_missing": _certificates,
    "scope_unknown": _scopes,
    "grant_type_unknown": lambda client, _: bool(client.grant_types) and client.grant_types <= GRANT_TYPES,
    "refresh_without_offline_access": lambda client, _: (
        (OFFLINE_ACCESS in client.scopes) == ("refresh_token" in client.grant_types)
    ),
    "detail_type_unknown": lambda client, offer: client.detail_types <= set(offer.detail_types),
    "check_without_purpose": lambda client, _: not client.detail_types or bool(client.check_purposes),
}
