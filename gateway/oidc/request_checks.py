"""The checks of an authorization request, in their order (OIDC Core §3.1.2, FAPI 2.0 Security Profile §5.3.2.2).

`read` turns parameters into an AuthorizationRequest or raises RequestRefused with the standard's code. Before the
redirect URI is known to be the client's own, the refusal is a ClientUnknown: nothing may be sent there.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypedDict

from gateway.errors import ClientUnknown, RequestRefused
from gateway.oidc import pkce, wishes
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.authorization_response import CARRIERS
from gateway.oidc.client import Client
from gateway.oidc.offer import Offer

Parameters = Mapping[str, str]

RESPONSE_MODES = ("query", "form_post", *CARRIERS)
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
LONGEST_VALUE = 1024  # of state and nonce, characters
PRINTABLE = re.compile(r"[\x20-\x7e]+")  # RFC 6749 appendix A: VSCHAR
SCOPE_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")  # RFC 6749 §3.3
LOCALE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")  # BCP 47, as far as we need it
MOST_TOKENS = 20  # in a space-separated list
LONGEST_LIST = 2048  # characters: of so many tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a check looks at."""

    parameters: Parameters = field(repr=False)
    client: Client
    offer: Offer


def redirect_uri(parameters: Parameters, client: Client) -> str:
    """The redirect URI, which must be one of the client's, letter for letter (RFC 9700 §2.1)."""
    uri = parameters.get("redirect_uri")
    if uri is None:
        raise ClientUnknown("redirect_uri_missing")
    if uri not in client.redirect_uris:
        raise ClientUnknown("redirect_uri_unregistered")
    return uri


def response_mode(parameters: Parameters) -> str:
    """The response mode, if it is one of ours; errors travel by `query` when it is not."""
    mode = parameters.get("response_mode", "query")
    return mode if mode in RESPONSE_MODES else "query"


def is_value(text: str) -> bool:
    """Whether this can be a state or a nonce of ours to carry."""
    return len(text) <= LONGEST_VALUE and PRINTABLE.fullmatch(text) is not None


def _no_request_object(asked: Asked) -> None:
    for name, code in (("request", "request_not_supported"), ("registration", "registration_not_supported")):
        if name in asked.parameters:
            raise RequestRefused(f"{name}_parameter_refused", code=code)
    if "request_uri" in asked.parameters:  # RFC 9126 §2.1: not inside a pushed request
        raise RequestRefused("request_uri_nested", code="invalid_request")


def _response_type(asked: Asked) -> None:
    given = asked.parameters.get("response_type")
    if given is None:
        raise RequestRefused("response_type_missing")
    if given != "code":
        raise RequestRefused("response_type_other_than_code", code="unsupported_response_type")
    if "authorization_code" not in asked.client.grant_types:
        raise RequestRefused("client_signs_nobody_in", code="unauthorized_client")


def _response_mode(asked: Asked) -> None:
    if asked.parameters.get("response_mode", "query") not in RESPONSE_MODES:
        raise RequestRefused("response_mode_unknown")
    if asked.client.require_signed_response and asked.parameters.get("response_mode") not in CARRIERS:
        raise RequestRefused("response_mode_not_signed")


def _scope(asked: Asked) -> None:
    scope = tokens(asked.parameters, "scope", SCOPE_TOKEN)
    if "openid" not in scope:
        raise RequestRefused("scope_without_openid", code="invalid_scope")
    offered, of_both = asked.offer.scope_claims, asked.offer.scopes_of_both
    if not asked.client.scopes.issuperset(scope) or any(name not in offered and name not in of_both for name in scope):
        raise RequestRefused("scope_not_allowed", code="invalid_scope")


def _pkce(asked: Asked) -> None:
    challenge = asked.parameters.get("code_challenge")
    if challenge is None:
        raise RequestRefused("code_challenge_missing")
    if asked.parameters.get("code_challenge_method") != pkce.METHOD:  # RFC 7636 §4.3: absent means plain
        raise RequestRefused("code_challenge_method_other_than_s256")
    if not pkce.is_challenge(challenge):
        raise RequestRefused("code_challenge_malformed")


def _state_and_nonce(asked: Asked) -> None:
    for name in ("state", "nonce"):
        value = asked.parameters.get(name)
        if value is not None and not is_value(value):
            raise RequestRefused(f"{name}_malformed")


def _prompt(asked: Asked) -> None:
    prompt = set(tokens(asked.parameters, "prompt", SCOPE_TOKEN))
    if not prompt <= PROMPTS:
        raise RequestRefused("prompt_unknown")
    if "none" in prompt and len(prompt) > 1:  # OIDC Core §3.1.2.1
        raise RequestRefused("prompt_none_with_another")


