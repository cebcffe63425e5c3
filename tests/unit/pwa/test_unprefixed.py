"""An address without its language leads to the page in the reader's language, and to nowhere else."""

import pytest

from tests.fakes.pages import pages

HONG_KONG = {"Accept-Language": "zh-HK,zh;q=0.9"}


@pytest.mark.parametrize(
    ("typed", "leads_to"),
    [
        ("/verify", "/zh-Hant/verify"),
        ("/documents?x=1", "/zh-Hant/documents?x=1"),
        ("/v/some-code", "/zh-Hant/v/some-code"),
        ("/help", "/zh-Hant/help"),
    ],
)
def test_the_reader_s_language_is_put_before_it(typed: str, leads_to: str) -> None:
    answer = pages().app.test_client().get(typed, headers=HONG_KONG)
    assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "typed", ["/nowhere", "/%2F%2Felsewhere.example/verify", "/zh-Hant/nowhere", "/verify/../../etc"]
)
def test_what_no_page_has_stays_unknown(typed: str) -> None:
    answer = pages().app.test_client().get(typed, headers=HONG_KONG)
    assert answer.status_code == 404


def test_a_form_is_never_sent_on() -> None:
    assert pages().app.test_client().post("/verify", headers=HONG_KONG).status_code == 404
