"""`gba audit`: whether the history in the database is whole, and where it stands."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from deploy.settings import load

if TYPE_CHECKING:
    from trust.storage.audit_log import SqlAuditLog


@click.group()
def command() -> None:
    """The log of what was done. Each link of its chain covers entries in their order, and the link before."""


@command.command()
@click.option("--noted", metavar="NUMBER:HASH", help="What an earlier check printed: that link must still be the same.")
def check(noted: str | None) -> None:
    """Go through the whole history. Exit 0 when it is whole, 1 when not.

    Who may write to the database could draw the whole chain anew. So note what is printed somewhere else, such as in
    the minutes of a meeting, and give it the next time.
    """
    with _log() as log:
        problem, last = log.check(), log.last()
        if noted is not None and problem is None and not log.has(*_link(noted)):
            problem = "noted_link_differs"
    if problem is not None:
        click.echo(f"The history was touched: {problem}.", err=True)
        sys.exit(1)
    click.echo("Nothing is linked yet." if last is None else f"The history is whole up to {last.number}:{last.hash}")


def _link(noted: str) -> tuple[int, str]:
    number, _, hashed = noted.partition(":")
    if not number.isascii() or not number.isdecimal() or len(number) > 18:
        raise click.BadParameter("expected NUMBER:HASH, as it was printed", param_hint="--noted")
    return int(number), hashed


@contextmanager
def _log() -> Iterator["SqlAuditLog"]:
    from deploy import schema_version  # noqa: PLC0415 - SQLAlchemy only when needed
    from deploy.database import make_engine  # noqa: PLC0415
    from trust.storage.audit_log import SqlAuditLog  # noqa: PLC0415

    engine = make_engine(load().database_url)
    if not schema_version.is_current(engine):
        raise click.ClickException("The database is not ready: run `gba database upgrade`.")
    # one moment for all that is read, while the worker goes on linking; over SQLite every transaction is that
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield SqlAuditLog(connection)
    engine.dispose()
