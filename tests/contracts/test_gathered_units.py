"""Units of work kept together: nobody else sees them before the end, each is undone by itself, and nothing half."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread

import pytest
import sqlalchemy as sa

from gateway.errors import RequestRefused
from gateway.storage.gathering import Lost, WithinAWriter
from gateway.storage.sqlite_channel import SqliteChannel
from gateway.storage.tables_oidc import replays
from gateway.storage.unit_of_work import SqlUnit, SqlWork
from tests.fakes.oidc_world import FakeVault, Journal

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def work(engine: sa.Engine) -> SqlWork:
    return SqlWork(engine, vault=FakeVault(), audit=lambda _: Journal())


@pytest.fixture
def is_file(engine: sa.Engine) -> bool:
    """Over a server each unit is kept by itself."""
    return engine.dialect.name == "sqlite"


def count(engine: sa.Engine) -> int:
    """As another connection sees it."""
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(replays)).scalar_one()


def keep(work: SqlWork, *values: str) -> None:
    with work(write=True) as unit:
        for value in values:
            note(unit, value)
        unit.commit()


def note(unit: SqlUnit, value: str) -> bool:
    """Prepared: straight to the driver."""
    return unit.replays.first("kind", "issuer", value, expires_at=LATER)


def rarely(unit: SqlUnit) -> None:
    """A statement run by SQLAlchemy."""
    unit.replays.purge(before=NOW)


def on_another_thread(what: Callable[[], None]) -> Thread:
    thread = Thread(target=what)
    thread.start()
    return thread


def test_units_are_kept_at_the_end(work: SqlWork, engine: sa.Engine, is_file: bool) -> None:
    with work.together():
        keep(work, "a")
        keep(work, "b")
        assert count(engine) == (0 if is_file else 2)
        with work(write=True) as unit:
            assert not note(unit, "a")  # they see each other
    assert count(engine) == 2
    keep(work, "c")
    assert count(engine) == 3


@pytest.mark.parametrize("failing", [False, True])
@pytest.mark.parametrize("rare_too", [False, True])
def test_a_unit_that_is_not_committed_is_undone_by_itself(
    work: SqlWork, engine: sa.Engine, failing: bool, rare_too: bool
) -> None:
    with work.together():
        keep(work, "a")
        with suppress(RuntimeError, RequestRefused), work(write=True) as unit:
            note(unit, "b")
            if rare_too:
                rarely(unit)
            raise RuntimeError if failing else RequestRefused("token_ended")
        keep(work, "c")
        with work(write=True) as unit:
            assert note(unit, "b")
            assert not note(unit, "a")
    assert count(engine) == 2


def test_a_rare_statement_is_kept_with_its_unit(work: SqlWork, engine: sa.Engine) -> None:
    with work.together():
        keep(work, "a")
        with work(write=True) as unit:
            note(unit, "b")
            unit.replays.purge(before=LATER + timedelta(hours=1))
            note(unit, "c")
            unit.commit()
        keep(work, "d")
    assert count(engine) == 2


def test_a_rare_statement_that_reads_sees_what_was_kept_before(work: SqlWork, engine: sa.Engine) -> None:
    with work.together():
        keep(work, "a")
        with work(write=False) as unit:
            found = unit._connection.execute(sa.select(sa.func.count()).select_from(replays)).scalar_one()
            assert found == 1
        keep(work, "b")
    assert count(engine) == 2


def test_what_fails_on_the_way_out_keeps_nothing(work: SqlWork, engine: sa.Engine, is_file: bool) -> None:
    with suppress(RuntimeError), work.together():
        keep(work, "a")
        raise RuntimeError
    assert count(engine) == (0 if is_file else 1)
    keep(work, "b")
    assert count(engine) == (1 if is_file else 2)


def test_a_commit_that_fails_is_told_and_keeps_nothing(
    work: SqlWork, engine: sa.Engine, is_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_file:
        return

    def full(_: SqliteChannel) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    def keep_on_a_full_disk() -> None:
        with monkeypatch.context() as patch, work.together():
            keep(work, "a")
            patch.setattr(SqliteChannel, "commit", full)

    with pytest.raises(sqlite3.OperationalError):
        keep_on_a_full_disk()
    assert count(engine) == 0
    keep(work, "a")
    assert count(engine) == 1


def test_what_the_database_undid_by_itself_is_told(work: SqlWork, engine: sa.Engine, is_file: bool) -> None:
    """As SQLite may where the disk is full: all of the transaction is gone, not only what failed."""
    if not is_file:
        return

    def be_undone() -> None:
        with work.together():
            keep(work, "a")
            with suppress(RuntimeError), work(write=True) as unit:
                note(unit, "b")
                unit._connection.channel.undo()
                raise RuntimeError
            keep(work, "c")

    with pytest.raises(Lost):
        be_undone()
    assert count(engine) == 0
    keep(work, "d")
    assert count(engine) == 1


def test_a_unit_within_a_unit_that_reads_is_kept_for_all_to_see(work: SqlWork, engine: sa.Engine) -> None:
    with work.together():
        keep(work, "a")
        with work(write=False) as reading:
            assert not reading.grants.is_revoked("token")
            with work(write=True) as unit:
                assert not note(unit, "a")
                unit.grants.revoke_token("token", expires_at=LATER)
                unit.commit()
            assert reading.grants.is_revoked("token")
            reading.begin_to_write()
            note(reading, "b")
            reading.commit()
        with work(write=False) as unit, work(write=False) as inner:
            assert inner.grants.is_revoked("token")
            inner.begin_to_write()
            note(inner, "c")
            inner.commit()
    assert count(engine) == 3


def test_a_unit_that_reads_within_another_finds_what_was_kept_before(work: SqlWork) -> None:
    with work.together():
        with work(write=True) as unit:
            unit.grants.revoke_token("token", expires_at=LATER)
            unit.commit()
        with work(write=False) as reading, work(write=False) as inner:
            assert reading.grants.is_revoked("token")
            assert inner.grants.is_revoked("token")


@pytest.mark.parametrize("reads_first", [False, True])
def test_a_unit_that_writes_is_not_kept_half_for_another_within_it(
    work: SqlWork, engine: sa.Engine, is_file: bool, reads_first: bool
) -> None:
    """Over a file two cannot write at once, and nobody waits for themselves."""
    if not is_file:
        return

    def write_within() -> None:
        with work(write=True) as unit:
            note(unit, "half")
            with work(write=not reads_first) as inner:
                if reads_first:
                    inner.begin_to_write()

    with work.together():
        keep(work, "a")
        with pytest.raises(WithinAWriter):
            write_within()
        keep(work, "b")
    assert count(engine) == 2


def test_who_has_read_may_go_on_to_write(work: SqlWork, engine: sa.Engine) -> None:
    with work.together():
        for value in ("a", "b"):
            with work(write=False) as unit:
                assert not unit.grants.is_revoked("token")
                unit.begin_to_write()
                note(unit, value)
                unit.commit()
        with work(write=False) as unit:
            unit.begin_to_write()
            note(unit, "undone")
    assert count(engine) == 2


def test_other_threads_wait_for_their_turn_and_are_kept_by_themselves(
    work: SqlWork, engine: sa.Engine, is_file: bool
) -> None:
    with work.together():
        keep(work, "a")
        other = on_another_thread(lambda: keep(work, "b"))
        other.join(0.05)
        assert other.is_alive() == is_file
        keep(work, "c")
    other.join()
    assert count(engine) == 3


def test_other_threads_read_meanwhile(work: SqlWork) -> None:
    seen: list[bool] = []

    def look() -> None:
        with work(write=False) as unit:
            seen.append(unit.grants.is_revoked("token"))

    with work.together():
        keep(work, "a")
        on_another_thread(look).join()
    assert seen == [False]


def test_a_turn_that_does_not_come_fails_its_unit_alone(work: SqlWork, engine: sa.Engine, is_file: bool) -> None:
    """Another process writes for longer than anybody waits."""
    if not is_file:
        return
    with work(write=False) as unit:
        unit._connection.exec_driver_sql("PRAGMA busy_timeout=1")
    with work.together():
        with engine.connect().execution_options(write=True) as other, other.begin():
            other.execute(sa.delete(replays))
            with pytest.raises(sqlite3.OperationalError), work(write=True):
                pass
        keep(work, "a")
    assert count(engine) == 1


def test_nobody_waits_for_ever_for_a_turn(
    work: SqlWork, engine: sa.Engine, is_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_file:
        return
    monkeypatch.setattr("gateway.storage.places.LONGEST", 0.01)
    seen: list[str] = []

    def come() -> None:
        for reads_first in (False, True):
            with pytest.raises(TimeoutError) as told, work(write=not reads_first) as unit:
                unit.begin_to_write()
            seen.append(str(told.value))

    def come_with_others() -> None:
        with work.together():
            come()

    with work(write=True) as unit:
        note(unit, "a")
        on_another_thread(come).join()
        unit.commit()
    assert seen == ["database_busy"] * 2
    with work.together():
        keep(work, "b")
        on_another_thread(come).join()
        keep(work, "c")
    with work(write=True) as unit:
        on_another_thread(come_with_others).join()
        note(unit, "d")
        unit.commit()
    assert seen == ["database_busy"] * 6
    assert count(engine) == 4


def test_nothing_is_gathered_inside_a_gathering(work: SqlWork, engine: sa.Engine) -> None:
    with work.together(), work.together():
        keep(work, "a")
    assert count(engine) == 1


def test_many_threads_and_one_that_gathers_lose_nothing(work: SqlWork, engine: sa.Engine) -> None:

    def keep_some(name: str) -> None:
        for n in range(20):
            keep(work, f"{name}-{n}")

    others = [on_another_thread(partial(keep_some, name)) for name in "abcd"]
    for n in range(20):
        with work.together():
            keep(work, f"one-{n}")
            keep(work, f"two-{n}")
    for other in others:
        other.join()
    assert count(engine) == 4 * 20 + 2 * 20
