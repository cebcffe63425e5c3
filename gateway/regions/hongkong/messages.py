"""What is said to iAM Smart and what it answers, built and read. Pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from gateway.frozen import Frozen, Hidden
from gateway.identity.assertion import Attributes, ChineseName
from gateway.identity.document import DocumentType
from gateway.identity.document_number import read as read_document
from gateway.identity.normalise import read_date, read_sex
from gateway.oidc import strict_json
from gateway.regions.hongkong.profile import PROFILE
from gateway.regions.values import is_text, version

SUCCESS = "D00000"
DECLINED: Mapping[str, str] = {"D40000": "cancelled", "D40001": "rejected", "D40003": "timed_out"}
KEYS_STALE = frozenset({"M30001", "M30002", "M30003"})
LONGEST = 65_536  # bytes of one message
LONGEST_VALUE = 200  # characters of one attribute

_LANGUAGES = {"zh-Hant": "zh-HK", "zh-Hans": "zh-CN"}
# The order matters: Samsung, Huawei, Xiaomi and Edge call themselves Chrome as well.
_MOBILE_BROWSERS = (
    ("SamsungBrowser/", "Samsung"),
    ("HuaweiBrowser/", "Huawei"),
    ("MiuiBrowser/", "Xiaomi"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_KNOWN = {
    "Android": ("Chrome", "Firefox", "Edge", "Samsung", "Huawei", "Xiaomi"),
    "iOS": ("Safari", "Chrome", "Firefox", "Edge"),
}


class AnswerRefused(ValueError):
    """An answer that does not hold; the message is the reason's slug."""


class Envelope(Frozen):
    """The outer form of every answer and callback."""

    code: str
    content: Hidden[str]
    secret_key: Hidden[str] = ""


class Token(Frozen):
    value: Hidden[str]
    open_id: Hidden[str]
    changed: str  # lastModifiedDate: when the person's record changed


class ContentKey(Frozen):
    """A content key as getKey hands it out, still wrapped."""

    wrapped: Hidden[str]
    expires_at: datetime


class Initiated(Frozen):
    """A request that the person must answer: through a code on the page, or in the app at once."""

    by_qr: bool
    ticket: Hidden[str]


def source_of(user_agent: str) -> str:
    """The platform's word for this browser; one that it does not know shows the QR code, as a desktop does."""
    apple = any(device in user_agent for device in ("iPhone", "iPad", "iPod"))
    system = "iOS" if apple else "Android"
    browser = next((name for mark, name in _MOBILE_BROWSERS if mark in user_agent), "")
    known = browser in _KNOWN[system] and (apple or "Android" in user_agent)
    return f"{system}_{browser}" if known else "PC_Browser"


def qr_url(  # every parameter is the platform's own
    *,
    api_base: str,
    client_id: str,
    scope: str,
    redirect_uri: str,
    state: str,
    source: str,
    locale: str,
    ticket: str = "",
) -> str:
    """Where the browser goes: the platform's page with a QR code, or its app."""
    query = {
        "clientID": client_id,
        "responseType": "code",
        "source": source,
        "redirectURI": redirect_uri,
        "scope": scope,
        "lang": language_of(locale),
        "state": state,
        "brokerPage": "true",
    }
    if ticket:
        query["ticketID"] = ticket
    return f"{api_base}/auth/getQR?{urlencode(query)}"


def language_of(locale: str) -> str:
    """The platform's word for a language."""
    return _LANGUAGES.get(locale, "en-US")