def _max_age(asked: Asked) -> None:
    value = asked.parameters.get("max_age")
    if value is not None and not re.fullmatch(r"[0-9]{1,9}", value):
        raise RequestRefused("max_age_malformed")


def _lists(asked: Asked) -> None:
    tokens(asked.parameters, "acr_values", SCOPE_TOKEN)
    for name in ("ui_locales", "claims_locales"):
        tokens(asked.parameters, name, LOCALE)


def _login_hint(asked: Asked) -> None:
    if len(asked.parameters.get("login_hint", "")) > 256:
        raise RequestRefused("login_hint_too_long")


def _claims(asked: Asked) -> None:
    wishes.read_claims(asked.parameters.get("claims"))


def _details(asked: Asked) -> None:
    wishes.read_details(asked.parameters.get("authorization_details"), asked.client, asked.offer)


def _key(asked: Asked) -> None:
    value = asked.parameters.get("dpop_jkt")
    if value is not None and not pkce.is_challenge(value):  # the same form: base64url of a SHA-256
        raise RequestRefused("dpop_jkt_malformed")


# First objection wins; each is independent of the ones after it.
CHECKS: tuple[Callable[[Asked], None], ...] = (
    _state_and_nonce,  # first, so that every later error can carry the state back
    _no_request_object,
    _response_type,
    _response_mode,
    _scope,
    _pkce,
    _prompt,
    _max_age,
    _lists,
    _login_hint,
    _claims,
    _details,
    _key,
)
# Without a browser there is no redirect, no PKCE, no state, and nobody who could be asked nothing (prompt=none).
OF_A_DEVICE = (_no_request_object, _scope, _max_age, _lists, _login_hint, _claims, _details)


def read(
    parameters: Parameters, client: Client, offer: Offer, *, pushed: str | None = None, key: str | None = None
) -> AuthorizationRequest:
    """The request that these parameters make, every check passed. Raises RequestRefused, or ClientUnknown.

    `pushed` is the reference under which it is parked, `key` one that was proved beside it.
    """
    uri = redirect_uri(parameters, client)
    asked = Asked(parameters=parameters, client=client, offer=offer)
    for check in CHECKS:
        check(asked)
    return AuthorizationRequest(
        **_wished(asked),
        redirect_uri=uri,
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        code_challenge=parameters["code_challenge"],
        response_mode=response_mode(parameters),
        prompt=frozenset(tokens(parameters, "prompt", SCOPE_TOKEN)),
        key=key or parameters.get("dpop_jkt"),
        pushed=pushed,
    )


def read_of_device(
    parameters: Parameters, client: Client, offer: Offer, *, device: str, page: str
) -> AuthorizationRequest:
    """The request of a device (RFC 8628 §3.1): what only a browser could bring is not there. Raises RequestRefused."""
    asked = Asked(parameters=parameters, client=client, offer=offer)
    for check in OF_A_DEVICE:
        check(asked)
    return AuthorizationRequest(**_wished(asked), code_challenge="", redirect_uri=page, device=device)


class Wished(TypedDict):
    """What every request may wish for, whichever way it comes."""

    client: str
    scope: tuple[str, ...]
    max_age: int | None
    acr_values: tuple[str, ...]
    login_hint: str | None
    ui_locales: tuple[str, ...]
    claims: wishes.Claims
    authorization_details: tuple[Mapping[str, object], ...]


def _wished(asked: Asked) -> Wished:
    parameters, client, offer = asked.parameters, asked.client, asked.offer
    max_age = parameters.get("max_age")
    return {
        "client": client.id,
        "scope": tokens(parameters, "scope", SCOPE_TOKEN),
        "max_age": int(max_age) if max_age is not None else None,
        "acr_values": tokens(parameters, "acr_values", SCOPE_TOKEN),
        "login_hint": parameters.get("login_hint"),
        "ui_locales": tokens(parameters, "ui_locales", LOCALE),
        "claims": wishes.read_claims(parameters.get("claims")),
        "authorization_details": wishes.read_details(parameters.get("authorization_details"), client, offer),
    }


def tokens(parameters: Parameters, name: str, token: re.Pattern[str]) -> tuple[str, ...]:
    """A space-separated list, each member once, in order. Raises RequestRefused when it is not one."""
    value = parameters.get(name)
    if value is None:
        return ()
    listed = _listed(value, token) if len(value) <= LONGEST_LIST else None
    if listed is None:
        raise RequestRefused(f"{name}_malformed", code="invalid_scope" if name == "scope" else "invalid_request")
    return listed


@lru_cache(maxsize=256)  # an agency's requests say the same few lists again and again
def _listed(value: str, token: re.Pattern[str]) -> tuple[str, ...] | None:
    parts = value.split(" ")
    if len(parts) > MOST_TOKENS or not all(token.fullmatch(part) for part in parts):
        return None
    return tuple(dict.fromkeys(parts))
