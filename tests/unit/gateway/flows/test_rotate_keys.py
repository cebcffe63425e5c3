"""Keys move in custody as the schedule says, one algorithm at a time, and the history says which and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.flows.rotate_keys import RotateKeys
from gateway.oidc.key_rotation import RotationPolicy, SigningKey, State
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_world import FakeVault, Journal

NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = RotationPolicy(publish_for=timedelta(minutes=20), sign_for=timedelta(days=90), check_for=timedelta(minutes=10))


@dataclass
class Custody:
    """Implements SigningKeys in memory."""

    now: datetime = NOW
    keys: list[SigningKey] = field(default_factory=list)

    def all(self) -> Sequence[SigningKey]:
        return tuple(self.keys)

    def make(self, algorithm: str, state: State) -> SigningKey:
        made = SigningKey(
            kid=f"{algorithm}-{len(self.keys)}", algorithm=algorithm, state=state, created_at=self.now, since=self.now
        )
        self.keys.append(made)
        return made

    def move(self, kid: str, state: State) -> None:
        self.keys = [replace(each, state=state, since=self.now) if each.kid == kid else each for each in self.keys]

    def states(self) -> dict[str, State]:
        return {each.kid: each.state for each in self.keys}


@pytest.fixture
def custody() -> Custody:
    made = Custody()
    made.make("ES256", State.ACTIVE)
    made.make("PS256", State.ACTIVE)
    return made


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def rotate(custody: Custody, journal: Journal, sqlite_engine: sa.Engine) -> RotateKeys:
    work = SqlWork(sqlite_engine, vault=FakeVault(), audit=lambda _: journal)
    return RotateKeys(keys=custody, policy=POLICY, open_work=work, clock=lambda: custody.now)


def told(journal: Journal) -> list[tuple[str, str, str, str | None]]:
    return [(event.kind, event.subjects[0], event.actor, event.reason) for event in journal.events]


def test_a_key_that_may_be_in_wrong_hands_is_replaced_at_once_and_no_other(
    rotate: RotateKeys, custody: Custody, journal: Journal
) -> None:
    rotate.begin("ES256", operator="mei")
    made = rotate.at_once("ES256", operator="mei")
    assert custody.states() == {
        "ES256-0": State.RETIRED,
        "PS256-1": State.ACTIVE,
        "ES256-2": State.RETIRED,
        made.kid: State.ACTIVE,
    }
    assert told(journal) == [
        ("key.published", "ES256-2", "mei", None),
        ("key.active", made.kid, "mei", None),
        ("key.retired", "ES256-0", "mei", "compromised"),
        ("key.retired", "ES256-2", "mei", "compromised"),
    ]


def test_a_database_that_is_away_keeps_no_stolen_key_believed(rotate: RotateKeys, custody: Custody) -> None:
    def away(*, write: bool) -> SqlWork:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        replace(rotate, open_work=away).at_once("ES256", operator="mei")
    assert custody.states()["ES256-0"] is State.RETIRED


def test_a_next_key_is_begun_once_for_each_algorithm(rotate: RotateKeys, custody: Custody, journal: Journal) -> None:
    first = rotate.begin("ES256", operator="mei")
    assert rotate.begin("ES256", operator="mei") == first
    assert rotate.begin("PS256", operator="mei").algorithm == "PS256"
    assert [kind for kind, *_ in told(journal)] == ["key.published"] * 2
    assert custody.states()[first.kid] is State.PUBLISHED


def test_each_step_of_the_schedule_stands_in_the_history(
    rotate: RotateKeys, custody: Custody, journal: Journal
) -> None:
    rotate.begin("ES256", operator="mei")
    for minutes in (20, 29, 1):
        custody.now += timedelta(minutes=minutes)
        rotate()
    assert custody.states() == {"ES256-0": State.RETIRED, "PS256-1": State.ACTIVE, "ES256-2": State.ACTIVE}
    assert told(journal)[1:] == [
        ("key.active", "ES256-2", "gateway", None),
        ("key.retiring", "ES256-0", "gateway", None),
        ("key.retired", "ES256-0", "gateway", None),
    ]


def test_a_step_waits_for_the_database_so_that_it_stands_in_the_history(
    rotate: RotateKeys, custody: Custody, journal: Journal
) -> None:
    def away(*, write: bool) -> SqlWork:
        raise ConnectionError

    without = replace(rotate, open_work=away)
    with pytest.raises(ConnectionError):
        without.begin("ES256", operator="mei")
    begun = rotate.begin("ES256", operator="mei")
    custody.now += timedelta(minutes=20)
    with pytest.raises(ConnectionError):
        without()
    rotate()
    assert [(kind, kid) for kind, kid, *_ in told(journal)] == [
        ("key.published", begun.kid),
        ("key.active", begun.kid),
        ("key.retiring", "ES256-0"),
    ]
