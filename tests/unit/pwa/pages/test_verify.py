"""A file is judged in words and colours, its report can be taken, and nothing of it is kept."""

import io
import json
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pwa.form_token import token
from pwa.pages.verify import file_name
from pwa.report_token import seal
from pwa.views.verdict import ATTACKS, shown
from tests.fakes.page_examples import REPORTS
from tests.fakes.pages import KEY, pages
from trust.validation import attack_kinds


@pytest.fixture
def client() -> FlaskClient:
    client = pages().app.test_client()
    client.set_cookie("gba_browser", "b")
    return client


def verify(client: FlaskClient, content: bytes, name: str = "record.pdf", code: str = "en") -> TestResponse:
    return client.post(f"/{code}/verify", data={"token": token(KEY, "b"), "file": (io.BytesIO(content), name)})


@pytest.mark.parametrize(("verdict", "tone"), [("PASSED", "good"), ("FAILED", "bad"), ("INDETERMINATE", "warn")])
def test_a_verdict_has_its_words_and_its_colour(client: FlaskClient, verdict: str, tone: str) -> None:
    page = verify(client, verdict.encode()).text
    assert f'<section class="verdict {tone}" id="verdict" data-verdict="{verdict}">' in page


def test_the_reason_is_said_in_the_readers_language(client: FlaskClient) -> None:
    assert "valid (pt)" in verify(client, b"PASSED", code="pt").text


def test_a_signature_tells_who_when_and_on_whose_word(client: FlaskClient) -> None:
    page = verify(client, b"PASSED").text
    for words in ("Qianhai Registry", "Guangdong", "a timestamp authority", "20 November 2026 10:00", "B-LTA"):
        assert words in page


def test_a_certificate_tells_whether_both_sides_recognise_it(client: FlaskClient) -> None:
    page = verify(client, b"PASSED", code="zh-Hant").text
    assert "證書不屬互認證書" in page
    assert "證書沒有載有互認證書策略的物件識別碼" in page
    assert re.search(r'<span class="chip good">符合</span>.*<span class="chip bad">不符合</span>', page, re.DOTALL)


def test_the_trust_lists_that_counted_are_named_with_their_issue_and_state(client: FlaskClient) -> None:
    page = verify(client, b"PASSED").text
    folded = page[page.index('<details class="card" id="trust-lists">') :]
    for words in (
        "Guangdong · issue 7",
        "The trust list is current.",
        "Macau · issue 2",
        "past its next update",
        "3434",
    ):
        assert words in folded


def test_what_was_noticed_is_said_once_in_words(client: FlaskClient) -> None:
    page = verify(client, b"PASSED").text
    assert page.count("There is something after the end of the file") == 1
    assert "The table of contents inside the file is broken" in page
    assert "xref_malformed" not in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("zh-Hant", "增量儲存攻擊"),
        ("zh-Hans", "增量保存攻击"),
        ("en", "incremental saving"),
        ("pt", "gravação incremental"),
    ],
)
def test_of_which_attacks_there_are_marks_is_said_in_the_readers_language(
    client: FlaskClient, code: str, words: str
) -> None:
    page = verify(client, b"FAILED", code=code).text
    assert words in page
    assert re.findall(r'id="attack-(\w+)"', page) == ["incremental_saving", "certification"]
    assert 'id="attacks"' not in verify(client, b"PASSED", code=code).text


def test_every_kind_of_attack_has_its_words() -> None:
    assert set(ATTACKS) == set(attack_kinds.KINDS)


@pytest.mark.parametrize("spoiled", [3, "many", [None], [{}], [{"territory": 7, "conditions": "none"}]])
def test_lists_and_recognition_of_another_form_are_passed_over(spoiled: object) -> None:
    told = {
        **REPORTS["PASSED"],
        "trust_lists": spoiled,
        "findings": spoiled,
        "attack_kinds": spoiled,
        "signatures": [{"mutual_recognition": spoiled}],
    }
    assert shown(told, lambda reason: reason, "en").signatures[0].recognition is None


