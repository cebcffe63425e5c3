"""What is said to iAM Smart, and what its answers are read as."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.identity.assertion import Sex
from gateway.identity.document import DocumentType
from gateway.regions.hongkong import messages
from gateway.regions.hongkong.messages import AnswerRefused

ANDROID = "Mozilla/5.0 (Linux; Android 15; Phone) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("user_agent", "source"),
    [
        (ANDROID + "Chrome/142.0 Mobile Safari/537.36", "Android_Chrome"),
        (ANDROID + "SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36", "Android_Samsung"),
        (ANDROID + "HuaweiBrowser/15.0 Chrome/130.0 Mobile Safari/537.36", "Android_Huawei"),
        (ANDROID + "Chrome/130.0 Mobile Safari/537.36 MiuiBrowser/18.0", "Android_Xiaomi"),
        (ANDROID + "Chrome/142.0 Mobile Safari/537.36 EdgA/142.0", "Android_Edge"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", "Android_Firefox"),
        (IPHONE + "Version/18.0 Mobile/15E148 Safari/604.1", "iOS_Safari"),
        (IPHONE + "CriOS/142.0 Mobile/15E148 Safari/604.1", "iOS_Chrome"),
        (IPHONE + "FxiOS/145.0 Mobile/15E148 Safari/604.1", "iOS_Firefox"),
        (IPHONE + "EdgiOS/142.0 Version/18.0 Mobile/15E148 Safari/604.1", "iOS_Edge"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36", "PC_Browser"),
        (ANDROID + "SomethingElse/1.0", "PC_Browser"),
        ("", "PC_Browser"),
    ],
)
def test_the_source_is_the_platforms_word_for_the_browser(user_agent: str, source: str) -> None:
    assert messages.source_of(user_agent) == source


@pytest.mark.parametrize(
    ("locale", "lang"), [("zh-Hant", "zh-HK"), ("zh-Hans", "zh-CN"), ("en", "en-US"), ("pt", "en-US")]
)
def test_the_page_with_the_code_is_asked_for_by_its_own_parameters(locale: str, lang: str) -> None:
    url = messages.qr_url(
        api_base="https://hk.example/api/v1",
        client_id="c",
        scope="eidapi_auth eidapi_profiles",
        redirect_uri="https://gateway.example/cb?x=1&y=2",
        state="s",
        source="PC_Browser",
        locale=locale,
        ticket="t",
    )
    assert urlsplit(url).path == "/api/v1/auth/getQR"
    assert parse_qs(urlsplit(url).query) == {
        "clientID": ["c"],
        "responseType": ["code"],
        "source": ["PC_Browser"],
        "redirectURI": ["https://gateway.example/cb?x=1&y=2"],
        "scope": ["eidapi_auth eidapi_profiles"],
        "lang": [lang],
        "state": ["s"],
        "brokerPage": ["true"],
        "ticketID": ["t"],
    }


PROFILE: dict[str, Any] = {
    "idNo": {"Identification": "A123456", "CheckDigit": "3"},
    "enName": {"UnstructuredName": "CHAN, Tai Man"},
    "chName": {"ChineseName": "陳大文"},
    "chNameVerified": True,
    "gender": "M",
    "birthDate": "1985-04-12",
}


def test_a_profile_becomes_attributes() -> None:
    read = messages.read_profile({**PROFILE, "mobileNumber": "60000000"})
    assert [(d.type, d.number) for d in read.documents] == [(DocumentType.HKID, "A1234563")]
    assert (read.birth_date, read.sex, read.latin_name) == (date(1985, 4, 12), Sex.MALE, "CHAN, Tai Man")
    assert read.chinese_name is not None
    assert (read.chinese_name.text, read.chinese_name.verified) == ("陳大文", True)


@pytest.mark.parametrize("flag", [False, None, "false", "", 0])
def test_a_name_without_the_regions_word_is_unverified(flag: object) -> None:
    read = messages.read_profile({**PROFILE, "chNameVerified": flag})
    assert read.chinese_name is not None
    assert not read.chinese_name.verified


def test_there_may_be_no_chinese_name() -> None:
    assert messages.read_profile({**PROFILE, "chName": None}).chinese_name is None


@pytest.mark.parametrize("name", ["idNo", "enName", "gender", "birthDate"])
def test_what_a_binding_needs_is_required(name: str) -> None:
    with pytest.raises(AnswerRefused, match="attribute_missing"):
        messages.read_profile({**PROFILE, name: None})


@pytest.mark.parametrize(
    "wrong",
    [
        {"idNo": {"Identification": "A123456", "CheckDigit": "4"}},
        {"idNo": "A1234563"},
        {"birthDate": "12-04-1985"},
        {"gender": "X"},
    ],
)
def test_what_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(AnswerRefused, match="attribute_malformed"):
        messages.read_profile({**PROFILE, **wrong})


@pytest.mark.parametrize("spelling", ["expiresIn", "expireIn"])
def test_either_spelling_of_the_lifetime_is_read(spelling: str) -> None:
    key = messages.read_content_key({"secretKey": "k", "issueAt": 1_763_740_800_000, spelling: 86_400_000})
    assert key.expires_at.isoformat() == "2025-11-22T16:00:00+00:00"


@pytest.mark.parametrize("body", [b"", b"[]", b'{"code":1}', b'{"code":"D00000","code":"D00000"}', b"{" * 70_000])
def test_an_envelope_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(AnswerRefused):
        messages.read_envelope(body)


@pytest.mark.parametrize(
    "field", [{"chName": {"ChineseName": "陳" * 201}}, {"enName": {"UnstructuredName": "A" * 201}}]
)
def test_a_name_without_end_is_refused(field: dict[str, Any]) -> None:
    with pytest.raises(AnswerRefused, match="malformed"):
        messages.read_profile(PROFILE | field)
