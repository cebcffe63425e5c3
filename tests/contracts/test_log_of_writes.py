"""What SQLite writes ahead is moved into the database by the units themselves, and does not grow with their number."""

from datetime import UTC, datetime
from pathlib import Path

from deploy.database import make_engine
from gateway.storage.file_connections import LOG_OF
from gateway.storage.metadata import metadata
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_world import FakeVault, Journal

LATER = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_log_is_used_again_after_so_many_units_that_wrote(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        metadata.create_all(connection)
    work = SqlWork(engine, vault=FakeVault(), audit=lambda _: Journal())
    log = tmp_path / "gateway.db-wal"

    def write(units: int) -> int:
        for number in range(units):
            with work(write=True) as unit:
                unit.replays.first("kind", str(log.stat().st_size), str(number), expires_at=LATER)
                unit.commit()
        return log.stat().st_size

    once = write(LOG_OF)
    assert write(4 * LOG_OF) < 2 * once
    engine.dispose()
