"""What devices asked for is kept alike on SQLite and PostgreSQL, and each change of it happens once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.device_code import DeviceRequest, State
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_world import FakeVault, Journal

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
REQUEST = AuthorizationRequest(
    client="kiosk",
    redirect_uri="https://gateway.example/device",
    scope=("openid", "profile"),
    code_challenge="",
    max_age=0,
    claims={"userinfo": {"name": {"essential": True}}},
    device="a" * 64,
)
ASKED = DeviceRequest(
    id="a" * 64,
    request=REQUEST,
    place="粤智助",
    interval=5,
    asked_at=NOW,
    expires_at=NOW + timedelta(minutes=10),
)


@pytest.fixture
def work(engine: sa.Engine) -> SqlWork:
    journal = Journal()
    made = SqlWork(engine, vault=FakeVault(), audit=lambda _: journal)
    with made(write=True) as unit:
        assert unit.device_requests.keep(ASKED, user_code="WDJBMJHT")
        unit.commit()
    return made


def test_it_is_found_by_both_codes_as_it_was_kept(work: SqlWork) -> None:
    with work(write=False) as unit:
        assert unit.device_requests.find(ASKED.id) == ASKED
        assert unit.device_requests.by_user_code("WDJBMJHT", at=NOW) == ASKED
        assert unit.device_requests.by_user_code("WDJBMJHT", at=ASKED.expires_at) is None
        assert unit.device_requests.by_user_code("WDJBMJHX", at=NOW) is None
        assert unit.device_requests.find("b" * 64) is None


def test_a_code_that_a_screen_shows_is_given_to_no_other(work: SqlWork) -> None:
    with work(write=True) as unit:
        assert not unit.device_requests.keep(replace(ASKED, id="b" * 64), user_code="WDJBMJHT")
        assert unit.device_requests.keep(replace(ASKED, id="b" * 64), user_code="WDJBMJHX")


@pytest.mark.parametrize("act", ["allow", "refuse", "claim"])
def test_of_many_at_once_one_changes_it(work: SqlWork, act: str) -> None:
    def change(number: int) -> bool:
        with work(write=True) as unit:
            done = {
                "allow": lambda: unit.device_requests.allow(ASKED.id, answer=f"answer-{number}", at=NOW),
                "refuse": lambda: unit.device_requests.refuse(ASKED.id),
                "claim": lambda: unit.device_requests.claim(ASKED.id, browser=f"browser-{number}"),
            }[act]()
            unit.commit()
        return done

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(change, range(6))) == [False] * 5 + [True]


def test_an_answer_comes_in_time_or_not_at_all(work: SqlWork) -> None:
    with work(write=True) as unit:
        assert not unit.device_requests.allow(ASKED.id, answer="late", at=ASKED.expires_at)
        assert unit.device_requests.allow(ASKED.id, answer="answer", at=NOW)
        assert not unit.device_requests.refuse(ASKED.id)
        found = unit.device_requests.find(ASKED.id)
        assert found is not None
        assert (found.state, found.answer) == (State.ALLOWED, "answer")
        assert unit.device_requests.by_user_code("WDJBMJHT", at=NOW) is None


def test_the_browser_that_has_it_may_take_it_again(work: SqlWork) -> None:
    with work(write=True) as unit:
        assert unit.device_requests.claim(ASKED.id, browser="one")
        assert unit.device_requests.claim(ASKED.id, browser="one")
        assert not unit.device_requests.claim(ASKED.id, browser="two")


def test_looks_and_polls_are_counted(work: SqlWork) -> None:
    with work(write=True) as unit:
        unit.device_requests.looked(ASKED.id)
        unit.device_requests.looked(ASKED.id)
        unit.device_requests.polled(ASKED.id, at=NOW, slower_by=0)
        unit.device_requests.polled(ASKED.id, at=NOW + timedelta(seconds=1), slower_by=5)
        found = unit.device_requests.find(ASKED.id)
    assert found is not None
    assert (found.looks, found.interval, found.polled_at) == (2, 10, NOW + timedelta(seconds=1))


def test_wrong_guesses_count_within_their_window(work: SqlWork) -> None:
    until = NOW + timedelta(minutes=10)
    with work(write=True) as unit:
        assert unit.device_requests.wrong_guesses("browser", at=NOW) == 0
        for second in (0, 1, 2):
            unit.device_requests.guessed_wrong("browser", at=NOW + timedelta(seconds=second), until=until)
        assert unit.device_requests.wrong_guesses("browser", at=NOW) == 3
        assert unit.device_requests.wrong_guesses("another", at=NOW) == 0
        assert unit.device_requests.wrong_guesses("browser", at=until) == 0
        unit.device_requests.guessed_wrong("browser", at=until, until=until + timedelta(minutes=10))
        assert unit.device_requests.wrong_guesses("browser", at=until) == 1


def test_a_window_lasts_from_the_first_wrong_guess_however_many_follow(work: SqlWork) -> None:
    with work(write=True) as unit:
        for minute in (0, 9):
            at = NOW + timedelta(minutes=minute)
            unit.device_requests.guessed_wrong("browser", at=at, until=at + timedelta(minutes=10))
        assert unit.device_requests.wrong_guesses("browser", at=NOW + timedelta(minutes=10)) == 0


def test_what_is_over_is_forgotten(work: SqlWork) -> None:
    with work(write=True) as unit:
        unit.device_requests.guessed_wrong("browser", at=NOW, until=NOW + timedelta(minutes=1))
        assert unit.device_requests.purge(before=NOW) == 0
        assert unit.device_requests.purge(before=NOW + timedelta(minutes=1)) == 0
        assert unit.device_requests.purge(before=NOW + timedelta(hours=1)) == 2
