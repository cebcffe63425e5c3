"""A region that is slow holds its own places: all others are answered, and nobody who came back has to start anew."""

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from deploy.compose import create_app
from deploy.composing.world import World
from deploy.prepare import prepare
from deploy.settings import load
from gateway.errors import RegionUnavailable
from gateway.identity.region import Region as RegionCode
from gateway.ports.regions import Arrival, Callback, Region, Trip
from gateway.regions.lanes import Lanes
from tests.bench.regions import InstantRegion, connect

MACAU = RegionCode.MACAU
THREADS, SIGN_INS = 32, 128
PLACES = THREADS // 2


@dataclass
class Gate:
    """Holds whoever comes until it is opened; says how many it holds."""

    opened: threading.Event = field(default_factory=threading.Event)
    held: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    full: threading.Event = field(default_factory=threading.Event)

    def pass_through(self) -> None:
        with self.lock:
            self.held += 1
            self.most = max(self.most, self.held)
            if self.held == PLACES:
                self.full.set()
        assert self.opened.wait(60)
        with self.lock:
            self.held -= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowRegion(InstantRegion):
    """One that answers a return only once its gate is opened."""

    gate: Gate = field(repr=False)

    def arrive(self, callback: Callback, trip: Trip) -> Arrival:
        self.gate.pass_through()
        return InstantRegion.arrive(self, callback, trip)


@dataclass
class Phone:
    """A person's browser in front of the whole gateway, over WSGI."""

    client: Client
    person: int
    state: str = ""

    def leave(self) -> "Phone":
        """Up to the simulated region: the sign-in is chosen and the browser has gone."""
        page = self.client.get("/en/sign-in")
        at = self.client.post("/en/sign-in", data=_form(page)).headers["Location"]
        away = self.client.post(f"{at}/region", data={**_form(self.client.get(at)), "region": MACAU.value})
        self.state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
        return self

    def come_back(self) -> TestResponse:
        address = f"/regions/MO/callback?state={self.state}&person={self.person}"
        return self.client.get(address, headers={"Accept-Language": "en"})


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.opened.set()


@pytest.fixture
def phones(tmp_path: Path, gate: Gate) -> list[Phone]:
    settings = load({"GBA_DATA_DIR": str(tmp_path / "data"), "GBA_SERVER__THREADS": str(THREADS)})
    prepare(settings)

    def regions(world: World) -> Mapping[RegionCode, Region]:
        return {**connect(world), MACAU: SlowRegion(code=MACAU, gate=gate)}

    application = create_app(settings, connect=regions)
    return [Phone(Client(application), person) for person in range(SIGN_INS)]


def test_a_slow_region_stops_nobody_else_and_loses_nobody(phones: list[Phone], gate: Gate) -> None:
    for phone in phones:
        phone.leave()
    with ThreadPoolExecutor(THREADS) as pool:
        coming = [pool.submit(phone.come_back) for phone in phones]
        assert gate.full.wait(60)
        # every place is taken, and stays so until the gate opens; all others are answered meanwhile
        onlooker = Client(phones[0].client.application)
        assert onlooker.get("/.well-known/openid-configuration").status_code == 200
        assert onlooker.get("/en/").status_code == 200
        turned_away = list(islice(as_completed(coming, timeout=60), SIGN_INS - PLACES))
        assert {one.result().status_code for one in turned_away} == {503}
        assert gate.most == PLACES
        gate.opened.set()
        answers = [one.result() for one in coming]
    for phone, first in zip(phones, answers, strict=True):
        answer = first
        if first.status_code == 503:
            assert first.headers["Refresh"] == "2"
            assert b"Nothing is lost" in first.data
            answer = phone.come_back()  # what the browser does by itself
        assert answer.status_code in (302, 303), answer.data
        assert "/en/sign-in/" in answer.headers["Location"]
        assert b"link-start" in phone.client.get(answer.headers["Location"]).data


def test_one_platform_does_not_take_the_places_of_another() -> None:
    lanes = Lanes.beside(8)  # four each, six together
    with lanes.place("MO"), lanes.place("MO"), lanes.place("MO"), lanes.place("MO"):
        with pytest.raises(RegionUnavailable, match="upstream_busy"), lanes.place("MO"):
            pass
        busy = pytest.raises(RegionUnavailable, match="upstream_busy")
        with lanes.place("HK"), lanes.place("HK"), busy, lanes.place("HK"):
            pass
    with lanes.place("HK"), lanes.place("HK"), lanes.place("HK"), lanes.place("HK"):
        pass  # what was held has been given back, also by those who found no place


def _form(page: TestResponse) -> dict[str, str]:
    token = page.text.split('name="token" value="', 1)[-1].split('"', 1)[0]
    return {"token": token}
