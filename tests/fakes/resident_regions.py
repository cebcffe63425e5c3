"""Regions and a face comparison service that a test can tell what to answer, and the person they answer about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from msgspec.structs import replace

from gateway.errors import AssertionRejected, PersonDeclined, RegionError, RegionUnavailable
from gateway.identity.assertion import Attributes, ChineseName, RegionAssertion, Sex
from gateway.identity.document import Document, DocumentType
from gateway.identity.region import Region
from gateway.ports.regions import Arrival, Arrived, Callback, CheckResult, Delivery, Errand, Leave, Trip, Wait
from tests.fakes.oidc_world import Moment

ISSUERS = {Region.HONG_KONG: "iam-smart", Region.MACAU: "one-account", Region.GUANGDONG: "tyrz"}
METHODS = {Region.HONG_KONG: "iamsmart", Region.MACAU: "electronic_identity", Region.GUANGDONG: "L2"}
CONFIRMED = {Region.HONG_KONG: "iamsmart_step_up", Region.MACAU: "password_otp"}

CHAN = Attributes(
    documents=(Document(type=DocumentType.HKID, number="A1234563"),),
    birth_date=date(1990, 1, 2),
    sex=Sex.MALE,
    chinese_name=ChineseName(text="陳大文", verified=True),
    latin_name="CHAN TAI MAN",
)
CHAN_IN_GUANGDONG = replace(
    CHAN,
    documents=(Document(type=DocumentType.HOME_RETURN_PERMIT, number="H12345678"),),
    chinese_name=ChineseName(text="陈大文", verified=True),
)
SOMEBODY_ELSE = replace(CHAN_IN_GUANGDONG, birth_date=date(1971, 5, 6))
HARD_TO_TELL = replace(CHAN_IN_GUANGDONG, birth_date=None)
PERSONAL = ("陳大文", "陈大文", "CHAN TAI MAN", "A1234563", "H12345678", "1990-01-02", "openid-chan", "gd-chan")


class Receives(Protocol):
    """Where a region delivers to."""

    def receive(self, region: str, kind: str, headers: Mapping[str, str], body: bytes) -> None: ...


@dataclass
class FakeRegion:
    """A region whose person, method and way of answering a test sets."""

    code: Region
    subject: str
    attributes: Attributes
    clock: Moment
    method: str | None = None
    way: str = "direct"  # direct, wait, second_leg
    fails: RegionError | None = None
    unreachable: bool = False
    trips: list[Trip] = field(default_factory=list)
    delivers_early: bool = False
    gateway: Receives | None = None

    @property
    def asks_to_depart(self) -> bool:
        return self.unreachable

    def depart(self, trip: Trip) -> Leave:
        if self.unreachable:
            raise RegionUnavailable("unreachable", region=self.code)
        self.trips.append(trip)
        return Leave(url=f"https://{self.code.value}.example/?state={trip.state}", memory={"leg": "first"})

    def arrive(self, callback: Callback, trip: Trip) -> Arrival:
        if callback.query.get("error"):
            raise PersonDeclined("cancelled", region=self.code)
        if self.fails is not None:
            raise self.fails
        if self.way == "second_leg" and trip.memory.get("leg") == "first":
            return Leave(url=f"https://{self.code.value}.example/second", memory={"leg": "second"})
        if self.way == "wait":
            if self.delivers_early and self.gateway is not None:
                self.gateway.receive(self.code.value, "profile", {}, trip.state.encode())
            return Wait(poll_after=timedelta(seconds=2), memory={"leg": "waiting"})
        return self._arrived(trip)

    def receive(self, kind: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        if kind != "profile":
            raise AssertionRejected("callback_unknown", region=self.code)
        return Delivery(state=body.decode(), memory={"delivered": "yes"})

    def resume(self, trip: Trip) -> Arrival:
        if trip.memory.get("delivered") != "yes":
            return Wait(poll_after=timedelta(seconds=2))
        return self._arrived(trip)

    def _arrived(self, trip: Trip) -> Arrived:
        method = CONFIRMED[self.code] if trip.errand is Errand.CONFIRM else self.method or METHODS[self.code]
        return Arrived(
            assertion=RegionAssertion(
                region=self.code,
                issuer=ISSUERS[self.code],
                subject=self.subject,
                method=method,
                authenticated_at=self.clock(),
                attributes=self.attributes if trip.errand is Errand.IDENTIFY else None,
            )
        )


@dataclass
class FakeFaceCheck:
    passes: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    brought: list[str] = field(default_factory=list)
    unreachable: bool = False

    def depart(self, trip: Trip, *, subject_hint: str, application: str) -> Leave:
        if self.unreachable:
            raise RegionUnavailable("unreachable", region="check")
        self.asked.append((subject_hint, application))
        return Leave(url=f"https://check.example/?state={trip.state}")

    def arrive(self, callback: Callback, trip: Trip) -> CheckResult:
        self.brought.append(callback.query.get("result", ""))
        return CheckResult(passed=self.passes, reference="check-1", service="check-service")