def to_bytes(message: Mapping[str, object]) -> bytes:
    """One serialisation, which is both signed and sent."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def initiate_request(
    *, business_id: str, token: Token, source: str, redirect_uri: str, state: str
) -> dict[str, object]:
    """Ask the person for something: what, is added by the caller."""
    return {
        "businessID": business_id,
        "accessToken": token.value,
        "openID": token.open_id,
        "source": source,
        "redirectURI": redirect_uri,
        "state": state,
    }


def profile_fields() -> dict[str, object]:
    """The profile fields asked for, and no others."""
    return {"profileFields": [rule.theirs for rule in PROFILE.attributes]}


def read_envelope(body: bytes) -> Envelope:
    """The outer form. Raises AnswerRefused."""
    outer = read_object(body)
    return Envelope(
        code=_text(outer, "code"),
        content=_text(outer, "content", required=False),
        secret_key=_text(outer, "secretKey", required=False),
    )


def read_object(body: bytes) -> dict[str, Any]:
    """A JSON object of bounded size. Raises AnswerRefused."""
    try:
        return strict_json.read_object(body, longest=LONGEST)
    except strict_json.NotJson:
        raise AnswerRefused("answer_malformed") from None


def read_key_reply(body: bytes) -> tuple[str, dict[str, Any]]:
    """The answer to getKey, whose content is not encrypted: the return code and the content."""
    outer = read_object(body)
    inner = outer.get("content")
    return _text(outer, "code"), inner if isinstance(inner, dict) else {}


def read_content_key(content: Mapping[str, Any]) -> ContentKey:
    """The answer to getKey."""
    issued, lasts = content.get("issueAt"), content.get("expiresIn", content.get("expireIn"))
    if not (isinstance(issued, int) and isinstance(lasts, int) and 0 <= issued < 1 << 45 and 0 < lasts < 1 << 40):
        raise AnswerRefused("answer_malformed")
    expires_at = datetime.fromtimestamp(issued / 1000, tz=UTC) + timedelta(milliseconds=lasts)
    return ContentKey(wrapped=_text(content, "secretKey"), expires_at=expires_at)


def read_token(content: Mapping[str, Any]) -> Token:
    """The answer to getToken."""
    changed = version(content.get("lastModifiedDate"))
    return Token(value=_text(content, "accessToken"), open_id=_text(content, "openID"), changed=changed)


def read_initiated(content: Mapping[str, Any]) -> Initiated:
    """The answer to an initiateRequest."""
    by_qr = content.get("authByQR")
    if not isinstance(by_qr, bool):
        raise AnswerRefused("answer_malformed")
    return Initiated(by_qr=by_qr, ticket=_text(content, "ticketID", required=by_qr))


def read_profile(content: Mapping[str, Any]) -> Attributes:
    """The attributes in a profile callback; every other field is left behind here. Raises AnswerRefused."""
    if any(content.get(name) in (None, "", {}) for name in PROFILE.required):
        raise AnswerRefused("attribute_missing")
    number = f"{_part(content, 'idNo', 'Identification')}{_part(content, 'idNo', 'CheckDigit')}"
    document = read_document(DocumentType.HKID, number)
    birth_date, sex = read_date(_text(content, "birthDate")), read_sex(_text(content, "gender"))
    if document is None or birth_date is None or sex is None:
        raise AnswerRefused("attribute_malformed")
    chinese = _part(content, "chName", "ChineseName") if content.get("chName") else ""
    verified = content.get("chNameVerified") in (True, "true", "Y")
    return Attributes(
        documents=(document,),
        birth_date=birth_date,
        sex=sex,
        chinese_name=ChineseName(text=chinese, verified=verified) if chinese else None,
        latin_name=_part(content, "enName", "UnstructuredName"),
    )


def _part(content: Mapping[str, Any], name: str, part: str) -> str:
    inner = content.get(name)
    if not isinstance(inner, dict):
        raise AnswerRefused("attribute_malformed")
    value = _text(inner, part)
    if len(value) > LONGEST_VALUE:
        raise AnswerRefused("attribute_malformed")
    return value


def _text(values: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    value = values.get(name)
    if value is None and not required:
        return ""
    if not is_text(value, longest=LONGEST) or (required and not value):
        raise AnswerRefused("answer_malformed")
    return value
