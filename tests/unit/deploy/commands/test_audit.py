"""`gba audit check`: a whole history and where it stands, one that was touched, one that was drawn anew."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from deploy.cli import gba
from deploy.schema_version import newest
from tests.fixtures.databases import make_tables
from trust.storage.audit_log import SqlAuditLog
from trust.storage.tables import audit_entries, audit_links, metadata

AT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.fixture
def engine(empty_engine: sa.Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    make_tables(empty_engine, metadata)
    with empty_engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest()})
    monkeypatch.setenv("GBA_DATABASE__URL", database_url)
    monkeypatch.delenv("GBA_CONFIG", raising=False)
    return empty_engine


def link(engine: sa.Engine, text: str) -> None:
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(audit_entries.insert().values(at=1, text=text))
        assert SqlAuditLog(connection).link(at=AT) > 0


def check(*arguments: str) -> Result:
    return CliRunner().invoke(gba, ["audit", "check", *arguments])


def test_a_whole_history_is_told_with_the_link_to_note(engine: sa.Engine) -> None:
    assert "Nothing is linked yet" in check().output
    link(engine, "first")
    noted = check().output.split()[-1]
    assert noted.startswith("1:")
    link(engine, "second")
    assert check("--noted", noted).exit_code == 0
    assert check("--noted", "the first one").exit_code == 2


def test_a_history_that_was_touched_or_drawn_anew_is_told_by_the_exit_code(engine: sa.Engine) -> None:
    link(engine, "first")
    noted = check().output.split()[-1]
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(audit_entries.update().values(text="never done"))
    touched = check()
    assert (touched.exit_code, "entry_changed" in touched.output) == (1, True)
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(audit_links.delete())
        connection.execute(audit_entries.update().values(link=None))
        SqlAuditLog(connection).link(at=AT)
    assert check().exit_code == 0
    anew = check("--noted", noted)
    assert (anew.exit_code, "noted_link_differs" in anew.output) == (1, True)
