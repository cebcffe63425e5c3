"""A form counts only from the browser it was made for, and only from our own pages."""

from collections.abc import Mapping

import pytest

from pwa.form_token import objection, token

KEY = b"k" * 32
OURS: Mapping[str, str] = {"Origin": "https://gateway.example"}


def check(headers: Mapping[str, str] = OURS, browser: str | None = "b", offered: str = token(KEY, "b")) -> str | None:
    return objection(
        key=KEY,
        browser=browser,
        offered=offered,
        headers=headers,
        host="gateway.example",
        origin="https://gateway.example",
    )


def test_our_own_form_is_taken() -> None:
    assert check() is None


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://gateway.example"}])
def test_a_form_is_ours_by_its_host_too(headers: Mapping[str, str]) -> None:
    assert check(headers) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://gateway.example.evil.example"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused(headers: Mapping[str, str]) -> None:
    assert check(headers) == "form_from_elsewhere"


def test_a_form_without_our_cookie_is_refused() -> None:
    assert check(browser=None) == "form_without_cookie"


@pytest.mark.parametrize("offered", ["", "x", token(KEY, "another"), token(b"j" * 32, "b"), "é"])
def test_a_token_of_another_is_refused(offered: str) -> None:
    assert check(offered=offered) == "form_expired"
