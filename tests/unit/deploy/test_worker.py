"""The worker's rounds: every task has its turn, whatever becomes of the others."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from deploy.composing.partners import WarnOfKeys
from deploy.composing.residents import open_work
from deploy.composing.world import World
from deploy.database import make_engine
from deploy.prepare import prepare
from deploy.settings import load
from deploy.worker import Seldom, Worker
from gateway.flows.watch_partners import WatchPartners
from gateway.oidc.client import Client
from tests.fakes.oidc_signer import Key
from trust.storage.audit_log import SqlAuditLog
from trust.storage.tables import audit_entries


def test_a_round_does_all_that_is_due_and_a_second_one_changes_nothing(tmp_path: Path) -> None:
    settings = load({"GBA_DATA_DIR": str(tmp_path / "data")})
    assert prepare(settings) == []
    engine = make_engine(settings.database_url)
    with engine.begin() as connection:
        connection.execute(audit_entries.insert().values(at=1, text='{"kind":"something"}'))
    left = settings.data_dir / "blobs" / "drafts" / ".new-left-by-a-crash"
    left.parent.mkdir(parents=True)
    left.touch()
    os.utime(left, (1, 1))
    worker = Worker(settings)

    assert worker.round() == []
    assert worker.round() == []

    assert not left.exists()
    with engine.connect() as connection:
        assert connection.scalar(sa.select(audit_entries.c.link).where(audit_entries.c.at == 1)) is not None
        assert SqlAuditLog(connection).check() is None


def test_a_task_that_is_seldom_due_waits_and_one_that_failed_does_not() -> None:
    at = [datetime(2026, 11, 21, tzinfo=UTC)]
    done: list[datetime] = []
    failing = [True]

    def task() -> None:
        if failing[0]:
            raise LookupError("not_now")
        done.append(at[0])

    seldom = Seldom(task, every=timedelta(hours=1), clock=lambda: at[0])
    with pytest.raises(LookupError):
        seldom()
    failing[0] = False
    seldom()
    seldom()
    at[0] += timedelta(minutes=61)
    seldom()
    assert len(done) == 2


def test_a_clock_that_was_years_ahead_keeps_no_task_waiting_for_years() -> None:
    at = [datetime(2031, 1, 1, tzinfo=UTC)]
    done: list[datetime] = []
    seldom = Seldom(lambda: done.append(at[0]), every=timedelta(hours=1), clock=lambda: at[0])
    seldom()
    at[0] = datetime(2026, 11, 22, tzinfo=UTC)
    seldom()
    seldom()
    assert done == [datetime(2031, 1, 1, tzinfo=UTC), at[0]]


def test_keys_that_are_about_to_fail_are_told_of_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = load({"GBA_DATA_DIR": str(tmp_path / "data")})
    assert prepare(settings) == []
    at = datetime.now(UTC)
    jwk = Key.make(kid="old").jwk | {"exp": (at + timedelta(days=3)).timestamp()}
    client = Client(
        id="ferry", agency="ferry", names={}, region="MO", redirect_uris=(), jwks={"keys": [jwk]}, jwks_uri=None
    )
    work = open_work(World.open(settings))
    with work(write=True) as unit:
        unit.clients.save(client)
        unit.commit()
    with caplog.at_level("WARNING", logger="deploy.partners"):
        assert WarnOfKeys(watch=WatchPartners(open_work=work, clock=lambda: at))() == 1
    told = [(record.__dict__["client"], record.__dict__["reason"]) for record in caplog.records]
    assert told == [("ferry", "key_expires_soon")]
