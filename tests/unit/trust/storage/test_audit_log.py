"""The history in the database shows each way of touching it from the first link to the last."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from trust.storage.audit_log import SqlAuditLog
from trust.storage.tables import UNLINKED, audit_entries, audit_links

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
Touch = Callable[[sa.Connection], object]


def write(connection: sa.Connection, *numbers: int) -> None:
    for number in numbers:
        connection.execute(audit_entries.insert().values(number=number, at=number, text=f'{{"kind":"event-{number}"}}'))


@pytest.fixture
def connection(sqlite_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Connection]:
    """Three links over seven entries; number 4 was written by a slower transaction, and linked later than 5 and 6."""
    monkeypatch.setattr(SqlAuditLog, "_writers_take_turns", False)  # as over a server
    with sqlite_engine.connect().execution_options(write=True) as opened:
        log = SqlAuditLog(opened)
        for numbers in ((1, 2, 3), (5, 6), (4, 7)):
            write(opened, *numbers)
            assert log.link(at=AT) == len(numbers)
        yield opened


def test_an_untouched_history_holds_and_goes_on(connection: sa.Connection) -> None:
    log = SqlAuditLog(connection)
    assert log.check() is None
    assert log.link(at=AT) == 0
    write(connection, 8)
    assert log.check() is None  # what waits for its link is no fault
    assert log.link(at=AT) == 1
    assert log.check() is None


def test_where_writers_take_turns_nothing_is_linked_that_was_put_in_between_later(sqlite_engine: sa.Engine) -> None:
    with sqlite_engine.connect().execution_options(write=True) as connection:
        log = SqlAuditLog(connection)
        write(connection, 1, 3)
        assert log.link(at=AT) == 2
        write(connection, 2, 4)
        assert log.link(at=AT) == 1
        assert connection.execute(sa.select(audit_entries.c.number).where(UNLINKED)).scalars().all() == [2]
        assert log.check() == "entry_missing_or_added"


def entry(number: int, **values: object) -> Touch:
    return lambda on: on.execute(audit_entries.update().where(audit_entries.c.number == number).values(**values))


def link(number: int, **values: object) -> Touch:
    return lambda on: on.execute(audit_links.update().where(audit_links.c.number == number).values(**values))


def without_link(number: int) -> Touch:
    def touch(on: sa.Connection) -> None:
        on.execute(audit_entries.delete().where(audit_entries.c.link == number))
        on.execute(audit_links.delete().where(audit_links.c.number == number))

    return touch


TOUCHED: dict[str, tuple[str, Touch]] = {
    "a text in the first link": ("entry_changed", entry(2, text="{}")),
    "a text in the last link": ("entry_changed", entry(7, text="{}")),
    "an entry moved into another link": ("entry_missing_or_added", entry(3, link=2)),
    "an entry said to wait for its link": ("entry_missing_or_added", entry(5, link=None)),
    "an entry of a link that is not there": ("entry_missing_or_added", entry(8, link=4)),
    "a link without its entries": ("entry_missing_or_added", lambda on: on.execute(audit_entries.delete())),
    "the first link with all that it covers": ("link_does_not_follow", without_link(1)),
    "a link in the middle with all that it covers": ("link_does_not_follow", without_link(2)),
    "a link's hash": ("entry_changed", link(3, hash="f" * 64)),
    "what a link follows": ("link_does_not_follow", link(2, previous="f" * 64)),
    "where a link ends": ("entry_changed", link(2, last=7)),
    "where a link begins": ("entry_changed", link(2, first=4)),
}


@pytest.mark.parametrize("what", TOUCHED)
def test_a_history_that_was_touched_says_so(connection: sa.Connection, what: str) -> None:
    reason, touch = TOUCHED[what]
    write(connection, 8)
    touch(connection)
    assert SqlAuditLog(connection).check() == reason
