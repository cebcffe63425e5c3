"""What goes wrong under a unit over PostgreSQL: who is told, and what the next unit finds."""

from contextlib import suppress

import psycopg
import pytest
import sqlalchemy as sa

from gateway.storage.unit_of_work import SqlWork
from tests.contracts.test_postgres_channel import ALL, EVERYTHING, INSERT, engine, line, row, work

__all__ = ["engine", "work"]  # fixtures

pytestmark = pytest.mark.postgres


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
