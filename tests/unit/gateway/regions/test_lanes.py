"""Places are for speaking to a platform: who only leaves for it, and what it brings by itself, needs none."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from gateway.errors import BUSY, RegionUnavailable
from gateway.regions.lanes import InLane, Lanes
from tests.fakes.outside import Outside
from tests.fakes.travels import ToHongKong, departure
from tests.fakes.upstream_provider import Party, UpstreamProvider


def test_an_answer_that_a_slow_platform_delivers_is_not_turned_away(tmp_path: Path) -> None:
    travel = ToHongKong(Outside(tmp_path))
    trip = travel.to_the_request()
    lanes = Lanes(each=1, together=1)
    laned = InLane(region=travel.region, lanes=lanes)
    delivered = travel.outside.deliveries[-1]
    with ExitStack() as held:
        held.enter_context(lanes.place(laned.code))
        assert laned.receive("profile", delivered.headers, delivered.body).state == trip.state


def test_nobody_is_kept_from_leaving_by_those_who_come_back() -> None:
    region, lanes = Party(UpstreamProvider()).region, Lanes(each=1, together=1)
    laned = InLane(region=region, lanes=lanes)
    with lanes.place(laned.code), pytest.raises(RegionUnavailable, match=BUSY):
        laned.depart(departure())  # nothing is known of the provider yet: it has to be asked
    laned.depart(departure())
    with lanes.place(laned.code):
        assert laned.depart(departure()).url


def test_who_has_to_ask_before_leaving_needs_a_place() -> None:
    region, lanes = Party(UpstreamProvider(fapi=True)).region, Lanes(each=1, together=1)
    laned = InLane(region=region, lanes=lanes)
    laned.depart(departure())
    with lanes.place(laned.code), pytest.raises(RegionUnavailable, match=BUSY):
        laned.depart(departure())
