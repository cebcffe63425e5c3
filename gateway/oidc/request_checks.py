"""The checks of an authorization request, in their order (OIDC Core §3.1.2, FAPI 2.0 Security Profile §5.3.2.2).

`read` turns parameters into an AuthorizationRequest or raises RequestRefused with the standard's code. Before the
redirect URI is known to be the client's own, the refusal is a ClientUnknown: nothing may be sent there.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypedDict

from gateway.errors import ClientUnknown, RequestRefused
from gateway.frozen import Frozen
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
LONGEST_HINT = 256  # characters


class Asked(Frozen):
    """What a check looks at."""

    parameters: Parameters
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


def _value(asked: Asked, name: str) -> str | None:
    value = asked.parameters.get(name)
    if value is not None and not is_value(value):
        raise RequestRefused(f"{name}_malformed")
    return value


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


def _response_mode(asked: Asked) -> str:
    mode = asked.parameters.get("response_mode", "query")
    if mode not in RESPONSE_MODES:
        raise RequestRefused("response_mode_unknown")
    if asked.client.require_signed_response and mode not in CARRIERS:
        raise RequestRefused("response_mode_not_signed")
    return mode


def _scope(asked: Asked) -> tuple[str, ...]:
    scope = tokens(asked.parameters, "scope", SCOPE_TOKEN)
    if "openid" not in scope:
        raise RequestRefused("scope_without_openid", code="invalid_scope")
    if not (asked.client.scopes.issuperset(scope) and asked.offer.scopes.issuperset(scope)):
        raise RequestRefused("scope_not_allowed", code="invalid_scope")
    return scope


def _challenge(asked: Asked) -> str:
    challenge = asked.parameters.get("code_challenge")
    if challenge is None:
        raise RequestRefused("code_challenge_missing")
    if asked.parameters.get("code_challenge_method") != pkce.METHOD:  # RFC 7636 §4.3: absent means plain
        raise RequestRefused("code_challenge_method_other_than_s256")
    if not pkce.is_challenge(challenge):
        raise RequestRefused("code_challenge_malformed")
    return challenge


def _prompt(asked: Asked) -> frozenset[str]:
    prompt = frozenset(tokens(asked.parameters, "prompt", SCOPE_TOKEN))
    if not prompt <= PROMPTS:
        raise RequestRefused("prompt_unknown")
    if "none" in prompt and len(prompt) > 1:  # OIDC Core §3.1.2.1
        raise RequestRefused("prompt_none_with_another")
    return prompt


def _max_age(asked: Asked) -> int | None:
    value = asked.parameters.get("max_age")
    if value is not None and not re.fullmatch(r"[0-9]{1,9}", value):
        raise RequestRefused("max_age_malformed")
    return None if value is None else int(value)


def _login_hint(asked: Asked) -> str | None:
    value = asked.parameters.get("login_hint")
    if value is not None and len(value) > LONGEST_HINT:
        raise RequestRefused("login_hint_too_long")
    return value


def _locales(asked: Asked) -> tuple[str, ...]:
    tokens(asked.parameters, "claims_locales", LOCALE)
    return tokens(asked.parameters, "ui_locales", LOCALE)


def _key(asked: Asked) -> str | None:
    value = asked.parameters.get("dpop_jkt")
    if value is not None and not pkce.is_challenge(value):  # the same form: base64url of a SHA-256
        raise RequestRefused("dpop_jkt_malformed")
    return value


class Wishes(TypedDict):
    """What every request may wish for, whichever way it comes."""

    client: str
    scope: tuple[str, ...]
    max_age: int | None
    acr_values: tuple[str, ...]
    ui_locales: tuple[str, ...]
    login_hint: str | None
    claims: wishes.Claims
    authorization_details: tuple[Mapping[str, object], ...]


def _wishes(asked: Asked) -> Wishes:
    told = asked.parameters
    return {
        "client": asked.client.id,
        "scope": _scope(asked),
        "max_age": _max_age(asked),
        "acr_values": tokens(told, "acr_values", SCOPE_TOKEN),
        "ui_locales": _locales(asked),
        "login_hint": _login_hint(asked),
        "claims": wishes.read_claims(told.get("claims")),
        "authorization_details": wishes.read_details(told.get("authorization_details"), asked.client, asked.offer),
    }


def read(
    parameters: Parameters, client: Client, offer: Offer, *, pushed: str | None = None, key: str | None = None
) -> AuthorizationRequest:
    """The request that these parameters make, every check passed. Raises RequestRefused, or ClientUnknown.

    `pushed` is the reference under which it is parked, `key` one that was proved beside it.
    """
    uri = redirect_uri(parameters, client)
    asked = Asked(parameters=parameters, client=client, offer=offer)
    # the first objection wins; `state` comes first, so that every later error can carry it back
    state, nonce = _value(asked, "state"), _value(asked, "nonce")
    _no_request_object(asked)
    _response_type(asked)
    return AuthorizationRequest(
        redirect_uri=uri,
        state=state,
        nonce=nonce,
        response_mode=_response_mode(asked),
        code_challenge=_challenge(asked),
        prompt=_prompt(asked),
        key=_key(asked) or key,
        pushed=pushed,
        **_wishes(asked),
    )


def read_of_device(
    parameters: Parameters, client: Client, offer: Offer, *, device: str, page: str
) -> AuthorizationRequest:
    """The request of a device (RFC 8628 §3.1). Without a browser there is no redirect, no PKCE, no state, and nobody
    who could be asked nothing (prompt=none). Raises RequestRefused.
    """
    asked = Asked(parameters=parameters, client=client, offer=offer)
    _no_request_object(asked)
    return AuthorizationRequest(**_wishes(asked), code_challenge="", redirect_uri=page, device=device)


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
