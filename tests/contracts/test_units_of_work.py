"""Units of work: one transaction, whichever way its statements run, on both databases."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from time import sleep

import pytest
import sqlalchemy as sa

from gateway.errors import RequestRefused
from gateway.storage.tables_oidc import replays
from gateway.storage.unit_of_work import SqlUnit, SqlWork
from tests.fakes.oidc_world import FakeVault, Journal

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def work(engine: sa.Engine) -> SqlWork:
    return SqlWork(engine, vault=FakeVault(), audit=lambda _: Journal())


def count(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(replays)).scalar_one()


def keep(unit: SqlUnit, value: str) -> bool:
    """Prepared: straight to the driver."""
    return unit.replays.first("kind", "issuer", value, expires_at=LATER)


def purge(unit: SqlUnit, *, before: datetime) -> int:
    """Rare: through SQLAlchemy."""
    return unit.replays.purge(before=before)


def test_rare_statements_share_the_transaction_of_prepared_ones(work: SqlWork, engine: sa.Engine) -> None:
    with work(write=True) as unit:
        keep(unit, "a")
        assert purge(unit, before=LATER + timedelta(hours=1)) == 1
        keep(unit, "b")
        unit.commit()
    assert count(engine) == 1


@pytest.mark.parametrize("rare_too", [False, True])
def test_what_is_not_committed_is_undone(work: SqlWork, engine: sa.Engine, rare_too: bool) -> None:
    with work(write=True) as unit:
        keep(unit, "a")
        if rare_too:
            purge(unit, before=NOW)
    assert count(engine) == 0
    with work(write=True) as unit:  # and the next one begins anew
        assert keep(unit, "a")
        unit.commit()
    assert count(engine) == 1


def test_what_a_failed_unit_did_is_undone(work: SqlWork, engine: sa.Engine) -> None:
    with suppress(RuntimeError), work(write=True) as unit:
        keep(unit, "a")
        raise RuntimeError
    assert count(engine) == 0


def test_whoever_waits_for_a_connection_gets_the_next_one(work: SqlWork, engine: sa.Engine) -> None:
    """More threads than connections, who all want another one at once: none of them goes without."""
    threads = 2 * engine.pool.size() + 8  # type: ignore[attr-defined]
    together, turns = Barrier(threads), [0] * threads

    def look_again_and_again(name: int) -> None:
        together.wait()
        while min(turns) < 5 and sum(turns) < 300 * threads:  # whom the machine lets run when is chance
            with work(write=False) as unit:
                unit.grants.is_revoked("token")
                sleep(0.002)
            turns[name] += 1

    running = [Thread(target=look_again_and_again, args=(name,)) for name in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert min(turns) >= 5


def test_a_reading_unit_sees_what_was_committed_meanwhile(work: SqlWork) -> None:
    with work(write=False) as reading:
        assert not reading.grants.is_revoked("token")
        with work(write=True) as unit:
            unit.grants.revoke_token("token", expires_at=LATER)
            unit.commit()
        assert reading.grants.is_revoked("token")


@pytest.mark.parametrize("committed", [False, True])
def test_who_has_read_may_go_on_to_write(work: SqlWork, engine: sa.Engine, committed: bool) -> None:
    with work(write=False) as unit:
        assert not unit.grants.is_revoked("token")
        unit.begin_to_write()
        keep(unit, "a")
        if committed:
            unit.commit()
    assert count(engine) == int(committed)
    at_once = Thread(target=keep_committed, args=(work, "b"))  # whose turn it is now
    at_once.start()
    at_once.join()  # who waits for a turn is told in half a minute
    assert count(engine) == int(committed) + 1


def keep_committed(work: SqlWork, value: str) -> None:
    with work(write=True) as unit:
        keep(unit, value)
        unit.commit()


def test_a_refusal_costs_no_connection(work: SqlWork, engine: sa.Engine) -> None:
    with work(write=False) as unit:
        unit.grants.is_revoked("token")
    opened: list[object] = []
    sa.event.listen(engine, "checkout", lambda *_: opened.append(1))
    with suppress(RequestRefused), work(write=True) as unit:
        keep(unit, "a")
        raise RequestRefused("token_ended")
    keep_committed(work, "b")
    assert not opened
    assert count(engine) == 1


def test_a_clash_reads_as_everywhere(work: SqlWork, engine: sa.Engine) -> None:
    with work(write=True) as unit:
        unit.refresh_tokens.keep("token", "grant", expires_at=LATER)
        unit.commit()

    def keep_it_again() -> None:
        with work(write=True) as unit:
            keep(unit, "a")
            unit.refresh_tokens.keep("token", "grant", expires_at=LATER)
            unit.commit()  # who asks nothing hears of it here, at the latest

    with pytest.raises(sa.exc.IntegrityError):
        keep_it_again()
    assert count(engine) == 0


def test_many_writers_at_once_lose_nothing(work: SqlWork, engine: sa.Engine) -> None:
    def write(number: int) -> None:
        for turn in range(10):
            with work(write=True) as unit:
                keep(unit, f"{number}-{turn}")
                unit.commit()

    threads = [Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert count(engine) == 80
