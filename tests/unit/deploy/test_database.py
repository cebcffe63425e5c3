"""SQLite as a real database: two writers wait for each other, foreign keys hold."""

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.database import make_engine


def test_two_threads_that_read_and_then_write_lose_nothing(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE counter (value INTEGER)"))
        connection.execute(sa.text("INSERT INTO counter VALUES (0)"))

    def add() -> None:
        for _ in range(25):
            with engine.connect().execution_options(write=True) as connection, connection.begin():
                value = connection.scalar(sa.text("SELECT value FROM counter"))
                connection.execute(sa.text("UPDATE counter SET value = :value"), {"value": value + 1})

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT value FROM counter")) == 100


def test_a_row_cannot_point_to_nothing(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        connection.execute(sa.text("CREATE TABLE b (a INTEGER REFERENCES a(id))"))
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO b VALUES (1)"))


@pytest.mark.parametrize(("told", "seconds"), [("", 10), ("?connect_timeout=3", "3")])
def test_a_server_that_does_not_answer_is_given_up_unless_the_url_says_when(told: str, seconds: object) -> None:
    engine, asked = make_engine(f"postgresql+psycopg://nobody@localhost/none{told}"), {}

    def connect(_dialect: object, _record: object, _positional: object, named: dict[str, object]) -> None:
        asked.update(named)
        raise ConnectionRefusedError

    sa.event.listen(engine, "do_connect", connect)
    with pytest.raises(ConnectionRefusedError):
        engine.connect()
    assert asked["connect_timeout"] == seconds
