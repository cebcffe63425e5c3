"""The connector to iAM Smart beyond what every region must hold (tests/contracts/test_regions.py)."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.errors import AssertionRejected, PersonDeclined, RegionUnavailable
from gateway.identity.region import Region as RegionCode
from gateway.ports.egress import Reply
from gateway.ports.regions import Arrived, Errand, Leave, Trip, Wait
from gateway.regions.hongkong.adapter import HongKong
from tests.fakes.outside import Outside
from tests.fakes.travels import ToHongKong, departure


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registered")


@pytest.fixture
def outside(registered: Path) -> Outside:
    return Outside(registered)


def signed_in(outside: Outside, errand: Errand) -> tuple[object, Trip]:
    region, trip = outside.regions[RegionCode.HONG_KONG], departure(errand)
    leave = region.depart(trip)
    back = outside.answer(leave.url, person="chan-tai-man")
    arrival = region.arrive(back, replace(trip, memory=leave.memory))
    memory = arrival.memory if isinstance(arrival, Leave | Wait) else {}
    return arrival, replace(trip, memory=memory)


def test_who_only_signs_in_shows_no_attributes(outside: Outside) -> None:
    arrival, _ = signed_in(outside, Errand.AUTHENTICATE)
    assert isinstance(arrival, Arrived)
    assert arrival.assertion.attributes is None
    assert arrival.assertion.method == "iamsmart"


def test_the_same_person_has_the_same_subject(outside: Outside) -> None:
    first, second = (signed_in(outside, Errand.AUTHENTICATE)[0] for _ in range(2))
    assert isinstance(first, Arrived)
    assert isinstance(second, Arrived)
    assert first.assertion.subject == second.assertion.subject


def test_a_confirmation_is_a_step_up_without_attributes(outside: Outside) -> None:
    leave, trip = signed_in(outside, Errand.CONFIRM)
    assert isinstance(leave, Leave)
    region = outside.regions[RegionCode.HONG_KONG]
    assert isinstance(region.arrive(outside.answer(leave.url), trip), Wait)
    delivered = outside.deliveries[-1]
    assert delivered.url.endswith("/regions/HK/receive/stepup")
    delivery = region.receive("stepup", delivered.headers, delivered.body)
    arrival = region.resume(replace(trip, memory={**trip.memory, **delivery.memory}))
    assert isinstance(arrival, Arrived)
    assert arrival.assertion.method == "iamsmart_step_up"
    assert arrival.assertion.attributes is None


@pytest.mark.parametrize(
    ("answer", "reason"), [("cancel", "cancelled"), ("reject", "rejected"), ("time_out", "timed_out")]
)
def test_an_answer_in_the_app_other_than_yes_is_a_refusal(outside: Outside, answer: str, reason: str) -> None:
    leave, trip = signed_in(outside, Errand.IDENTIFY)
    assert isinstance(leave, Leave)
    region = outside.regions[RegionCode.HONG_KONG]
    with pytest.raises(PersonDeclined, match=reason):
        region.arrive(outside.answer(leave.url, answer=answer), trip)
    delivered = outside.deliveries[-1]
    delivery = region.receive("profile", delivered.headers, delivered.body)
    with pytest.raises(PersonDeclined, match=reason):
        region.resume(replace(trip, memory={**trip.memory, **delivery.memory}))


def test_an_app_at_hand_answers_while_the_page_waits(registered: Path) -> None:
    outside = Outside(registered, app_at_hand=True)
    waiting, trip = signed_in(outside, Errand.IDENTIFY)
    assert isinstance(waiting, Wait)
    result = ToHongKong(outside).given(trip, outside.deliveries[-1])
    assert result.attributes is not None


def test_a_delivery_for_another_errand_is_not_taken(outside: Outside) -> None:
    _, trip = signed_in(outside, Errand.CONFIRM)
    memory = {**trip.memory, "answered": "profile", "code": "D00000", "answer": "{}"}
    with pytest.raises(AssertionRejected, match="callback_unexpected"):
        outside.regions[RegionCode.HONG_KONG].resume(replace(trip, memory=memory))


def test_an_unknown_kind_of_callback_is_refused_unread(outside: Outside) -> None:
    with pytest.raises(AssertionRejected, match="callback_unknown"):
        outside.regions[RegionCode.HONG_KONG].receive("signing", {}, b"")


def test_the_content_key_is_fetched_once(outside: Outside) -> None:
    for _ in range(2):
        signed_in(outside, Errand.IDENTIFY)
    assert sum(path.endswith("getKey") for path in outside.egress.asked) == 1


def test_a_content_key_that_the_platform_has_dropped_is_fetched_again(outside: Outside, registered: Path) -> None:
    signed_in(outside, Errand.IDENTIFY)
    outside.egress.app = Outside(registered).app  # a platform with another key
    leave = outside.regions[RegionCode.HONG_KONG].depart(departure())
    outside.app = outside.egress.app
    back = outside.answer(leave.url, person="chan-tai-man")
    arrival = outside.regions[RegionCode.HONG_KONG].arrive(back, replace(departure(), memory=leave.memory))
    assert isinstance(arrival, Leave)
    assert sum(path.endswith("getKey") for path in outside.egress.asked) == 2


def test_who_finds_the_key_dropped_takes_the_one_that_another_has_fetched_meanwhile(
    outside: Outside, registered: Path
) -> None:
    region = outside.regions[RegionCode.HONG_KONG]
    signed_in(outside, Errand.AUTHENTICATE)
    outside.app = outside.egress.app = Outside(registered).app  # a platform with another key
    first, second = (outside.answer(region.depart(departure()).url, person="chan-tai-man") for _ in range(2))
    trip = replace(departure(), memory={"leg": "sign_in"})
    overtaking: list[object] = []

    def overtaken(reply: Reply) -> Reply:
        """The refusal of the old key is on its way when another person's request fetches the new one."""
        if not overtaking:
            overtaking.append(None)
            overtaking.append(region.arrive(second, trip))
        return reply

    outside.egress.changes["getToken"] = overtaken
    assert isinstance(region.arrive(first, trip), Leave)
    assert isinstance(overtaking[1], Leave)
    assert sum(path.endswith("getKey") for path in outside.egress.asked) == 2


def test_a_platform_that_never_takes_our_key_is_unavailable(outside: Outside) -> None:
    def stale(reply: Reply) -> Reply:
        return replace(reply, body=b'{"code":"M30002","content":""}')

    outside.egress.changes["getToken"] = stale
    with pytest.raises(RegionUnavailable, match="key_refused"):
        signed_in(outside, Errand.IDENTIFY)
    assert sum(path.endswith("getToken") for path in outside.egress.asked) == 2


def test_a_wrong_secret_gets_nothing(outside: Outside) -> None:
    settings = outside.settings.hongkong
    assert settings is not None
    stranger = HongKong(replace(settings, client_secret="another"), egress=outside.egress, clock=outside.clock)
    leave = stranger.depart(departure())
    back = outside.answer(leave.url, person="chan-tai-man")
    with pytest.raises(RegionUnavailable, match="key_refused"):
        stranger.arrive(back, replace(departure(), memory=leave.memory))
