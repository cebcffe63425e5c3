"""The page on which a person signs: what is signed, the question, the way back; never by a link alone."""

import re

import pytest
from flask.testing import FlaskClient

from pwa.locale import LANGUAGES
from tests.fakes.pages import SESSION, FakePages, pages
from trust.errors import DocumentRefused, SigningFailed, TypedWrong

CODES = [language.code for language in LANGUAGES]


@pytest.fixture
def made() -> FakePages:
    return pages()


@pytest.fixture
def browser(made: FakePages) -> FlaskClient:
    client = made.app.test_client()
    client.set_cookie("gba_browser", "a-browser")
    client.set_cookie("gba_session", SESSION)
    return client


def page(browser: FlaskClient, signing: str, language: str = "en") -> str:
    return browser.get(f"/{language}/signings/{signing}").get_data(as_text=True)


def post(browser: FlaskClient, signing: str, action: str, **fields: str | list[str]) -> tuple[int, str, str]:
    """Status, where to, and what the page says."""
    token = re.search(r'name="token" value="([^"]+)"', page(browser, signing))
    assert token
    answer = browser.post(
        f"/en/signings/{signing}/{action}",
        data={"token": token[1]} | fields,
        headers={"Origin": "http://localhost"},
    )
    return answer.status_code, answer.headers.get("Location", ""), answer.get_data(as_text=True)


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("signing", ["s1", "s2", "s3"])
def test_a_person_reads_what_they_sign_for_whom_and_under_which_law(
    made: FakePages, browser: FlaskClient, language: str, signing: str
) -> None:
    told = page(browser, signing, language)
    for fact in ("title", "agency", "digest", "means", "law", "until"):
        assert re.search(rf'id="signing-{fact}">\S', told), fact
    assert "Tenancy agreement &lt;i&gt;for&lt;/i&gt; 前海" in told
    assert 'id="signing-digest">0123 4567 89ab cdef …<' in told
    assert f'id="signing-file" href="/{language}/signings/{signing}/file"' in told
    assert 'id="signing-cancel"' in told
    assert made.signings.calls == []


def test_the_law_is_that_of_the_platform(browser: FlaskClient) -> None:
    assert "Cap. 553" in page(browser, "s1")
    assert "Law 5/2005" in page(browser, "s3")


def test_iam_smart_is_opened_beside_the_code_to_compare(browser: FlaskClient) -> None:
    told = page(browser, "s2")
    assert 'id="signing-code">4711<' in told
    assert 'id="signing-open" href="https://region.example/hk?ticketID=1"' in told
    assert "9 min left" in told


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-Hant", "智方便數碼簽署"),
        ("zh-Hans", "智方便数码签署"),
        ("en", "Signing with iAM Smart"),
    ],
)
def test_the_button_of_iam_smart_says_what_it_must(browser: FlaskClient, language: str, words: str) -> None:
    assert re.search(rf'id="signing-begin">{words}<', page(browser, "s1", language))


def test_what_is_typed_has_a_label_and_nothing_offers_to_remember_it(browser: FlaskClient) -> None:
    told = page(browser, "s3")
    assert re.search(r'type="password" id="signing-typed-1" name="typed"[^>]*autocomplete="off"', told)
    assert re.search(r'type="text" id="signing-typed-2" name="typed"[^>]*autocomplete="one-time-code"', told)
    assert 'id="signing-holder">SOU, Ka Man<' in told
    assert "Attempts left: 3" in told


def test_beginning_leads_back_to_the_page(made: FakePages, browser: FlaskClient) -> None:
    assert post(browser, "s6", "begin", account=" siumei ")[:2] == (303, "/en/signings/s6")
    assert made.signings.calls == [("begin", ("siumei", "en"))]


def test_who_has_signed_is_led_back_to_the_agency(made: FakePages, browser: FlaskClient) -> None:
    answer = post(browser, "s3", "answer", typed=["246810", " 123456 "])
    assert answer[:2] == (303, "https://agency.example/signed?signing=s4")
    assert made.signings.calls == [("answer", ("246810", "123456"))]


def test_who_does_not_want_to_is_led_back_too(made: FakePages, browser: FlaskClient) -> None:
    assert post(browser, "s1", "cancel")[:2] == (303, "https://agency.example/signed?signing=s1")
    assert made.signings.calls == [("cancel", "s1")]


def test_another_code_is_sent(made: FakePages, browser: FlaskClient) -> None:
    assert post(browser, "s3", "again")[:2] == (303, "/en/signings/s3")
    assert made.signings.calls == [("again", "s3")]


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (TypedWrong("typed_wrong"), "That was not right"),
        (DocumentRefused("codes_used_up"), "Too often"),
        (DocumentRefused("signing_expired"), "No answer came in time"),
        (SigningFailed("signer_unknown"), "The platform does not know this account"),
        (SigningFailed("key_service_unreachable"), "The signature did not come about"),
    ],
)
def test_what_went_wrong_stands_on_the_page(
    made: FakePages, browser: FlaskClient, refusal: Exception, says: str
) -> None:
    made.signings.refuses = refusal
    status, _, told = post(browser, "s3", "answer", typed=["1", "2"])
    assert status == 409
    assert says in told
    assert 'id="signing-problem"' in told
    assert 'id="signing-typed-1"' in told
    assert 'value="1"' not in told  # nothing that was typed comes back


def test_an_account_that_the_platform_does_not_know_can_be_looked_at_again(
    made: FakePages, browser: FlaskClient
) -> None:
    made.signings.refuses = SigningFailed("signer_unknown")
    _, _, told = post(browser, "s6", "begin", account="siu<mei")
    assert 'name="account" value="siu&lt;mei"' in told


def test_a_form_of_somebody_else_does_nothing(made: FakePages, browser: FlaskClient) -> None:
    for action in ("begin", "answer", "again", "cancel"):
        assert browser.post(f"/en/signings/s1/{action}", data={"token": "guess"}).status_code == 403
    assert made.signings.calls == []


def test_nobody_else_sees_it(made: FakePages, browser: FlaskClient) -> None:
    stranger = made.app.test_client()
    for place in ("s1", "s1/file"):
        assert stranger.get(f"/en/signings/{place}").status_code == 401
        assert browser.get(f"/en/signings/{place.replace('s1', 'another')}").status_code == 404


def test_an_action_that_there_is_not(browser: FlaskClient) -> None:
    assert post(browser, "s1", "sell")[0] == 404


def test_the_document_can_be_read(browser: FlaskClient) -> None:
    answer = browser.get("/en/signings/s1/file")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_waits_stands_among_the_documents(browser: FlaskClient) -> None:
    listed = browser.get("/en/documents").get_data(as_text=True)
    assert 'id="signing-s1" href="/en/signings/s1"' in listed
