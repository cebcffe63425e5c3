"""What Guangdong's platform is told, and what its account is read as."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from gateway.identity.document import DocumentType
from gateway.regions.guangdong import messages
from gateway.regions.guangdong.messages import AnswerRefused, read_account, read_attributes, read_properties
from gateway.settings import GuangdongSettings

SETTINGS = GuangdongSettings(
    base="https://gd.example/oauth2",
    client_id="c",
    client_secret="s",
    redirect_uri="https://gateway.example/regions/CN-44/callback",
    document_types={"10": "prc_id", "41": "hmt_permit", "42": "hmt_residence"},
)
USER: dict[str, Any] = {
    "uid": "login-name",
    "useridcode": "GD-1",
    "cn": "陈大文",
    "usertype": "1",
    "idcardtype": "41",
    "idcardnumber": "H1234567801",
    "sex": "1",
    "telephonenumber": "13000000000",
    "uversion": "4",
    "extproperties": ["birthday=1985-04-12", "address=a=b", "area=-1"],
}


def answer(level: str = "L2", **user: object) -> dict[str, Any]:
    return {
        "userobj": {**USER, **user},
        "user_creditable_level": {"creditable_level_of_account": level},
    }


def test_a_property_may_hold_the_sign_that_divides() -> None:
    assert read_properties(["a=b=c", "d=-1", "e"]) == {"a": "b=c", "d": "", "e": ""}


@pytest.mark.parametrize("told", [["张三"], {"name": "张三"}, -1, True])
def test_a_name_is_a_text_and_nothing_that_could_be_written_as_one(told: object) -> None:
    with pytest.raises(AnswerRefused, match="attribute_missing"):
        read_attributes(read_account(answer(cn=told), SETTINGS), SETTINGS)


def test_codes_may_be_numbers() -> None:
    account = read_account(answer(usertype=1, idcardtype=41, sex=1, uversion=4), SETTINGS)
    assert read_attributes(account, SETTINGS) == read_attributes(read_account(answer(), SETTINGS), SETTINGS)
    assert account.version == "4"


@pytest.mark.parametrize("listed", ["a=b", [1], ["a=1", "a=2"], ["x=" + "y" * 600], ["a=1"] * 201])
def test_properties_that_are_none_are_refused(listed: object) -> None:
    with pytest.raises(AnswerRefused):
        read_properties(listed)


def test_the_account_is_named_by_its_code_and_not_by_its_login() -> None:
    account = read_account(answer(), SETTINGS)
    assert (account.subject, account.level, account.version) == ("GD-1", "L2", "4")


def test_what_is_not_needed_is_left_at_the_door() -> None:
    account = read_account(answer(), SETTINGS)
    assert set(account.user) == {"cn", "idcardtype", "idcardnumber", "sex"}
    assert set(account.properties) == {"birthday"}


def test_an_account_becomes_attributes() -> None:
    read = read_attributes(read_account(answer(), SETTINGS), SETTINGS)
    assert [(d.type, d.number, d.renewal) for d in read.documents] == [
        (DocumentType.HOME_RETURN_PERMIT, "H12345678", 1)
    ]
    assert read.birth_date == date(1985, 4, 12)
    assert read.chinese_name is not None
    assert read.chinese_name.verified
    assert read.latin_name is None


def test_a_self_asserted_name_is_unverified() -> None:
    read = read_attributes(read_account(answer("L0"), SETTINGS), SETTINGS)
    assert read.chinese_name is not None
    assert not read.chinese_name.verified


def test_a_name_in_latin_letters_is_one() -> None:
    read = read_attributes(read_account(answer(cn="SINGH ARJUN"), SETTINGS), SETTINGS)
    assert (read.chinese_name, read.latin_name) == (None, "SINGH ARJUN")


def test_a_residence_permit_carries_the_birth_date() -> None:
    told = answer(idcardtype="42", idcardnumber="810000199001010019", extproperties=["birthday=-1"])
    assert read_attributes(read_account(told, SETTINGS), SETTINGS).birth_date == date(1990, 1, 1)


def test_an_account_may_state_no_birth_date() -> None:
    told = answer(extproperties=None)
    assert read_attributes(read_account(told, SETTINGS), SETTINGS).birth_date is None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (answer(usertype="2"), "not_a_person"),
        (answer("L4"), "level_unknown"),
        (answer(""), "level_unknown"),
        (answer(useridcode="-1"), "answer_malformed"),
        ({"userobj": None}, "answer_malformed"),
        (answer(idcardtype="43"), "document_type_unmapped"),
        (answer(idcardnumber="X1"), "attribute_malformed"),
        (answer(sex="9"), "attribute_malformed"),
        (answer(extproperties=["birthday=12-04-1985"]), "attribute_malformed"),
        (answer(cn="-1"), "attribute_missing"),
        (answer(sex=None), "attribute_missing"),
    ],
)
def test_what_does_not_hold_is_refused(told: dict[str, Any], reason: str) -> None:
    with pytest.raises(AnswerRefused, match=reason):
        read_attributes(read_account(told, SETTINGS), SETTINGS)


def test_a_platform_that_echoes_state_gets_it_as_a_parameter() -> None:
    query = parse_qs(urlsplit(messages.authorize_url(SETTINGS, state="st")).query)
    assert query["state"] == ["st"]
    assert query["redirect_uri"] == [SETTINGS.redirect_uri]
    assert (query["service"], query["scope"]) == (["initService"], ["all"])


def test_a_platform_that_does_not_carries_it_in_the_address() -> None:
    settings = replace(SETTINGS, state_travels_in="redirect_uri")
    query = parse_qs(urlsplit(messages.authorize_url(settings, state="st")).query)
    assert "state" not in query
    assert query["redirect_uri"] == [f"{SETTINGS.redirect_uri}?state=st"]
    token = parse_qs(urlsplit(messages.token_url(settings, code="c", state="st")).query)
    assert token["redirect_uri"] == query["redirect_uri"]
