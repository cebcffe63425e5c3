"""Each answer of a person reaches the flow once, whole, and only from their own browser."""

import pytest
from babel.dates import format_date
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.flows.stage_view import ToBeDecided
from pwa.form_token import token
from tests.fakes.page_examples import all_stages
from tests.fakes.pages import KEY, SESSION, FakePages, pages


@pytest.fixture
def site() -> FakePages:
    return pages()


@pytest.fixture
def client(site: FakePages) -> FlaskClient:
    client = site.app.test_client()
    client.set_cookie("gba_browser", "b")
    return client


def post(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    return client.post(address, data={"token": token(KEY, "b"), **fields})


def test_a_person_may_begin_for_themselves(site: FakePages, client: FlaskClient) -> None:
    answer = post(client, "/zh-Hant/sign-in")
    assert (answer.status_code, answer.location) == (303, "/zh-Hant/sign-in/choose")
    assert site.sign_ins.calls == [("begin", "zh-Hant")]


def test_the_region_chosen_is_where_the_browser_goes(site: FakePages, client: FlaskClient) -> None:
    answer = post(client, "/en/sign-in/choose/region", region="MO")
    assert (answer.status_code, answer.location) == (303, "https://region.example/MO")


@pytest.mark.parametrize(("stage", "rests"), [("choose", False), ("claims", True), ("check", True)])
def test_the_end_of_a_session_is_told_where_the_sign_in_rests_on_one(
    client: FlaskClient, stage: str, rests: bool
) -> None:
    client.set_cookie("gba_session", SESSION)
    page = client.get(f"/en/sign-in/{stage}").text
    assert ("session-timeout" in page, 'seconds="900"' in page) == (rests, rests)


def test_a_region_that_is_not_offered_leads_back_to_the_choice(client: FlaskClient) -> None:
    assert post(client, "/en/sign-in/choose/region", region="XX").location == "/en/sign-in/choose"


def test_a_yes_to_the_link_starts_the_session(site: FakePages, client: FlaskClient) -> None:
    answer = post(client, "/en/sign-in/matched/bind", answer="agree", shown="sha256:x")
    assert f"gba_session={SESSION}" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    given = site.sign_ins.answers[0]
    assert (given.agree, given.shown, given.locale, given.control) == (True, "sha256:x", "en", "bind-agree")


def test_who_waits_for_a_decision_is_told_how_long_their_records_are_kept_for_it(client: FlaskClient) -> None:
    stage = all_stages("en")["manual"]
    assert isinstance(stage, ToBeDecided)
    end = format_date(stage.expires_at_review, "long", locale="en_HK")
    page = client.get("/en/sign-in/manual").text
    assert end in page[page.index('id="manual-kept"') :]


def test_an_account_that_is_taken_is_said_to_be(client: FlaskClient) -> None:
    answer = post(client, "/en/sign-in/choose/bind", answer="agree")
    assert answer.status_code == 409
    assert "already linked" in answer.text


@pytest.mark.parametrize("answer", ["", "AGREE", "yes"])
def test_what_is_no_answer_is_not_taken_for_one(site: FakePages, client: FlaskClient, answer: str) -> None:
    assert post(client, "/en/sign-in/check/check", answer=answer).status_code == 400
    assert site.sign_ins.answers == []


def test_voluntary_claims_are_those_that_were_ticked(site: FakePages, client: FlaskClient) -> None:
    post(client, "/pt/sign-in/claims/claims", answer="agree", claim=["gender", "travel_document"])
    assert site.sign_ins.optional == {"gender", "travel_document"}
    assert site.sign_ins.answers[0].locale == "pt"


@pytest.mark.parametrize(
    ("told", "audio", "seconds"),
    [("dark", "42", 42), ("dark large", "-3", 0), ("dark", "９", 0), ("dark", "9" * 400, 0), ("dark", "1e3", 0)],
)
def test_an_answer_tells_how_its_text_was_read(
    site: FakePages, client: FlaskClient, told: str, audio: str, seconds: int
) -> None:
    post(client, "/en/sign-in/check/check", answer="agree", modes=told, audio_played_s=audio)
    given = site.sign_ins.answers[0]
    assert given.modes == {"dark"}
    assert given.audio_played_s == seconds


def test_large_text_is_known_by_its_cookie(site: FakePages, client: FlaskClient) -> None:
    client.set_cookie("gba_text", "large")
    post(client, "/en/sign-in/check/check", answer="agree")
    assert site.sign_ins.answers[0].modes == {"large"}


@pytest.mark.parametrize(
    ("answer", "to", "control"), [("agree", "agreed", "check-agree"), ("decline", "other-way", "check-other-way")]
)
def test_both_answers_to_the_check_lead_on(
    site: FakePages, client: FlaskClient, answer: str, to: str, control: str
) -> None:
    assert post(client, "/en/sign-in/check/check", answer=answer).location == f"/en/sign-in/{to}"
    assert site.sign_ins.answers[0].control == control


def test_the_other_way_is_still_open_after_a_yes(site: FakePages, client: FlaskClient) -> None:
    post(client, "/en/sign-in/agreed/proceed", way="other")
    post(client, "/en/sign-in/agreed/proceed")
    assert site.sign_ins.calls == [("proceed", "other"), ("proceed", "agreed")]


def test_cancelling_tells_the_agency(client: FlaskClient) -> None:
    assert (post(client, "/en/sign-in/claims/cancel").location or "").startswith("https://agency.example/cb?code=")


def test_an_answer_that_must_be_posted_is_a_page_that_posts_it(client: FlaskClient) -> None:
    answer = post(client, "/en/sign-in/finished-post/cancel")
    assert answer.status_code == 200
    assert "https://agency.example/cb" in answer.text
    assert "script-src 'sha256-" in answer.headers["Content-Security-Policy"]
    assert "trusted-types" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("action", ["region", "link", "bind", "claims", "check", "proceed", "cancel", "restart"])
def test_no_step_is_taken_for_a_form_of_somebody_else(site: FakePages, client: FlaskClient, action: str) -> None:
    stolen = client.post(f"/en/sign-in/choose/{action}", data={"token": token(KEY, "another"), "answer": "agree"})
    foreign = client.post(
        f"/en/sign-in/choose/{action}",
        data={"token": token(KEY, "b"), "answer": "agree"},
        headers={"Origin": "https://evil.example"},
    )
    assert (stolen.status_code, foreign.status_code) == (403, 403)
    assert (site.sign_ins.calls, site.sign_ins.answers) == ([], [])


def test_a_step_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert post(client, "/en/sign-in/choose/nonsense").status_code == 404
    assert client.get("/en/sign-in/nobody").status_code == 404


def test_a_waiting_page_can_be_asked_and_reloads_itself_without_scripts(client: FlaskClient) -> None:
    assert client.get("/en/sign-in/waiting/state").get_json() == {"waiting": True}
    assert client.get("/en/sign-in/finished/state").get_json() == {"waiting": False}
    page = client.get("/en/sign-in/waiting").text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page


def test_who_says_that_they_are_still_there_keeps_the_sign_in_and_its_session(client: FlaskClient) -> None:
    assert 'ask="/en/sign-in/check/stay"' in client.get("/en/sign-in/check").text
    assert client.get("/en/sign-in/check/stay").get_json() == {"seconds": 900}
    assert client.get("/en/sign-in/over/stay").get_json() == {"seconds": 0}
    client.set_cookie("gba_session", SESSION)
    assert 'ask="/en/session"' in client.get("/en/links").text


def test_the_notice_is_shown_clause_by_clause_in_order(client: FlaskClient) -> None:
    page = client.get("/zh-Hans/sign-in/check").text
    places = [page.index(f'<section id="n{number}"') for number in range(1, 16)]
    assert places == sorted(places)
    assert 'name="shown" value="sha256:abab' in page


def test_claims_that_cannot_be_given_are_never_offered(client: FlaskClient) -> None:
    page = client.get("/en/sign-in/claims").text
    assert 'value="home_document"' not in page
    assert 'value="chinese_name"' not in page
    assert 'value="gender"' in page
    assert "last time you said yes" in page


def test_what_did_not_agree_is_named_and_what_did_is_left_out(client: FlaskClient) -> None:
    page = client.get("/en/sign-in/mismatched").text
    assert "The date of birth differs" in page
    assert "The sex is the same" not in page


@pytest.mark.parametrize("place", ["mismatched", "manual", "other-way", "over"])
def test_a_way_without_the_internet_is_always_shown(client: FlaskClient, place: str) -> None:
    assert 'id="in-person"' in client.get(f"/en/sign-in/{place}").text
