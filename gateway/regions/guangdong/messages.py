"""What is said to Guangdong's platform and what it answers, built and read. Pure.

Its client secret and its tokens travel in query strings, so no URL made here may be logged.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from gateway.frozen import Frozen, Hidden
from gateway.identity.assertion import Attributes, ChineseName
from gateway.identity.document import Document, DocumentType
from gateway.identity.document_number import date_in
from gateway.identity.document_number import read as read_document
from gateway.identity.normalise import read_date, read_sex
from gateway.identity.person_name import has_han
from gateway.regions.guangdong.profile import PROFILE
from gateway.regions.values import code as read_code
from gateway.regions.values import is_text
from gateway.regions.values import version as read_version
from gateway.settings import GuangdongSettings

PERSON = "1"  # usertype: 1 a person, 2 an organisation
EMPTY = "-1"
LONGEST_VALUE = 500  # characters
MOST_PROPERTIES = 200


class AnswerRefused(ValueError):
    """An answer that does not hold; the message is the reason's slug."""


class Account(Frozen):
    """The account, without what we do not need."""

    subject: Hidden[str]
    level: str
    version: str
    user: Hidden[Mapping[str, str]]
    properties: Hidden[Mapping[str, str]]


def redirect_uri(settings: GuangdongSettings, state: str) -> str:
    """Where the browser comes back. A platform that does not echo `state` must carry it in here."""
    if settings.state_travels_in == "redirect_uri":
        return f"{settings.redirect_uri}?{urlencode({'state': state})}"
    return settings.redirect_uri


def authorize_url(settings: GuangdongSettings, *, state: str) -> str:
    """Where the browser goes."""
    query = {
        "client_id": settings.client_id,
        "service": "initService",
        "scope": "all",
        "response_type": "code",
        "redirect_uri": redirect_uri(settings, state),
    }
    if settings.state_travels_in == "parameter":
        query["state"] = state
    return f"{settings.base}/authorize?{urlencode(query)}"


def token_url(settings: GuangdongSettings, *, code: str, state: str) -> str:
    """The token request, which is a GET."""
    query = {
        "client_id": settings.client_id,
        "client_secret": settings.client_secret,
        "code": code,
        "scope": "all",
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri(settings, state),
    }
    return f"{settings.base}/access_token?{urlencode(query)}"


def account_url(settings: GuangdongSettings, *, token: str) -> str:
    """The request for the account, which is a GET."""
    return f"{settings.base}/tokeninfo?{urlencode({'access_token': token})}"


def read_token(answer: Mapping[str, Any]) -> str:
    """The access token."""
    return _text(answer, "access_token")


def read_account(answer: Mapping[str, Any], settings: GuangdongSettings) -> Account:
    """A person's account. `useridcode` names the person; `uid` is a login name and may change."""
    user = answer.get("userobj")
    if not isinstance(user, dict):
        raise AnswerRefused("answer_malformed")
    if read_code(user.get("usertype")) != PERSON:
        raise AnswerRefused("not_a_person")
    properties = read_properties(user.get("extproperties"))
    level = _level(answer)
    if level not in settings.levels:
        raise AnswerRefused("level_unknown")
    return Account(
        subject=_text(user, "useridcode"),
        level=level,
        version=read_version(user.get("uversion") or properties.get("uversion")),
        user={name: told for name in PROFILE.required if (told := read_code(user.get(name))) not in ("", EMPTY)},
        properties={
            name: value for name, value in properties.items() if name == settings.birth_date_property and value
        },
    )


def read_properties(listed: object) -> dict[str, str]:
    """`extproperties`: "name=value", in which the value may hold further equal signs and -1 stands for nothing."""
    if listed is None:
        return {}
    if not isinstance(listed, list) or len(listed) > MOST_PROPERTIES:
        raise AnswerRefused("answer_malformed")
    found = {}
    for line in listed:
        if not isinstance(line, str) or len(line) > LONGEST_VALUE:
            raise AnswerRefused("answer_malformed")
        name, _, value = line.partition("=")
        if name in found:
            raise AnswerRefused("answer_malformed")
        found[name] = "" if value == EMPTY else value
    return found


def read_attributes(account: Account, settings: GuangdongSettings) -> Attributes:
    """The attributes of an account. Raises AnswerRefused."""
    user = account.user
    if any(name not in user for name in PROFILE.required):
        raise AnswerRefused("attribute_missing")
    if not all(is_text(value, longest=LONGEST_VALUE) for value in user.values()):
        raise AnswerRefused("attribute_malformed")
    document = _document(user, settings)
    sex = read_sex(user["sex"])
    if sex is None:
        raise AnswerRefused("attribute_malformed")
    verified = settings.levels.index(account.level) >= settings.levels.index(settings.verified_from)
    name = user["cn"]
    return Attributes(
        documents=(document,),
        birth_date=_birth_date(account, document, settings),
        sex=sex,
        chinese_name=ChineseName(text=name, verified=verified) if has_han(name) else None,
        latin_name=None if has_han(name) else name,
    )


def _document(user: Mapping[str, str], settings: GuangdongSettings) -> Document:
    named = settings.document_types.get(user["idcardtype"])
    if named is None:  # a code that nobody has told us: refuse, do not guess
        raise AnswerRefused("document_type_unmapped")
    document = read_document(DocumentType(named), user["idcardnumber"])
    if document is None:
        raise AnswerRefused("attribute_malformed")
    return document


def _birth_date(account: Account, document: Document, settings: GuangdongSettings) -> date | None:
    """As the account states it; where it states none, as an eighteen-digit number carries it."""
    stated = account.properties.get(settings.birth_date_property)
    if stated:
        read = read_date(stated)
        if read is None:
            raise AnswerRefused("attribute_malformed")
        return read
    carries = document.type in (DocumentType.RESIDENCE_PERMIT, DocumentType.PRC_ID)
    return date_in(document.number) if carries else None


def _level(answer: Mapping[str, Any]) -> str:
    levels = answer.get("user_creditable_level")
    level = levels.get("creditable_level_of_account") if isinstance(levels, dict) else None
    return level if isinstance(level, str) else ""


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not is_text(value, longest=LONGEST_VALUE) or value in ("", EMPTY):
        raise AnswerRefused("answer_malformed")
    return value
