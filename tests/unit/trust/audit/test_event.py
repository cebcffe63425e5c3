"""An event's text: canonical, so that a chain can be drawn over it."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from gateway.ports.residents import AuditEvent
from trust.audit import event

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("at", [NOON, NOON.replace(microsecond=7), NOON.astimezone(timezone(timedelta(hours=8)))])
def test_the_names_stand_in_order_and_the_instant_as_python_writes_it(at: datetime) -> None:
    told = event.text(
        AuditEvent(kind="code.issued", at=at, actor="account", subjects=("grant", "consent"), client="registry")
    )
    members = orjson.loads(told)
    assert list(members) == sorted(members)
    assert members["at"] == at.isoformat()
    assert members["subjects"] == ["grant", "consent"]
    assert told == orjson.dumps(members, option=orjson.OPT_SORT_KEYS).decode()
