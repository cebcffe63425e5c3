"""Places are for speaking to a platform: what it brings by itself is taken in while all of them are held."""

from contextlib import ExitStack
from pathlib import Path

from gateway.regions.lanes import InLane, Lanes
from tests.fakes.outside import Outside
from tests.fakes.travels import ToHongKong


def test_an_answer_that_a_slow_platform_delivers_is_not_turned_away(tmp_path: Path) -> None:
    travel = ToHongKong(Outside(tmp_path))
    trip = travel.to_the_request()
    lanes = Lanes(each=1, together=1)
    laned = InLane(region=travel.region, lanes=lanes)
    delivered = travel.outside.deliveries[-1]
    with ExitStack() as held:
        held.enter_context(lanes.place(laned.code))
        assert laned.receive("profile", delivered.headers, delivered.body).state == trip.state
