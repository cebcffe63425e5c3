"""Links are drawn over the history a bounded part at a time, oldest first, on each database."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tests.fixtures.databases import make_tables
from trust.flows.issue_document import Happened
from trust.storage import audit_log
from trust.storage.audit_log import SqlAuditLog
from trust.storage.instants import to_micros
from trust.storage.tables import audit_entries, audit_links, metadata

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def connection(empty_engine: sa.Engine) -> Iterator[sa.Connection]:
    make_tables(empty_engine, metadata)
    with empty_engine.connect().execution_options(write=True) as opened:
        yield opened


def test_a_long_history_is_linked_a_part_at_a_time_oldest_first(
    connection: sa.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "MOST_AT_ONCE", 3)
    for number in (6, 3, 7, 1, 5, 2, 4):  # as they may lie in the table
        connection.execute(audit_entries.insert().values(number=number, at=number, text=f"event {number}"))
    log = SqlAuditLog(connection)
    assert [log.link(at=AT) for _ in range(4)] == [3, 3, 1, 0]
    ends = connection.execute(sa.select(audit_links.c.first, audit_links.c.last).order_by(audit_links.c.number)).all()
    assert [tuple(each) for each in ends] == [(1, 3), (4, 6), (7, 7)]
    assert log.check() is None


def test_an_entry_lies_under_the_moment_of_what_it_tells(connection: sa.Connection) -> None:
    SqlAuditLog(connection).record(Happened(kind="document_sealed", at=AT, actor="gateway", subjects=("record",)))
    assert connection.execute(sa.select(audit_entries.c.at)).scalar_one() == to_micros(AT)


def test_of_two_workers_at_once_one_links_and_the_other_finds_nothing(
    connection: sa.Connection, empty_engine: sa.Engine
) -> None:
    SqlAuditLog(connection).record(Happened(kind="document_sealed", at=AT, actor="gateway", subjects=("record",)))
    connection.commit()
    if empty_engine.dialect.name == "sqlite":
        return  # whose writers take turns
    assert SqlAuditLog(connection).link(at=AT) == 1
    with empty_engine.connect() as beside:
        assert SqlAuditLog(beside).link(at=AT) == 0
    assert SqlAuditLog(connection).check() is None
