"""When a partner is told again, when it is given up, and what it may answer to an event."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from gateway.oidc.delivery import DeliveryState, Kind, after_failure, delivery_id, waiting
from gateway.oidc.security_event import is_final, objection_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NEW = waiting(Kind.LINK_UNDONE, "link-1", "registry", "account-1", at=NOW)


def test_pauses_double_from_half_a_minute_to_an_hour() -> None:
    pauses = [after_failure(replace(NEW, attempts=number), NOW)[1] - NOW for number in range(1, 10)]
    assert [pause.total_seconds() for pause in pauses] == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert after_failure(replace(NEW, attempts=10_000), NOW)[1] == NOW + timedelta(hours=1)


def test_it_is_tried_for_a_day_and_no_attempt_falls_after_it() -> None:
    tried = replace(NEW, attempts=20)
    last = NOW + timedelta(hours=23)
    assert after_failure(tried, last - timedelta(seconds=1))[0] is DeliveryState.WAITING
    assert after_failure(tried, last)[0] is DeliveryState.GIVEN_UP


def test_an_id_is_of_one_kind_one_thing_and_one_client() -> None:
    told = [
        (kind, about, client)
        for kind in (Kind.LOGOUT, Kind.SESSION_REVOKED)
        for about in ("one", "other")
        for client in ("registry", "ferry")
    ]
    assert len({delivery_id(*each) for each in told}) == 8
    assert replace(NEW, attempts=7, account="account-2").id == NEW.id


@pytest.mark.parametrize("code", ["invalid_request", "invalid_issuer", "invalid_audience", "access_denied"])
def test_what_stays_wrong_is_final(code: str) -> None:
    problem = objection_of(400, json.dumps({"err": code}).encode())
    assert problem == f"err_{code}"
    assert is_final(problem)


@pytest.mark.parametrize(
    ("status", "code"), [(400, "invalid_key"), (400, "authentication_failed"), (400, "of_their_own"), (500, "x")]
)
def test_what_may_be_well_the_next_time_is_not(status: int, code: str) -> None:
    problem = objection_of(status, json.dumps({"err": code}).encode())
    assert problem is not None
    assert not is_final(problem)


def test_accepted_is_202_and_nothing_else() -> None:
    assert objection_of(202, b"") is None
    assert [objection_of(status, b"") for status in (200, 201, 204)] == ["status_200", "status_201", "status_204"]
