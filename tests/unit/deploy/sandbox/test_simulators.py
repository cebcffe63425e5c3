"""The simulators refuse what the real platforms would refuse, and their pages work on a phone without scripts."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from deploy.sandbox import desk
from deploy.sandbox.people import PEOPLE, residents
from deploy.sandbox.wording import WORDS
from gateway.identity.region import Region
from gateway.ports.regions import Errand, Leave
from gateway.regions.hongkong import signing
from tests.fakes.outside import GATEWAY_URL, SANDBOX_URL, Outside
from tests.fakes.travels import ToMacau, departure


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registered")


@pytest.fixture
def outside(registered: Path) -> Outside:
    return Outside(registered)


def page(outside: Outside, url: str, **headers: str) -> str:
    parts = urlsplit(url)
    client = outside.app.test_client()
    return client.get(f"{parts.path}?{parts.query}", base_url=SANDBOX_URL, headers=headers).get_data(as_text=True)


@pytest.mark.parametrize("region", Region)
def test_a_page_lists_who_lives_there_with_stable_ids(outside: Outside, region: Region) -> None:
    text = page(outside, outside.regions[region].depart(departure()).url)
    assert "SANDBOX" in text
    assert "<script" not in text
    for one in residents(region):
        assert f'id="person-{one.id}"' in text
        assert one.login in text
        assert one.password in text
    for act in ("agree", "cancel", "time-out"):
        assert f'id="{act}"' in text


def test_pages_speak_the_language_that_was_asked_for(outside: Outside) -> None:
    trip = departure()
    assert 'lang="zh-Hant"' in page(outside, outside.regions[Region.HONG_KONG].depart(trip).url)
    assert 'lang="en"' in page(outside, outside.regions[Region.HONG_KONG].depart(replace(trip, locale="en")).url)
    guangdong = outside.regions[Region.GUANGDONG].depart(trip).url
    assert 'lang="zh-Hant"' in page(outside, guangdong, **{"Accept-Language": "zh-HK,zh;q=0.9"})
    assert 'lang="en"' in page(outside, guangdong, **{"Accept-Language": "en-GB"})


def test_the_profile_page_says_what_will_be_sent(outside: Outside) -> None:
    region, trip = outside.regions[Region.HONG_KONG], departure()
    leave = region.depart(trip)
    second = region.arrive(outside.answer(leave.url, person="chan-tai-man"), replace(trip, memory=leave.memory))
    assert isinstance(second, Leave)
    text = page(outside, second.url)
    for word in ("身份證號碼", "出生日期", "陳大文", 'id="reject"'):
        assert word in text


def test_words_that_nobody_has_bring_the_page_again(outside: Outside) -> None:
    client = outside.app.test_client()
    parts = urlsplit(outside.regions[Region.MACAU].depart(departure()).url)
    text = client.get(f"{parts.path}?{parts.query}").get_data(as_text=True)
    transaction = text.split('name="transaction" value="')[1].split('"')[0]
    form = {"transaction": transaction, "answer": "agree", "login": "maria", "password": "wrong"}
    again = client.post("/mo/answer", data=form)
    assert again.status_code == 400
    assert 'id="problem"' in again.get_data(as_text=True)
    right = client.post("/mo/answer", data={**form, "password": "azulejo-1552"})
    assert right.status_code == 303


def test_a_page_runs_out(outside: Outside) -> None:
    client = outside.app.test_client()
    gone = client.post("/gd/answer", data={"transaction": "none", "answer": "agree"})
    assert gone.status_code == 410
    assert 'id="gone"' in gone.get_data(as_text=True)
    assert f'id="to-gateway" href="{GATEWAY_URL}"' in gone.get_data(as_text=True)  # whoever went back has a way on


def test_an_address_that_is_none_has_a_page_of_the_sandbox(outside: Outside) -> None:
    client = outside.app.test_client()
    lost = client.get("/hk/nowhere", headers={"Accept-Language": "zh-HK"})
    assert (lost.status_code, lost.headers["Content-Language"]) == (404, "zh-Hant")
    assert f'id="to-gateway" href="{GATEWAY_URL}"' in lost.get_data(as_text=True)
    assert client.get("/mo/answer").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/hk/api/v1/auth/getQR?clientID=x&redirectURI=https://evil.example&responseType=code&state=s",
        "/mo/authorize?client_id=x&redirect_uri=https://evil.example",
        "/gd/tif/sso/connect/page/oauth2/authorize?client_id=x&redirect_uri=https://evil.example",
        "/check/start?client_id=x&request=x.y.z",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(outside: Outside, path: str) -> None:
    got = outside.app.test_client().get(path)
    assert got.status_code == 410
    assert "Location" not in got.headers


def test_iam_smart_refuses_what_is_not_signed_or_is_signed_twice(outside: Outside) -> None:
    settings = outside.settings.hongkong
    assert settings is not None
    client = outside.app.test_client()
    headers = signing.headers(
        client_id=settings.client_id, secret=settings.client_secret, at=outside.clock(), nonce="once", body=b"{}"
    )
    path = "/hk/api/v1/security/getKey"

    def code(**changed: str) -> str:
        got = client.post(path, data=b"{}", headers={**headers, **changed})
        return str(json.loads(got.data)["code"])

    assert code(signature="AAAA") != "D00000"
    assert code() == "D00000"
    assert code() != "D00000"


def test_iam_smart_says_that_it_knows_no_content_key(outside: Outside) -> None:
    settings = outside.settings.hongkong
    assert settings is not None
    body = b'{"content":"AAAA"}'
    headers = signing.headers(
        client_id=settings.client_id, secret=settings.client_secret, at=outside.clock(), nonce="n", body=body
    )
    got = outside.app.test_client().post("/hk/api/v1/auth/getToken", data=body, headers=headers)
    assert json.loads(got.data)["code"] == "M30002"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_one_account_answers_with_the_standards_errors(outside: Outside, changed: dict[str, str], error: str) -> None:
    url = outside.regions[Region.MACAU].depart(departure()).url
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&"))
    got = outside.app.test_client().get(f"{parts.path}?{'&'.join(f'{k}={v}' for k, v in {**query, **changed}.items())}")
    assert got.status_code == 303
    assert f"error={error}" in got.headers["Location"]


def test_one_account_takes_an_assertion_once(outside: Outside) -> None:
    ToMacau(outside).happy()
    body = next(body for path, body in outside.egress.sent if path == "/mo/token")
    got = outside.app.test_client().post("/mo/token", data=body, content_type="application/x-www-form-urlencoded")
    assert (got.status_code, json.loads(got.data)["error"]) == (401, "invalid_client")


def test_the_start_page_lists_everybody(outside: Outside) -> None:
    text = page(outside, f"{SANDBOX_URL}/")
    for one in PEOPLE:
        assert f'id="person-{one.id}"' in text


def test_a_confirmation_needs_the_one_time_password(outside: Outside) -> None:
    leave = outside.regions[Region.MACAU].depart(departure(Errand.CONFIRM))
    text = page(outside, leave.url)
    assert 'id="otp"' in text
    transaction = text.split('name="transaction" value="')[1].split('"')[0]
    client = outside.app.test_client()
    form = {"transaction": transaction, "answer": "agree", "person": "lei-chi-meng"}
    wrong = client.post("/mo/answer", data={**form, "otp": "000000"})
    assert wrong.status_code == 400
    assert "一次性密碼不正確" in wrong.get_data(as_text=True)
    assert client.post("/mo/answer", data={**form, "otp": "246810"}).status_code == 303


def test_every_word_is_said_somewhere_and_every_word_said_is_there() -> None:
    home = Path(desk.__file__).parent
    said = "".join(path.read_text(encoding="utf-8") for path in home.glob("templates/sandbox/*.html"))
    said += "".join(path.read_text(encoding="utf-8") for path in home.glob("*.py") if path.name != "wording.py")
    made = {f"{party}_name" for party in ("hk", "mo", "gd", "check")}
    made |= {f"{kind}_{part}" for kind in ("profile", "stepup", "sign", "release") for part in ("ask", "lead")}
    unsaid = {name for name in WORDS if name not in made and not re.search(rf"\b{name}\b", said)}
    assert unsaid == set()
    assert set(re.findall(r"words\.([a-z_]+)", said)) - {"get"} <= WORDS.keys()
