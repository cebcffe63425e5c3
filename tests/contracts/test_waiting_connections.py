"""Connections that wait for the next unit of work: few, whole, fresh, and not at the cost of who comes another way."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from deploy.database import make_engine
from gateway.errors import RequestRefused
from gateway.storage import connections
from gateway.storage.connections import MOST_WAITING
from gateway.storage.metadata import metadata
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_world import FakeVault, Journal
from tests.fixtures.databases import make_tables

LATER = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEPT = 6


@pytest.fixture(autouse=True)
def nothing_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is at the moment."""
    monkeypatch.setattr(connections, "LONGEST_WAIT", 3600.0)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    made = make_engine(database_url, pool_size=KEPT)
    make_tables(made, metadata)
    yield made
    made.dispose()


@pytest.fixture
def work(engine: sa.Engine) -> SqlWork:
    return SqlWork(engine, vault=FakeVault(), audit=lambda _: Journal())


@pytest.fixture
def opened(engine: sa.Engine) -> list[object]:
    """One entry for each connection that the pool gave out."""
    noted: list[object] = []
    sa.event.listen(engine, "checkout", lambda *_: noted.append(1))
    return noted


def look(work: SqlWork) -> None:
    with work(write=False) as unit:
        unit.grants.is_revoked("token")


def look_at_once(work: SqlWork, times: int) -> None:
    """Units inside units, each with a connection of its own."""
    with ExitStack() as nested:
        for _ in range(times):
            nested.enter_context(work(write=False)).grants.is_revoked("token")


def out(engine: sa.Engine) -> int:
    """How many connections the pool has given out."""
    assert isinstance(engine.pool, sa.QueuePool)
    return engine.pool.checkedout()


def most_waiting(engine: sa.Engine) -> int:
    """To a server as many as may be in use: then none goes through the pool under load."""
    return MOST_WAITING if engine.dialect.name == "sqlite" else KEPT


def test_a_few_wait_and_the_others_go_back(work: SqlWork, engine: sa.Engine) -> None:
    most = most_waiting(engine)
    for units in (most - 1, most, most + 1, most + 3):
        look_at_once(work, units)
        assert out(engine) == min(units, most)


def test_what_waits_is_taken_from_nobody(work: SqlWork, engine: sa.Engine) -> None:
    """Who connects by another way finds as many as if none waited: twice as many as the pool keeps."""
    look_at_once(work, most_waiting(engine))
    with ExitStack() as others:
        for _ in range(2 * KEPT):
            others.enter_context(engine.connect())
        assert out(engine) == most_waiting(engine) + 2 * KEPT


def test_one_with_which_something_went_wrong_does_not_wait(
    work: SqlWork, engine: sa.Engine, opened: list[object]
) -> None:
    look(work)
    with suppress(RequestRefused), work(write=False):
        raise RequestRefused("token_ended")  # an answer as any other
    assert out(engine) == 1
    with suppress(RuntimeError), work(write=False) as unit:
        unit.grants.is_revoked("token")
        raise RuntimeError
    assert out(engine) == 0
    look(work)
    assert len(opened) == 2


def test_one_to_a_server_that_waited_for_long_is_looked_after(
    work: SqlWork, engine: sa.Engine, opened: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been cut off meanwhile; a file cuts nobody off."""
    look(work)
    look(work)
    assert len(opened) == 1
    monkeypatch.setattr(connections, "LONGEST_WAIT", 0.0)
    look(work)
    assert len(opened) == (1 if engine.dialect.name == "sqlite" else 2)
