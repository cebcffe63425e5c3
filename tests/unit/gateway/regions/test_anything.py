"""Whatever a region sends, a connector fails only in the three ways that it may (ports/regions.py)."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.errors import RegionError
from gateway.identity.region import Region
from gateway.ports.egress import Reply
from gateway.ports.regions import Callback
from gateway.regions.macau.adapter import Macau
from tests.fakes.outside import Outside
from tests.fakes.travels import Straight, ToGuangdong, ToHongKong, ToMacau, departure

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Outside:
    """One world for all examples: making one takes longer than a journey through it."""
    return Outside(tmp_path_factory.mktemp("registered"))


def ends_well_or_by_name(travel: Straight) -> None:
    with contextlib.suppress(RegionError):
        travel.happy()
    travel.outside.egress.changes.clear()


def with_one_value(answer: dict[str, Any], path: tuple[str, ...], value: object) -> bytes:
    place = answer
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return json.dumps(answer).encode()


GUANGDONG = [
    *[("userobj", name) for name in ("cn", "useridcode", "usertype", "idcardtype", "idcardnumber", "sex", "uversion")],
    ("userobj", "extproperties"),
    ("userobj",),
    ("user_creditable_level",),
    ("user_creditable_level", "creditable_level_of_account"),
]


@QUIET
@given(path=st.sampled_from(GUANGDONG), value=ANY_JSON)
def test_any_value_in_an_account(outside: Outside, path: tuple[str, ...], value: object) -> None:
    travel = ToGuangdong(outside)

    def change(reply: Reply) -> Reply:
        return replace(reply, body=with_one_value(json.loads(reply.body), path, value))

    travel.outside.egress.changes["/tokeninfo"] = change
    ends_well_or_by_name(travel)


CLAIMS = ["iss", "sub", "aud", "exp", "iat", "auth_time", "acr", "nonce", "azp", "at_hash", "updated_at"]


@QUIET
@given(claim=st.sampled_from(CLAIMS), value=ANY_JSON)
def test_any_value_in_an_id_token(outside: Outside, claim: str, value: object) -> None:
    travel = ToMacau(outside)
    travel.claims(**{claim: value})
    ends_well_or_by_name(travel)


USERINFO = ["sub", "bir_number", "mainland_permit_number", "birthdate", "gender", "name", "name_zh", "name_zh_verified"]


@QUIET
@given(claim=st.sampled_from(USERINFO), value=ANY_JSON)
def test_any_value_in_userinfo(outside: Outside, claim: str, value: object) -> None:
    travel = ToMacau(outside)

    def change(reply: Reply) -> Reply:
        return replace(reply, body=with_one_value(json.loads(reply.body), (claim,), value))

    travel.outside.egress.changes["/mo/userinfo"] = change
    ends_well_or_by_name(travel)


@QUIET
@given(
    end=st.sampled_from(["openid-configuration", "/jwks", "/mo/token", "/mo/userinfo"]), body=st.binary(max_size=200)
)
def test_any_bytes_from_a_provider(outside: Outside, end: str, body: bytes) -> None:
    travel = ToMacau(outside)
    assert outside.settings.macau is not None
    # a connector that has fetched nothing yet
    travel.region = Macau(
        outside.settings.macau, egress=outside.egress, clock=outside.clock, new_token=outside.new_token
    )
    travel.outside.egress.changes[end] = lambda reply: replace(reply, body=body)
    ends_well_or_by_name(travel)


PROFILE = ["idNo", "enName", "chName", "chNameVerified", "gender", "birthDate", "state", "businessID", "type"]


@settings(QUIET, max_examples=25)
@given(field=st.sampled_from(PROFILE), value=ANY_JSON)
def test_any_value_in_a_profile_callback(outside: Outside, field: str, value: object) -> None:
    travel = ToHongKong(outside)
    trip = travel.to_the_request()
    with contextlib.suppress(RegionError):
        forged = travel.written(lambda answer: answer.update({field: value}))
        delivery = travel.region.receive("profile", forged.headers, forged.body)
        travel.region.resume(replace(trip, memory={**trip.memory, **delivery.memory}))


@QUIET
@given(region=st.sampled_from(Region), query=st.dictionaries(st.text(max_size=10), st.text(max_size=50), max_size=4))
def test_any_query_that_a_browser_brings(outside: Outside, region: Region, query: dict[str, str]) -> None:
    with pytest.raises(RegionError):
        outside.regions[region].arrive(Callback(query={"state": "state-0001", "code": "c", **query}), departure())
