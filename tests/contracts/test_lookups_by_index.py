"""What each request asks of the database is found by an index, whichever way a process happens to write it.

A set of states is written in an order that differs from one process to the next; SQLite answers from a partial index
only where both are written alike, and goes through all of a person's records otherwise.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway.storage import backings
from gateway.storage.metadata import metadata
from gateway.storage.prepared import Prepared
from trust.storage.tables import metadata as trust_metadata
from trust.storage.tables_signings import LEFTOVER, signings

CHECKOUT = Path(__file__).resolve().parents[2]
PLAN = """
import sqlalchemy as sa
from gateway.identity.consent import Kind
from gateway.storage import consents, tables_residents as tables

engine = sa.create_engine("sqlite://")
with engine.connect() as connection:
    tables.metadata.create_all(connection)
    driver = connection.connection.driver_connection
    asked = []
    driver.set_trace_callback(asked.append)
    consents.STANDS[Kind.CLAIMS].all(connection, account="a", client="c")
    driver.set_trace_callback(None)
    print(driver.execute("EXPLAIN QUERY PLAN " + asked[-1]).fetchall())
"""


@pytest.mark.parametrize("seed", ["1", "2", "3", "4"])
def test_the_consent_that_stands_is_found_by_its_index_in_every_process(seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", PLAN], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    assert "uq_consents_standing" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("which", [backings.BY_SESSION, backings.BY_HOME, backings.BY_GRANT])
def test_what_a_session_or_a_grant_rests_on_is_found_by_keys_alone(which: Prepared) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        driver = connection.connection.driver_connection
        assert driver is not None
        asked: list[str] = []
        driver.set_trace_callback(asked.append)
        which.all(connection, session="s", key="k", client="c", grant="g", token="t", at=1)
        driver.set_trace_callback(None)
        plan = str(driver.execute("EXPLAIN QUERY PLAN " + asked[-1]).fetchall())
    assert "uq_consents_standing" in plan
    assert "SCAN" not in plan


def test_drafts_that_are_left_over_are_found_among_themselves() -> None:
    """Every round of the worker asks for them, and every signing there ever was stands in the table."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        trust_metadata.create_all(connection)
        asked = str(sa.select(signings.c.id).where(LEFTOVER))
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").fetchall())
    assert "INDEX ix_signings_leftover" in plan
