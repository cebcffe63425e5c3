"""A signing's times and counts, to the second and to the last: when a person may begin, finish, or be sent a code."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from trust.documents.signing import (
    AT_THE_PLATFORM,
    LIVES,
    MOST_ATTEMPTS,
    MOST_SENT_AGAIN,
    Question,
    Signing,
    SigningState,
    Typed,
    objection_to_begin,
    objection_to_finish,
    objection_to_send_again,
    stands,
)

BEGAN = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CODE = Typed(id="OTP", one_time=True, numeric=True)
PIN = Typed(id="PIN", one_time=False, numeric=True)
WAITING = Signing(
    id="s",
    agency="a",
    subject="p",
    title="",
    language="en",
    idempotency_key="k",
    request_digest="d",
    created_at=BEGAN,
    expires_at=BEGAN + LIVES,
)
ASKED = replace(WAITING, state=SigningState.ASKED, asked_at=BEGAN, question=Question(typed=(PIN, CODE)))
SIGNED = replace(ASKED, state=SigningState.SIGNED)
EXPIRED = replace(WAITING, state=SigningState.EXPIRED)
LATE = replace(ASKED, asked_at=ASKED.expires_at - timedelta(minutes=1))  # its time ends before the platform's does


@pytest.mark.parametrize(
    ("signing", "at", "state"),
    [
        (WAITING, WAITING.expires_at - SECOND, SigningState.WAITING),
        (WAITING, WAITING.expires_at, SigningState.EXPIRED),
        (ASKED, BEGAN + AT_THE_PLATFORM - SECOND, SigningState.ASKED),
        (ASKED, BEGAN + AT_THE_PLATFORM, SigningState.WAITING),
        (replace(ASKED, asked_at=None), BEGAN, SigningState.WAITING),
        (LATE, LATE.expires_at - SECOND, SigningState.ASKED),
        (LATE, LATE.expires_at, SigningState.EXPIRED),
        (SIGNED, SIGNED.expires_at, SigningState.SIGNED),
        (EXPIRED, BEGAN, SigningState.EXPIRED),
    ],
)
def test_time_passes_without_anybody_writing_it_down(signing: Signing, at: datetime, state: SigningState) -> None:
    assert stands(signing, at) is state


@pytest.mark.parametrize(
    ("signing", "at", "reason"),
    [
        (WAITING, WAITING.expires_at - SECOND, None),
        (ASKED, BEGAN, None),  # anew, while the first attempt still waits
        (replace(WAITING, attempts=MOST_ATTEMPTS - 1), BEGAN, None),
        (replace(WAITING, attempts=MOST_ATTEMPTS), BEGAN, "signing_attempts_used_up"),
        (WAITING, WAITING.expires_at, "signing_expired"),
        (EXPIRED, BEGAN, "signing_expired"),
        (SIGNED, BEGAN, "signing_done"),
    ],
)
def test_a_person_begins_in_time_and_so_often(signing: Signing, at: datetime, reason: str | None) -> None:
    assert objection_to_begin(signing, at) == reason


@pytest.mark.parametrize(
    ("signing", "at", "reason"),
    [
        (ASKED, BEGAN + AT_THE_PLATFORM - SECOND, None),
        (ASKED, BEGAN + AT_THE_PLATFORM, "signing_expired"),
        (LATE, LATE.expires_at, "signing_expired"),
        (WAITING, BEGAN, "signing_not_begun"),
        (replace(ASKED, asked_at=None), BEGAN, "signing_not_begun"),
        (SIGNED, BEGAN, "signing_done"),
    ],
)
def test_an_answer_is_taken_from_who_was_asked_and_in_time(signing: Signing, at: datetime, reason: str | None) -> None:
    assert objection_to_finish(signing, at) == reason


@pytest.mark.parametrize(
    ("signing", "at", "reason"),
    [
        (replace(ASKED, sends=MOST_SENT_AGAIN - 1), BEGAN, None),
        (replace(ASKED, sends=MOST_SENT_AGAIN), BEGAN, "codes_used_up"),
        (replace(ASKED, question=Question(typed=(PIN,))), BEGAN, "signing_not_begun"),
        (ASKED, BEGAN + AT_THE_PLATFORM, "signing_expired"),
        (WAITING, BEGAN, "signing_not_begun"),
    ],
)
def test_a_code_is_sent_again_to_who_types_one_and_so_often(signing: Signing, at: datetime, reason: str | None) -> None:
    assert objection_to_send_again(signing, at) == reason
