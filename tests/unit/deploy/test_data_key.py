"""An operator hears of it when one key has sealed for long."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.data_key import SEALS_FOR, WarnOfDataKey
from trust.custody.key_store import KeyStore
from trust.keys.key import Purpose

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_it_is_told_until_there_is_a_newer_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keys, now = KeyStore.open(tmp_path / "keys.json", bytes(range(32))), [AT]
    keys.generate(Purpose.DATA, "A256GCM", at=AT)
    warn = WarnOfDataKey(keys=keys, clock=lambda: now[0])
    told = [warn()]
    now[0] += SEALS_FOR
    told.append(warn())
    now[0] += timedelta(seconds=1)
    told.append(warn())
    keys.generate(Purpose.DATA, "A256GCM", at=now[0])
    told.append(warn())
    assert told == ["", "", "data_key_old", ""]
    assert [getattr(record, "reason", "") for record in caplog.records] == ["data_key_old"]
