"""Client metadata as a partner writes it, read strictly.

RFC 7591 §2, OIDC Registration §2, RFC 9126 §6, RFC 9449 §5.2, RFC 9396 §10.

What the standard lets a server ignore is ignored and not told back; what would make a client believe in a protection
that it does not get is refused by name.
"""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import field

from gateway.errors import RequestRefused
from gateway.frozen import Frozen, Hidden

LONGEST_TEXT = 200
LONGEST_URI = 500
MOST_ITEMS = 40

# Refused rather than ignored: without a word its client would take for encrypted or signed-for what is not.
NOT_OFFERED: Mapping[str, str] = {
    "software_statement": "software_statement_refused",
    "sector_identifier_uri": "sector_is_the_agency",
    **dict.fromkeys(
        (
            f"{answer}_encrypted_response_{part}"
            for answer in ("id_token", "userinfo", "introspection", "authorization")
            for part in ("alg", "enc")
        ),
        "encryption_not_offered",
    ),
    "request_object_encryption_alg": "encryption_not_offered",
    "request_object_encryption_enc": "encryption_not_offered",
    "request_uris": "request_uris_not_offered",
    "client_secret": "client_secret_refused",
}


class About(Frozen):
    """What a registration says of the partner and its software: told back, acted on by nobody."""

    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    contacts: Hidden[tuple[str, ...]] = ()
    software_id: str | None = None
    software_version: str | None = None
    token_endpoint_auth_signing_alg: str | None = None
    request_object_signing_alg: str | None = None


class ClientMetadata(Frozen):
    """A registration's members by their own names; None where it is silent. `names` are `client_name` by language."""

    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool | None = None
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str | None = None
    scope: str | None = None
    grant_types: tuple[str, ...] | None = None
    response_types: tuple[str, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    application_type: str | None = None
    subject_type: str | None = None
    token_endpoint_auth_method: str | None = None
    id_token_signed_response_alg: str | None = None
    userinfo_signed_response_alg: str | None = None
    authorization_signed_response_alg: str | None = None
    introspection_signed_response_alg: str | None = None
    require_signed_request_object: bool | None = None
    require_pushed_authorization_requests: bool | None = None
    dpop_bound_access_tokens: bool | None = None
    tls_client_certificate_bound_access_tokens: bool | None = None
    authorization_details_types: tuple[str, ...] = ()
    about: About = field(default_factory=About)


def refused(reason: str, *, code: str = "invalid_client_metadata") -> RequestRefused:
    """RFC 7591 §3.2.2."""
    return RequestRefused(reason, code=code)


def read(told: Mapping[str, Any], *, locales: tuple[str, ...]) -> ClientMetadata:
    """The members that are offered here. Raises RequestRefused with an error code of RFC 7591 §3.2.2."""
    for name, reason in NOT_OFFERED.items():
        if name in told:
            raise refused(
                reason,
                code="unapproved_software_statement" if name == "software_statement" else "invalid_client_metadata",
            )
    found = {name: _member(told, name, reader) for name, reader in READERS.items() if told.get(name) is not None}
    about = {name: _member(told, name, reader) for name, reader in ABOUT.items() if told.get(name) is not None}
    return ClientMetadata(**found, names=_names(told, locales), about=About(**about))


def _member(told: Mapping[str, Any], name: str, reader: Callable[[Any], Any]) -> Any:
    try:
        return reader(told[name])
    except ValueError:
        code = "invalid_redirect_uri" if name == "redirect_uris" else "invalid_client_metadata"
        raise RequestRefused("client_metadata_malformed", code=code) from None


def _names(told: Mapping[str, Any], locales: tuple[str, ...]) -> dict[str, str]:
    """`client_name#tag` for our languages; the one without a tag serves English where no other does (§2.2)."""
    found: dict[str, str] = {}
    for member in sorted(told, key=len)[: MOST_ITEMS * 4]:  # the plainest tag of a language counts
        name, _, tag = member.partition("#")
        code = next((one for one in locales if f"{tag}-".lower().startswith(f"{one}-".lower())), None)
        if name == "client_name" and code is not None and code not in found:
            found[code] = _member(told, member, _text)
    if "en" not in found and told.get("client_name") is not None:
        found["en"] = _member(told, "client_name", _text)
    return found


def is_plain(text: str, *, longest: int = LONGEST_TEXT) -> bool:
    """Short, and without characters that hide or turn around what stands beside them."""
    return 0 < len(text.strip()) == len(text) <= longest and not any(
        unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in text
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not is_plain(value):
        raise ValueError
    return value


def _uri(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_URI:
        raise ValueError
    return value


def _https(value: Any) -> str:
    if not _uri(value).startswith("https://"):
        raise ValueError
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004 - one kind of failure for the reader of members
    return value


def _scope(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1000:
        raise ValueError
    return value


def _object(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError  # noqa: TRY004
    return value


def _several(reader: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    def read_all(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > MOST_ITEMS:
            raise ValueError
        found = tuple(reader(item) for item in value)
        if len(set(found)) != len(found):
            raise ValueError
        return found

    return read_all


READERS: Mapping[str, Callable[[Any], Any]] = {
    "redirect_uris": _several(_uri),
    "post_logout_redirect_uris": _several(_uri),
    "backchannel_logout_uri": _uri,
    "backchannel_logout_session_required": _flag,
    "jwks": _object,
    "jwks_uri": _uri,
    "scope": _scope,
    "grant_types": _several(_text),
    "response_types": _several(_text),
    "application_type": _text,
    "subject_type": _text,
    "token_endpoint_auth_method": _text,
    "id_token_signed_response_alg": _text,
    "userinfo_signed_response_alg": _text,
    "authorization_signed_response_alg": _text,
    "introspection_signed_response_alg": _text,
    "require_signed_request_object": _flag,
    "require_pushed_authorization_requests": _flag,
    "dpop_bound_access_tokens": _flag,
    "tls_client_certificate_bound_access_tokens": _flag,
    "authorization_details_types": _several(_text),
}
ABOUT: Mapping[str, Callable[[Any], Any]] = {
    "client_uri": _https,
    "logo_uri": _https,
    "policy_uri": _https,
    "tos_uri": _https,
    "contacts": _several(_text),
    "software_id": _text,
    "software_version": _text,
    "token_endpoint_auth_signing_alg": _text,
    "request_object_signing_alg": _text,
}
