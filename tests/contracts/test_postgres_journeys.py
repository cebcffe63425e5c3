"""How often a unit asks PostgreSQL, and what goes along: a journey costs more than the statements that it carries."""

import os
import signal
from collections.abc import Callable
from functools import partial
from threading import Timer
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from gateway.storage.channel import Row, Statement, Values
from gateway.storage.direct import Direct
from gateway.storage.postgres_channel import KeptBack
from gateway.storage.prepared import Prepared
from gateway.storage.unit_of_work import SqlUnit, SqlWork
from tests.contracts.test_postgres_channel import (
    ADD_ONCE,
    ALL,
    EVERYTHING,
    FIND,
    INSERT,
    engine,
    line,
    missed,
    row,
    work,
)
from tests.fixtures.postgres import Server

__all__ = ["engine", "work"]  # fixtures

pytestmark = pytest.mark.postgres


def journeys(unit: SqlUnit, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the unit sends from here on: the first words of each statement, one list for each journey."""
    sent: list[list[str]] = []
    channel = line(unit).channel  # type: ignore[attr-defined]
    one, many = channel._run, channel._in_one_journey

    def first_words(statement: Statement) -> str:
        return " ".join(statement.text.split()[:2])

    def run(statement: Statement, values: Values) -> object:
        sent.append([first_words(statement)])
        return one(statement, values)

    def run_all(kept_back: list[KeptBack]) -> object:
        sent.append([first_words(statement) for statement, _, _ in kept_back])
        return many(kept_back)

    monkeypatch.setattr(channel, "_run", run)
    monkeypatch.setattr(channel, "_in_one_journey", run_all)
    return sent


SELECT, ADD, KEEP_BACK = "SELECT everything.id,", "INSERT INTO", "WITH made"


def test_what_a_unit_writes_travels_once_and_without_a_transaction_of_its_own(
    work: SqlWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work(write=True) as unit:
        sent = journeys(unit, monkeypatch)
        assert FIND.one(line(unit), key="a") is None
        INSERT.write(line(unit), **row("a"))
        ADD_ONCE.insist(line(unit), missed, id="b", text=None)
        unit.commit()
    assert sent == [[SELECT], [ADD, KEEP_BACK]]


def test_a_question_about_other_tables_takes_nothing_along(work: SqlWork, monkeypatch: pytest.MonkeyPatch) -> None:
    with work(write=True) as unit:
        unit.known_subjects.remember("agency", "subject", "account")
        sent = journeys(unit, monkeypatch)
        assert FIND.one(line(unit), key="a") is None
        assert unit.known_subjects.account("agency", "subject") == "account"
        unit.commit()
    assert [len(journey) for journey in sent] == [1, 3, 1]  # begins only there, and ends with a COMMIT


def test_a_question_that_changes_something_begins_a_transaction(work: SqlWork, monkeypatch: pytest.MonkeyPatch) -> None:
    with work(write=True) as unit:
        sent = journeys(unit, monkeypatch)
        assert ADD_ONCE.changed(line(unit), id="a", text=None) == 1
        assert FIND.one(line(unit), key="a") is not None
        INSERT.write(line(unit), **row("b"))
    assert sent == [["BEGIN", ADD], [SELECT]]
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == [], "it was not committed"


LOCK = Prepared.of(sa.select(EVERYTHING.c.id).where(EVERYTHING.c.id == sa.bindparam("key")).with_for_update())


def test_a_lock_lasts_as_long_as_its_unit(work: SqlWork) -> None:
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("a"))
        unit.commit()
    with work(write=True) as holder:
        assert LOCK.one(line(holder), key="a") == ("a",)
        with work(write=True) as other:
            line(other).execute(sa.text("SET LOCAL lock_timeout = 1"))
            with pytest.raises(sa.exc.OperationalError):
                line(other).execute(sa.select(EVERYTHING.c.id).with_for_update())


RENAME = Prepared.of(
    EVERYTHING.update()
    .where(EVERYTHING.c.id == sa.bindparam("key"))
    .values(text=sa.bindparam("new"))
    .returning(EVERYTHING.c.number)
)


@pytest.mark.parametrize("rare_too", [False, True])
def test_what_a_unit_ends_with_is_kept_with_all_before(
    work: SqlWork, monkeypatch: pytest.MonkeyPatch, *, rare_too: bool
) -> None:
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("a", number=7))
        if rare_too:
            line(unit).execute(sa.insert(EVERYTHING), {"id": "rare"})
        sent = journeys(unit, monkeypatch)
        assert RENAME.last(line(unit), key="a", new="other") == (7,)
        unit.commit()  # of nothing
    assert rare_too or sent == [[ADD, "UPDATE everything"]]
    with work(write=False) as unit:
        assert FIND.one(line(unit), key="a") == ("a", "other", 7, None, None, None)
        assert (FIND.one(line(unit), key="rare") is not None) == rare_too


def test_a_commit_that_the_server_refuses_at_its_end_is_told(work: SqlWork, engine: sa.Engine) -> None:
    """What has begun no transaction is kept, or not, behind its last answer."""
    with engine.begin() as connection:
        connection.execute(
            sa.text("ALTER TABLE everything ADD CONSTRAINT late UNIQUE (text) DEFERRABLE INITIALLY DEFERRED")
        )
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("a", text="one"))
        INSERT.write(line(unit), **row("b", text="one"))
        with pytest.raises(psycopg.OperationalError):
            unit.commit()
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == []


UNNAMED: dict[str, sa.Select[Any]] = {
    "a text": sa.select(sa.literal_column("1")).select_from(sa.text("everything")),
    "a table of another description": sa.select(sa.column("id")).select_from(sa.table("everything", sa.column("id"))),
}


@pytest.mark.parametrize("question", UNNAMED.values(), ids=UNNAMED)
def test_a_question_that_does_not_name_what_it_reads_takes_everything_along(
    work: SqlWork, question: sa.Select[Any]
) -> None:
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("a"))
        assert Prepared.of(question).one(line(unit)) is not None


ADDED = sa.insert(EVERYTHING).values(id=sa.bindparam("id")).returning(EVERYTHING.c.id).cte("added")
ANSWERED = {
    "that it reads": Prepared.of(sa.select(ADDED)),
    "beside it": Prepared.of(sa.select(sa.literal_column("1")).add_cte(ADDED)),
}


@pytest.mark.parametrize("question", ANSWERED.values(), ids=ANSWERED)
def test_a_change_within_a_question_is_undone_with_its_unit_and_lasts_with_it(
    work: SqlWork, question: Prepared
) -> None:
    with work(write=True) as unit:
        assert question.one(line(unit), id="a") is not None
        assert not question._for(line(unit)).is_fleeting  # type: ignore[arg-type]
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == [], "it was not committed"


COMES_FIRST = Prepared.of(sa.select(sa.literal_column("1")).where(sa.func.pg_try_advisory_xact_lock(7)))


def test_what_a_function_of_the_server_holds_lasts_as_long_as_its_unit(work: SqlWork) -> None:
    with work(write=True) as holder, work(write=True) as other:
        assert COMES_FIRST.one(line(holder)) == (1,)
        assert COMES_FIRST.one(line(other)) is None


def test_a_question_that_only_counts_begins_nothing(work: SqlWork, monkeypatch: pytest.MonkeyPatch) -> None:
    with work(write=True) as unit:
        sent = journeys(unit, monkeypatch)
        assert Prepared.of(sa.select(sa.func.count()).select_from(EVERYTHING)).one(line(unit)) == (0,)
    assert sent == [["SELECT count(*)"]]


def test_a_server_that_does_not_answer_is_given_up(
    work: SqlWork, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another holds the table, and nothing ends it."""

    def is_given_up(act: Callable[[], object]) -> None:
        with monkeypatch.context() as hurried:
            hurried.setattr("gateway.storage.postgres_channel.LONGEST", 0.05)
            with pytest.raises(psycopg.OperationalError, match="does_not_answer"):
                act()

    def look(unit: SqlUnit) -> list[Row]:
        return ALL.all(line(unit))

    def try_while_it_is_held() -> None:
        with engine.begin() as other:
            other.execute(sa.text("LOCK TABLE everything"))
            with work(write=False) as unit:
                is_given_up(partial(look, unit))
            with work(write=True) as unit:
                INSERT.write(line(unit), **row("a"))
                is_given_up(unit.commit)

    try_while_it_is_held()  # preparing a statement waits as well
    with work(write=False) as unit:
        look(unit)
    try_while_it_is_held()


def pid_of_next(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        pid: int = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    return pid


def test_a_connection_that_was_cut_off_in_the_pool_is_made_anew(engine: sa.Engine, postgres_server: Server) -> None:
    first = pid_of_next(engine)
    assert pid_of_next(engine) == first
    postgres_server.run(f"SELECT pg_terminate_backend({first}, 60000)")
    assert pid_of_next(engine) != first


def test_a_connection_whose_server_process_stands_still_is_made_anew(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pid_of_next(engine)
    monkeypatch.setattr("gateway.storage.postgres_channel.LONGEST", 1.0)
    os.kill(first, signal.SIGSTOP)
    try:
        with engine.connect() as connection:
            assert connection.connection.driver_connection.pgconn.backend_pid != first  # type: ignore[union-attr]
    finally:
        os.kill(first, signal.SIGCONT)


def test_undoing_waits_no_longer_for_a_server_process_that_stands_still(
    work: SqlWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    with work(write=True) as unit:
        connection = line(unit)
        assert isinstance(connection, Direct)
        INSERT.write(connection, **row("a"))
        assert len(ALL.all(connection)) == 1  # the transaction has begun at the server
        pid = connection.connection.driver_connection.pgconn.backend_pid  # type: ignore[union-attr]
        monkeypatch.setattr("gateway.storage.postgres_channel.LONGEST", 0.05)
        os.kill(pid, signal.SIGSTOP)
        late = Timer(5.0, os.kill, (pid, signal.SIGCONT))  # so that a failure ends as well
        late.start()
        try:
            connection.undo()
            assert connection.channel.is_lost
        finally:
            late.cancel()
            os.kill(pid, signal.SIGCONT)
    monkeypatch.undo()
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == []
