"""The engine: SQLite as a real database, or PostgreSQL by URL.

SQLite: WAL, foreign keys on, a busy timeout, and `BEGIN IMMEDIATE` for a transaction that says it will write
(execution option `write=True`), because a read that turns into a write fails under two writers.
"""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from gateway.storage.connections import MOST_WAITING
from gateway.storage.metadata import ALWAYS_WAIT

BUSY_MS = 10_000
CONNECT, CONNECT_SECONDS = "connect_timeout", 10  # libpq's; who makes a connection may be who answers everybody


def _size(kept: int, *, waiting: int) -> dict[str, int]:
    """A pool gives out twice as many as it keeps, and those that wait for the next unit of work."""
    return {"pool_size": kept, "max_overflow": kept + waiting}


def make_engine(url: str, *, pool_size: int = 8, always_wait_for_disk: bool = False) -> sa.Engine:
    """An engine for `sqlite:///…` or `postgresql+psycopg://…`."""
    made = sa.make_url(url)
    if made.get_backend_name() == "sqlite":
        if made.database and made.database != ":memory:":
            Path(made.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = sa.create_engine(made, **_size(pool_size, waiting=MOST_WAITING), poolclass=sa.QueuePool)
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
        return engine
    engine = sa.create_engine(
        made,
        **_size(pool_size, waiting=pool_size),
        # the driver would forget on the server, with its own prepared statements, those of `gateway/storage` too
        connect_args={"prepare_threshold": None} | ({} if CONNECT in made.query else {CONNECT: CONNECT_SECONDS}),
        execution_options={ALWAYS_WAIT: always_wait_for_disk},
    )
    event.listen(engine, "checkout", _on_postgres_checkout)
    return engine


def _on_postgres_checkout(connection: Any, _record: object, _proxy: object) -> None:
    """What `pool_pre_ping` does, within a bound: raises DisconnectionError, and the pool takes another."""
    # libpq is not for a process that has no use for it
    from gateway.storage.postgres_channel import PostgresChannel  # noqa: PLC0415

    if not PostgresChannel(connection.pgconn, {}).is_answered():
        raise sa.exc.DisconnectionError


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; we do, below
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        # pages: what is written again and again moves into the database once; units of work see to it before this does,
        # and keep nobody waiting (`gateway/storage/connections.py`)
        "wal_autocheckpoint=16000",
        "foreign_keys=ON",
        "secure_delete=ON",  # personal data does not stay in free pages
        "cache_size=-1000",  # a megabyte of each connection; the system keeps what else is read often
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_sqlite_begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("write", False)
    driver: Any = connection.connection.driver_connection  # past SQLAlchemy: this is a third of a short transaction
    if not driver.in_transaction:  # begun already by who writes past SQLAlchemy, whose rare statements join it
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
