"""The connector to Guangdong's platform beyond what every region must hold."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.errors import AssertionRejected, PersonDeclined
from gateway.ports.regions import Errand
from gateway.regions.guangdong.adapter import Guangdong
from tests.fakes.outside import Outside
from tests.fakes.travels import ToGuangdong, departure, settled


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registered")


@pytest.fixture
def travel(registered: Path) -> ToGuangdong:
    return ToGuangdong(Outside(registered))


@pytest.mark.parametrize(
    ("person", "level"),
    [("tsang-kwok-keung", "L0"), ("ho-chi-kin", "L1"), ("chan-tai-man", "L2"), ("wong-siu-ling", "L3")],
)
def test_the_level_is_the_method(travel: ToGuangdong, person: str, level: str) -> None:
    travel.person = person
    assert settled(travel.region.arrive(*travel.away())).method == level


def test_state_in_the_address_comes_back_as_well(travel: ToGuangdong) -> None:
    settings = travel.outside.settings.guangdong
    assert settings is not None
    travel.region = Guangdong(
        replace(settings, state_travels_in="redirect_uri"), egress=travel.outside.egress, clock=travel.outside.clock
    )
    assert settled(travel.region.arrive(*travel.away())).subject == "GD-SANDBOX-0001"


def test_it_cannot_confirm(travel: ToGuangdong) -> None:
    with pytest.raises(AssertionRejected, match="errand_unsupported"):
        travel.region.depart(departure(Errand.CONFIRM))


def test_a_person_who_lets_it_run_out_has_declined(travel: ToGuangdong) -> None:
    with pytest.raises(PersonDeclined, match="timed_out"):
        travel.region.arrive(*travel.away(answer="time_out"))


def test_nothing_is_delivered_by_it(travel: ToGuangdong) -> None:
    with pytest.raises(AssertionRejected, match="callback_unknown"):
        travel.region.receive("profile", {}, b"")
    with pytest.raises(AssertionRejected, match="callback_unexpected"):
        travel.region.resume(travel.trip)
