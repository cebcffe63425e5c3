"""What goes wrong under a unit over PostgreSQL: who is told, and what the next unit finds."""

from contextlib import suppress

import psycopg
import pytest
import sqlalchemy as sa

from gateway.errors import RequestRefused
from gateway.storage import connections
from gateway.storage.unit_of_work import SqlWork
from tests.contracts.test_postgres_channel import ADD_ONCE, ALL, EVERYTHING, FIND, INSERT, engine, line, row, work
from tests.fixtures.postgres import Server

__all__ = ["engine", "work"]  # fixtures

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def nothing_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is at the moment."""
    monkeypatch.setattr(connections, "LONGEST_WAIT", 3600.0)


def test_a_unit_that_swallowed_a_clash_of_sqlalchemy_is_told_by_its_commit(work: SqlWork) -> None:
    """PostgreSQL would answer that commit as if all were well, and SQLAlchemy asks no further."""
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("there"))
        unit.commit()
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("before"))
        with suppress(sa.exc.IntegrityError):
            line(unit).execute(sa.insert(EVERYTHING), {"id": "there"})
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            unit.commit()
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == [("there",)]


def test_what_was_cut_off_before_it_was_undone_waits_for_nobody(
    work: SqlWork, engine: sa.Engine, postgres_server: Server
) -> None:
    with suppress(RequestRefused), work(write=True) as unit:
        ADD_ONCE.changed(line(unit), id="a", text=None)
        cut_off_all(engine, postgres_server)
        raise RequestRefused("token_ended")
    look(work)


def test_a_refusal_is_told_also_where_what_sqlalchemy_began_cannot_be_undone_any_more(
    work: SqlWork, engine: sa.Engine, postgres_server: Server
) -> None:
    def refuse() -> None:
        with work(write=True) as unit:
            line(unit).execute(sa.insert(EVERYTHING), {"id": "a"})
            cut_off_all(engine, postgres_server)
            raise RequestRefused("token_ended")

    with pytest.raises(RequestRefused):
        refuse()
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == []
    assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("together", [False, True], ids=["by one statement", "by a journey of many"])
def test_a_server_that_cut_off_all_that_wait_costs_one_unit(
    work: SqlWork, engine: sa.Engine, postgres_server: Server, *, together: bool
) -> None:
    look_twice_at_once(work)
    cut_off_all(engine, postgres_server)

    def keep() -> None:
        with work(write=True) as unit:
            INSERT.write(line(unit), **row("a"))
            if together:
                ADD_ONCE.write(line(unit), id="b", text=None)
            unit.commit()

    with pytest.raises(psycopg.OperationalError):
        keep()
    keep()
    look(work)
    assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]


def test_a_statement_that_cost_its_connection_costs_none_that_wait(work: SqlWork, engine: sa.Engine) -> None:
    """Whoever can send such a value would have all of them opened anew."""
    look_twice_at_once(work)

    def find() -> None:
        with work(write=False) as unit:
            FIND.one(line(unit), key="a\0b")

    with pytest.raises(psycopg.DataError):
        find()
    assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]


def look(work: SqlWork) -> None:
    with work(write=False) as unit:
        ALL.all(line(unit))


def look_twice_at_once(work: SqlWork) -> None:
    with work(write=False) as one, work(write=False) as other:
        ALL.all(line(one))
        ALL.all(line(other))


def cut_off_all(engine: sa.Engine, server: Server) -> None:
    name = engine.url.database
    server.run(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{name}'")
