"""What goes to PostgreSQL past its driver's cursors: values as they are, in order, and kept as long as they must be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Thread
from time import monotonic, sleep

import psycopg
import pytest
import sqlalchemy as sa

from deploy.database import make_engine
from gateway.errors import GatewayError
from gateway.storage.metadata import FLEETING, metadata
from gateway.storage.prepared import Prepared
from gateway.storage.unit_of_work import SqlUnit, SqlWork
from tests.fakes.oidc_world import FakeVault, Journal
from tests.fixtures.databases import make_tables
from tests.fixtures.postgres import Server

pytestmark = pytest.mark.postgres

LATER = datetime(2026, 11, 21, 12, 0, tzinfo=UTC) + timedelta(hours=1)
EVERYTHING = sa.Table(
    "everything",
    sa.MetaData(),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("text", sa.Text),
    sa.Column("number", sa.BigInteger),
    sa.Column("small", sa.Integer),
    sa.Column("bytes", sa.LargeBinary),
    sa.Column("truth", sa.Boolean),
)
INSERT = Prepared.insert(EVERYTHING)
FIND = Prepared.of(sa.select(EVERYTHING).where(EVERYTHING.c.id == sa.bindparam("key")))
ALL = Prepared.of(sa.select(EVERYTHING.c.id).order_by(EVERYTHING.c.id))


@pytest.fixture
def engine(empty_postgres_url: str) -> Iterator[sa.Engine]:
    made = make_engine(empty_postgres_url)
    make_tables(made, metadata)
    EVERYTHING.create(made)
    yield made
    made.dispose()


@pytest.fixture
def work(engine: sa.Engine) -> SqlWork:
    return opened(engine)


def opened(engine: sa.Engine) -> SqlWork:
    return SqlWork(engine, vault=FakeVault(), audit=lambda _: Journal())


def line(unit: SqlUnit) -> sa.Connection:
    return unit._connection


def row(key: str, **other: object) -> dict[str, object]:
    return {**dict.fromkeys(("text", "number", "small", "bytes", "truth")), "id": key, **other}


@pytest.mark.parametrize(
    "values",
    [
        row("a", text="粵港澳 \U00020000", number=-(2**63), small=2**31 - 1, bytes=bytes(range(256)), truth=True),
        row("b", text="", number=0, small=-1, bytes=b"", truth=False),
        row("nothing"),
        row("long", text="x" * 100_000, bytes=b"\0" * 3_000_000),  # more than a socket takes at once
    ],
    ids=lambda values: str(values["id"]),
)
def test_values_come_back_as_they_went(work: SqlWork, values: dict[str, object]) -> None:
    with work(write=True) as unit:
        INSERT.write(line(unit), **values)
        assert FIND.one(line(unit), key=values["id"]) == tuple(values[column.name] for column in EVERYTHING.columns)
        unit.commit()
    with work(write=False) as unit:
        assert FIND.one(line(unit), key=values["id"]) == tuple(values[column.name] for column in EVERYTHING.columns)


def test_a_text_does_not_end_at_a_nul(work: SqlWork) -> None:
    """Who asks for `a`, NUL, `b` must not get `a`."""
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("a"))
        unit.commit()

    def find() -> None:
        with work(write=False) as unit:
            FIND.one(line(unit), key="a\0b")

    with pytest.raises(psycopg.DataError):
        find()


def test_what_was_written_is_there_for_whoever_asks_in_the_same_unit(work: SqlWork) -> None:
    with work(write=True) as unit:
        for key in ("a", "b", "c"):
            INSERT.write(line(unit), **row(key))
        assert ALL.all(line(unit)) == [("a",), ("b",), ("c",)]
        INSERT.write(line(unit), **row("d"))
        assert line(unit).execute(sa.select(sa.func.count()).select_from(EVERYTHING)).scalar_one() == 4
        unit.commit()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_nothing_is_kept_of_a_unit_of_which_one_write_failed(work: SqlWork, place: int) -> None:
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("there"))
        unit.commit()

    keys = ["a", "b"]
    keys.insert(place, "there")

    def write() -> None:
        with work(write=True) as unit:
            for key in keys:
                INSERT.write(line(unit), **row(key))
            unit.commit()

    with pytest.raises(sa.exc.IntegrityError) as clash:
        write()
    assert "there" not in str(clash.value).replace("IntegrityError", "")  # nor any other value
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == [("there",)]


class Missed(GatewayError):
    """What a unit insisted on did not happen."""


def missed() -> Missed:
    return Missed("was_there")


ADD_ONCE = Prepared.insert_once(EVERYTHING, "id", "text")
HALVE = Prepared.of(
    EVERYTHING.update().where(EVERYTHING.c.id == sa.bindparam("key")).values(number=1 / sa.bindparam("part", 1))
)


@pytest.mark.parametrize("asked", [False, True], ids=["at the commit", "by the next question"])
def test_what_a_unit_insists_on_happens_or_nothing_does(work: SqlWork, engine: sa.Engine, *, asked: bool) -> None:
    server: list[int] = []

    def insist(key: str) -> None:
        with work(write=True) as unit:
            INSERT.write(line(unit), **row(f"before {len(server)}"))
            ADD_ONCE.insist(line(unit), missed, id=key, text=None)
            server.append(line(unit).channel._line.backend_pid)  # type: ignore[attr-defined]
            if asked:
                assert FIND.one(line(unit), key=key) is not None
            unit.commit()

    insist("a")
    with pytest.raises(Missed, match="was_there"):
        insist("a")
    insist("b")
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == [("a",), ("b",), ("before 0",), ("before 2",)]
    assert engine.pool.checkedout() <= 1  # type: ignore[attr-defined]
    assert len(set(server)) == 1, "nothing is wrong with the connection"


def test_a_unit_that_missed_what_it_insisted_on_is_told_so_until_it_ends(work: SqlWork) -> None:
    with work(write=True) as unit:
        ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        unit.commit()
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("with it"))
        ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        with suppress(Missed):  # somebody takes it for something else
            ALL.all(line(unit))
        INSERT.write(line(unit), **row("after it"))
        with pytest.raises(Missed):
            ALL.all(line(unit))
        with pytest.raises(Missed):
            unit.commit()
    with work(write=True) as unit:
        assert ALL.all(line(unit)) == [("a",)]
        INSERT.write(line(unit), **row("b"))
        unit.commit()


def test_whoever_reads_and_insists_is_told_at_once(work: SqlWork) -> None:
    with work(write=False) as unit:
        ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        with pytest.raises(Missed):
            ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        assert ALL.all(line(unit)) == [("a",)]


def test_what_sqlalchemy_comes_upon_is_told_as_it_is(work: SqlWork) -> None:
    with work(write=True) as unit:
        ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        with pytest.raises(Missed):
            line(unit).execute(sa.select(EVERYTHING.c.id))
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == []


@pytest.mark.parametrize("written", [False, True], ids=["with nothing kept back", "with a write kept back"])
@pytest.mark.parametrize("asked", [False, True], ids=["by the commit", "by its next statement"])
def test_sqlalchemy_in_the_same_unit_is_told_what_was_missed(work: SqlWork, *, asked: bool, written: bool) -> None:
    with work(write=True) as unit:
        ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        unit.commit()
        server = line(unit).channel._line.backend_pid  # type: ignore[attr-defined]
    with work(write=True) as unit:
        line(unit).execute(sa.insert(EVERYTHING), {"id": "with it"})
        ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        with suppress(Missed):  # somebody takes it for something else
            ALL.all(line(unit))
        if written:
            INSERT.write(line(unit), **row("after it"))
        goes_on = partial(line(unit).execute, sa.select(EVERYTHING.c.id)) if asked else unit.commit
        with pytest.raises(Missed):
            goes_on()
    with work(write=False) as unit:
        assert ALL.all(line(unit)) == [("a",)]
        assert line(unit).channel._line.backend_pid == server  # type: ignore[attr-defined]


def test_a_statement_that_divides_by_nothing_of_its_own_fails_as_itself(work: SqlWork) -> None:
    with work(write=True) as unit:
        ADD_ONCE.insist(line(unit), missed, id="a", text=None)
        with pytest.raises(psycopg.errors.DivisionByZero):
            HALVE.changed(line(unit), key="a", part=0)


def test_a_clash_leaves_the_connection_in_use(work: SqlWork, engine: sa.Engine) -> None:
    for _ in range(20):
        with work(write=True) as unit:
            unit.refresh_tokens.keep("token", "grant", expires_at=LATER)
            try:
                unit.commit()
            except sa.exc.IntegrityError:
                continue
    assert engine.pool.checkedout() <= 1  # type: ignore[attr-defined]


def test_a_unit_after_the_server_cut_the_connection_off_finds_another(
    work: SqlWork, engine: sa.Engine, postgres_server: Server
) -> None:
    def look() -> bool:
        with work(write=False) as unit:
            return unit.grants.is_revoked("token")

    assert not look()
    name = engine.url.database
    postgres_server.run(f"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{name}'")
    with pytest.raises(psycopg.OperationalError):
        look()
    assert not look()
    assert not look()


def test_a_table_that_changed_meanwhile_costs_one_failure_and_no_more(work: SqlWork, engine: sa.Engine) -> None:
    def look() -> int:
        with work(write=False) as unit:
            return len(FIND.all(line(unit), key="a"))

    assert look() == 0
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE everything ALTER COLUMN small TYPE bigint"))
    with pytest.raises(psycopg.NotSupportedError):  # the plan is out of date
        look()
    assert look() == 0


@contextmanager
def a_disk_that_never_answers(server: Server) -> Iterator[None]:
    """A commit that waits, waits for a standby that there is not, until this ends."""
    server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    server.run("SELECT pg_reload_conf()")
    first = Thread(target=write_until_one_waits, args=(server,))
    try:
        first.start()
        until(lambda: waiting(server, "postgres"))  # the server's processes learn of the setting one by one
        yield
    finally:
        server.run("ALTER SYSTEM RESET ALL")
        server.run("SELECT pg_reload_conf()")
        first.join()


def write_until_one_waits(server: Server) -> None:
    """Ends when the disk answers again."""
    with talking(server) as connection:
        connection.execute("SET synchronous_commit = on")
        while connection.execute("SHOW synchronous_standby_names").fetchone() != ("",):
            connection.execute("SELECT pg_logical_emit_message(true, 'one', 'write')")


def waiting(server: Server, database: str | None) -> bool:
    """Whether a commit in this database does."""
    with talking(server) as connection:
        told = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = %s", (database,)
        ).fetchone()
    return told != (0,)


def talking(server: Server) -> psycopg.Connection:
    return psycopg.connect(f"host={server.socket_folder} user=postgres dbname=postgres", autocommit=True)


def until(holds: Callable[[], bool]) -> None:
    patience = monotonic() + 60
    while not holds():
        assert monotonic() < patience
        sleep(0.01)


def waits_for_the_disk(server: Server, url: str, act: str, *, always: bool = False) -> bool:
    """Whether the commit after it does."""
    engine = make_engine(url.replace("?", "?options=-csynchronous_commit%3Don&"), always_wait_for_disk=always)
    work = opened(engine)

    def write() -> None:
        with work(write=True) as unit:
            if act == "revoke":
                unit.grants.revoke_token("token", expires_at=LATER)
            elif act == "by SQLAlchemy":
                line(unit).execute(EVERYTHING.insert().values(id="a"))
            else:
                unit.replays.first("kind", "issuer", f"value, {always}", expires_at=LATER)
            if act == "both":
                unit.known_subjects.remember("agency", "subject", "account")
            unit.commit()

    thread = Thread(target=write)
    with a_disk_that_never_answers(server):
        thread.start()
        until(lambda: not thread.is_alive() or waiting(server, engine.url.database))
        waited = thread.is_alive()
    thread.join()
    engine.dispose()
    return waited


@pytest.mark.parametrize("act", ["revoke", "both", "by SQLAlchemy"])
def test_what_must_last_is_on_the_disk_before_anybody_is_told(
    engine: sa.Engine, empty_postgres_url: str, postgres_server: Server, act: str
) -> None:
    assert waits_for_the_disk(postgres_server, empty_postgres_url, act)


def test_what_is_fleeting_waits_for_no_disk_unless_told_to(
    engine: sa.Engine, empty_postgres_url: str, postgres_server: Server
) -> None:
    assert not waits_for_the_disk(postgres_server, empty_postgres_url, "replay")
    assert waits_for_the_disk(postgres_server, empty_postgres_url, "replay", always=True)


def test_only_tables_that_there_are_are_fleeting() -> None:
    assert set(metadata.tables) > FLEETING
    assert not FLEETING & {"grants", "refresh_tokens", "revoked_tokens", "sessions", "consents", "consent_events"}


def test_a_reading_unit_that_writes_does_so_at_once(work: SqlWork) -> None:
    """There is no commit that it could go along with."""
    with work(write=False) as unit:
        unit.known_subjects.remember("agency", "subject", "account")
    with work(write=False) as unit:
        assert unit.known_subjects.account("agency", "subject") == "account"


def test_a_reading_unit_writes_at_once_also_after_one_that_sqlalchemy_committed(
    work: SqlWork, engine: sa.Engine
) -> None:
    with work(write=True) as unit:
        line(unit).execute(sa.insert(EVERYTHING), {"id": "rare"})
        unit.commit()
    with work(write=False) as unit:
        unit.known_subjects.remember("agency", "subject", "account")
    with opened(engine)(write=False) as unit:  # over another connection
        assert unit.known_subjects.account("agency", "subject") == "account"


def test_a_unit_that_swallowed_a_clash_is_told_again_by_its_commit(work: SqlWork) -> None:
    """PostgreSQL has undone everything by then, and would answer the commit as if all were well."""
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("there"))
        unit.commit()
    with work(write=True) as unit:
        INSERT.write(line(unit), **row("before"))
        with suppress(sa.exc.IntegrityError):
            INSERT.changed(line(unit), **row("there"))
        INSERT.write(line(unit), **row("after"))
        with pytest.raises(sa.exc.IntegrityError):
            unit.commit()
    with work(write=True) as unit:
        assert ALL.all(line(unit)) == [("there",)]
        unit.commit()
