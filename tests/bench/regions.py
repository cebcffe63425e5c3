"""Regions that answer at once, so that what is measured is the gateway: who arrives stands in the callback's query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from deploy import clock
from deploy.composing.world import World
from gateway.errors import AssertionRejected
from gateway.identity.assertion import Attributes, ChineseName, RegionAssertion, Sex
from gateway.identity.document import Document, DocumentType
from gateway.identity.region import Region as RegionCode
from gateway.ports.regions import Arrival, Arrived, Callback, Delivery, Errand, Leave, Region, Trip

METHODS = {RegionCode.MACAU: "electronic_identity", RegionCode.GUANGDONG: "L2"}
NAMES = {RegionCode.MACAU: "陳大文", RegionCode.GUANGDONG: "陈大文"}


@dataclass(frozen=True, slots=True, kw_only=True)
class InstantRegion:
    """Implements the Region port without an outside."""

    code: RegionCode

    @property
    def asks_to_depart(self) -> bool:
        return False

    def depart(self, trip: Trip) -> Leave:
        return Leave(url=f"https://{self.code.value.lower()}.example/?state={trip.state}", memory={"departed": "yes"})

    def arrive(self, callback: Callback, trip: Trip) -> Arrival:
        person = callback.query["person"]
        assertion = RegionAssertion(
            region=self.code,
            issuer=f"https://{self.code.value.lower()}.example",
            subject=f"person-{person}",
            method=METHODS[self.code],
            authenticated_at=clock.now(),
            attributes=_attributes(self.code, int(person)) if trip.errand is Errand.IDENTIFY else None,
        )
        return Arrived(assertion=assertion)

    def receive(self, kind: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        raise AssertionRejected("callback_unknown", region=self.code)

    def resume(self, trip: Trip) -> Arrival:
        raise AssertionRejected("callback_unexpected", region=self.code)


def connect(world: World) -> Mapping[RegionCode, Region]:
    """In place of deploy's connectors."""
    return {code: InstantRegion(code=code) for code in METHODS}


def _attributes(code: RegionCode, person: int) -> Attributes:
    return Attributes(
        documents=(Document(type=DocumentType.HOME_RETURN_PERMIT, number=f"M{person:08d}"),),
        birth_date=date(1990, 1, 2),
        sex=Sex.FEMALE,
        chinese_name=ChineseName(text=NAMES[code], verified=True),
        latin_name="CHAN TAI MAN",
    )
