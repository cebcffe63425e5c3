"""A device's request: what its code looks like, how it may be typed, and what stands against an answer (RFC 8628)."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.errors import RequestRefused
from gateway.oidc import device_code
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.device_code import CODES, RULES, DeviceRequest, Poll, State, objection

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REQUEST = AuthorizationRequest(
    client="kiosk", redirect_uri="https://gateway.example/device", scope=("openid",), code_challenge="", key="k"
)
ALLOWED = DeviceRequest(
    id="d",
    request=REQUEST,
    place=None,
    state=State.ALLOWED,
    answer="sealed",
    interval=5,
    polled_at=NOW - timedelta(seconds=1),
    asked_at=NOW - timedelta(minutes=1),
    expires_at=NOW + timedelta(minutes=9),
)
POLL = Poll(client="kiosk", key="k", at=NOW)
BROKEN = {
    "device_code_of_another_client": (ALLOWED, replace(POLL, client="ferry")),
    "device_key_changed": (ALLOWED, replace(POLL, key=None)),
    "device_code_expired": (ALLOWED, replace(POLL, at=ALLOWED.expires_at)),
    "device_refused": (replace(ALLOWED, state=State.REFUSED), POLL),
    "device_polls_too_often": (replace(ALLOWED, state=State.WAITING), POLL),
    "device_answer_pending": (replace(ALLOWED, state=State.WAITING, polled_at=NOW - timedelta(seconds=5)), POLL),
}


def test_an_allowed_request_is_answered_however_soon_the_device_asks_again() -> None:
    assert objection(ALLOWED, POLL) is None
    assert objection(replace(ALLOWED, request=replace(REQUEST, key=None)), replace(POLL, key="other")) is None


@pytest.mark.parametrize("reason", BROKEN)
def test_it_is_not_when(reason: str) -> None:
    assert objection(*BROKEN[reason]) == reason


def test_every_rule_has_an_example_and_what_the_standard_names_is_a_rule() -> None:
    assert BROKEN.keys() == RULES.keys()
    assert CODES.keys() <= RULES.keys()


def test_a_code_has_no_vowels_and_nothing_that_looks_like_something_else() -> None:
    codes = {device_code.user_code(f"token-{number}") for number in range(2000)}
    assert len(codes) == 2000
    letters = Counter("".join(codes))
    assert set(letters) == set(device_code.ALPHABET)
    assert not set(letters) & set("AEIOUY0123456789")
    assert max(letters.values()) < 1.25 * min(letters.values())


@pytest.mark.parametrize("text", ["WDJBMJHT", "wdjb-mjht", " WDJB MJHT ", "w d j b-m j h t", "WDJB\u2013MJHT"])
def test_it_may_be_typed_in_any_grouping(text: str) -> None:
    assert device_code.typed(text) == "WDJBMJHT"
    assert device_code.shown("WDJBMJHT") == "WDJB-MJHT"


@pytest.mark.parametrize(
    "text", ["", "WDJBMJH", "WDJBMJHTT", "WDJBMJHA", "WDJBMJH1", "W" * 10_000, "WDJB<b>MJHT", "ＷDJBMJHT"]
)
def test_what_can_be_no_code_is_none(text: str) -> None:
    assert device_code.typed(text) is None


@pytest.mark.parametrize("text", ["粤智助 · 南山政务服务中心", "Counter 3, Nansha", None])
def test_a_place_is_a_short_plain_text(text: str | None) -> None:
    assert device_code.place(text) == text


@pytest.mark.parametrize("text", ["x" * 81, "two\nlines", "right\u202eleft", "see https://evil.example", " padded"])
def test_anything_else_is_no_place(text: str) -> None:
    with pytest.raises(RequestRefused):
        device_code.place(text)
