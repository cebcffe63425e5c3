"""What is said to an OpenID provider, and what it answers, built and read (OpenID Connect Core §3.1). Pure."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from gateway.frozen import Frozen
from gateway.identity.assertion import Attributes, ChineseName
from gateway.identity.document import Document, DocumentType
from gateway.identity.document_number import read as read_document
from gateway.identity.normalise import read_date, read_sex
from gateway.oidc import pkce
from gateway.ports.regions import Errand
from gateway.regions.macau.profile import PROFILE
from gateway.regions.values import is_text
from gateway.settings import MacauSettings

LONGEST_TOKEN = 16_384  # characters
VISIBLE = re.compile(r"[\x21-\x7e]+")
LONGEST_VALUE = 200  # characters of one attribute

# their error → why the person did not arrive; any other error is a fault (Core §3.1.2.6)
DECLINED: Mapping[str, str] = {
    "access_denied": "cancelled",
    "consent_required": "rejected",
    "login_required": "timed_out",
    "interaction_required": "timed_out",
}


class AnswerRefused(ValueError):
    """An answer that does not hold; the message is the reason's slug."""


class Provider(Frozen):
    """What discovery told, checked."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    names_itself: bool  # RFC 9207: `iss` is in every authorization response
    push_endpoint: str | None = None
    takes_pushed_only: bool = False  # RFC 9126 §5


def read_provider(metadata: Mapping[str, Any], *, issuer: str) -> Provider:
    """The provider's metadata. Its issuer must be exactly the one we asked (OpenID Discovery §4.3)."""
    if metadata.get("issuer") != issuer:
        raise AnswerRefused("issuer_wrong")

    def at(name: str) -> str:
        return _address(metadata, name, scheme=issuer.partition(":")[0])

    pushed = "pushed_authorization_request_endpoint"
    return Provider(
        authorization_endpoint=at("authorization_endpoint"),
        token_endpoint=at("token_endpoint"),
        userinfo_endpoint=at("userinfo_endpoint"),
        jwks_uri=at("jwks_uri"),
        names_itself=metadata.get("authorization_response_iss_parameter_supported") is True,
        push_endpoint=at(pushed) if pushed in metadata else None,
        takes_pushed_only=metadata.get("require_pushed_authorization_requests") is True,
    )


def authorization_request(
    settings: MacauSettings,
    *,
    errand: Errand,
    state: str,
    nonce: str,
    verifier: str,
    locale: str,
    max_age: timedelta | None = None,
) -> dict[str, str]:
    """What is asked (Core §3.1.2.1, RFC 7636 §4.3)."""
    request = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": settings.redirect_uri,
        "scope": settings.scope if errand is Errand.IDENTIFY else "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": pkce.challenge(verifier),
        "code_challenge_method": pkce.METHOD,
        "ui_locales": locale,
    }
    if max_age is not None:
        request["max_age"] = str(int(max_age.total_seconds()))
    if max_age == timedelta():
        request["prompt"] = "login"
    if errand is Errand.CONFIRM:
        request["acr_values"] = settings.confirm_acr
    elif settings.acr_values:
        request["acr_values"] = settings.acr_values
    return request


def authorization_url(provider: Provider, request: Mapping[str, str]) -> str:
    """Where the browser goes, with the request or with a reference to it."""
    separator = "&" if "?" in provider.authorization_endpoint else "?"
    return f"{provider.authorization_endpoint}{separator}{urlencode(request)}"


def read_tokens(answer: Mapping[str, Any], *, kind: str) -> tuple[str, str]:
    """The access token and the ID token (Core §3.1.3.3); kinds of tokens are in any case (RFC 6749 §7.1)."""
    if str(answer.get("token_type", "")).lower() != kind:
        raise AnswerRefused("token_type_unexpected")
    access_token = _text(answer, "access_token")
    if not VISIBLE.fullmatch(access_token):  # it goes into a header (RFC 6750 §2.1)
        raise AnswerRefused("answer_malformed")
    return access_token, _text(answer, "id_token")


def read_attributes(userinfo: Mapping[str, Any], names: Mapping[str, str]) -> Attributes:
    """The attributes, by the configured names; every other claim is left behind here. Raises AnswerRefused."""
    given = {ours: userinfo.get(theirs) for ours, theirs in names.items()}
    if any(given.get(name) in (None, "") for name in PROFILE.required):
        raise AnswerRefused("attribute_missing")
    birth_date, sex = read_date(_value(given, "birth_date")), read_sex(_value(given, "sex"))
    if birth_date is None or sex is None:
        raise AnswerRefused("attribute_malformed")
    chinese = _value(given, "chinese_name") if given.get("chinese_name") else ""
    verified = given.get("chinese_name_verified") is True
    return Attributes(
        documents=tuple(_documents(given)),
        birth_date=birth_date,
        sex=sex,
        chinese_name=ChineseName(text=chinese, verified=verified) if chinese else None,
        latin_name=_value(given, "latin_name"),
    )


def _documents(given: Mapping[str, Any]) -> list[Document]:
    found = []
    for type_ in DocumentType:
        if given.get(type_.value):
            document = read_document(type_, _value(given, type_.value))
            if document is None:
                raise AnswerRefused("attribute_malformed")
            found.append(document)
    return found


def _value(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not is_text(value, longest=LONGEST_VALUE):
        raise AnswerRefused("attribute_malformed")
    return value


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not is_text(value, longest=LONGEST_TOKEN) or not value:
        raise AnswerRefused("answer_malformed")
    return value


def _address(metadata: Mapping[str, Any], name: str, *, scheme: str) -> str:
    """An endpoint: by the scheme of the issuer, so that nobody is led from https to anything else."""
    value = _text(metadata, name)
    if not VISIBLE.fullmatch(value) or not value.startswith(f"{scheme}://"):
        raise AnswerRefused("answer_malformed")
    return value