def test_the_report_can_be_taken_as_json_as_xml_and_as_pdf(client: FlaskClient) -> None:
    page = verify(client, b"FAILED", name="mine/報告.pdf", code="zh-Hant").text
    sealed = re.findall(r'name="report" value="([^"]+)"', page)[0]
    taken = client.post("/zh-Hant/verify/report.json", data={"token": token(KEY, "b"), "report": sealed})
    assert json.loads(taken.data)["file"] == "報告.pdf"
    assert json.loads(taken.data)["verdict"] == "FAILED"
    etsi = client.post("/zh-Hant/verify/report.xml", data={"token": token(KEY, "b"), "report": sealed})
    assert (etsi.mimetype, etsi.data) == ("application/xml", b"<report>FAILED</report>")
    printed = client.post("/zh-Hant/verify/report.pdf", data={"token": token(KEY, "b"), "report": sealed})
    assert printed.data == b"%PDF-1.7 FAILED zh-Hant"


@pytest.mark.parametrize("form", ["pdf", "xml", "json"])
def test_a_report_that_we_did_not_make_is_not_given_out(client: FlaskClient, form: str) -> None:
    for other in ("AAAA", seal(KEY, {"verdict": "PASSED"}), seal(KEY, {"report": "PASSED", "xml": 7})):
        answer = client.post(f"/en/verify/report.{form}", data={"token": token(KEY, "b"), "report": other})
        assert answer.status_code == 400


def test_a_report_too_long_for_the_page_leaves_its_xml_to_the_api(client: FlaskClient) -> None:
    shown_page = verify(client, b"ENDLESS").text
    assert 'id="report-json"' in shown_page
    assert 'id="report-xml"' not in shown_page


def test_a_form_without_a_file_says_so_beside_the_field(client: FlaskClient) -> None:
    answer = client.post("/en/verify", data={"token": token(KEY, "b")})
    assert answer.status_code == 422
    assert '<a href="#verify-file">' in answer.text
    assert verify(client, b"", name="").status_code == 422


def test_an_empty_file_is_judged_too(client: FlaskClient) -> None:
    assert 'data-verdict="INDETERMINATE"' in verify(client, b"", name="empty.pdf").text


def test_a_file_that_is_too_large_is_refused(client: FlaskClient) -> None:
    assert verify(client, b"x" * (1024 * 1024 + 1)).status_code == 413
    assert verify(client, b"x" * (3 * 1024 * 1024)).status_code == 413


@pytest.mark.parametrize(
    ("told", "kept"),
    [("a/b\\c.pdf", "c.pdf"), ("", "document.pdf"), ("x\r\ny\x00.pdf", "xy.pdf"), ("名" * 500, "名" * 200)],
)
def test_a_file_name_is_made_harmless(told: str, kept: str) -> None:
    assert file_name(told) == kept


@pytest.mark.parametrize(
    "spoiled", [{}, {"verdict": "MAYBE"}, {"signatures": "many"}, {"signatures": [None, 3]}, {"at": 7}]
)
def test_a_report_with_other_fields_is_still_shown(spoiled: dict[str, object]) -> None:
    page = shown({**REPORTS["INDETERMINATE"], **spoiled}, lambda reason: reason, "en")
    assert page.tone == "warn"
    assert page.signatures == ()


def test_a_moment_without_zone_is_left_as_it_is() -> None:
    page = shown({**REPORTS["PASSED"], "at": "2026-11-21T08:30:00"}, lambda reason: reason, "en")
    assert [fact.moment for fact in page.facts if fact.name == "Checked at"] == [None]


def test_the_standards_word_stands_beside_ours() -> None:
    told = {**REPORTS["FAILED"], "sub_indication": "HASH_FAILURE", "signatures": [{"sub_indication": "HASH_FAILURE"}]}
    page = shown(told, lambda reason: reason, "en")
    for facts in (page.facts, page.signatures[0].facts):
        assert [fact.value for fact in facts if fact.name == "In the standard's words"] == ["HASH_FAILURE"]


def test_of_altered_content_nothing_is_said_to_be_unchanged() -> None:
    told = {"verdict": "FAILED", "modifications": "none"}
    for reason, expected in (("HASH_FAILURE", []), ("REVOKED", ["nothing was changed since"])):
        report = {**REPORTS["FAILED"], "signatures": [{**told, "reason": reason}]}
        facts = shown(report, lambda reason: reason, "en").signatures[0].facts
        assert [fact.value for fact in facts if fact.name == "After signing"] == expected
