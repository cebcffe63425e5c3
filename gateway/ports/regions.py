"""A region, as the flows see it: a person departs, and arrives with an assertion."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import field

from gateway.frozen import Frozen, Hidden
from gateway.identity.assertion import RegionAssertion
from gateway.identity.region import Region as RegionCode


class Errand(StrEnum):
    """Why a person is sent to a region."""

    AUTHENTICATE = "authenticate"  # who is it: a subject, no attributes
    IDENTIFY = "identify"  # and the attributes needed for a binding
    CONFIRM = "confirm"  # once more, with possession, without a face: the other way of Art. 28


class Trip(Frozen):
    """What goes along. `state` is unique to this departure, ASCII and at most 36 characters.

    `memory` is whatever the region's connector asked to be remembered since it departed; it is parked encrypted and
    comes back. `state` stays the same over all legs of one errand.
    """

    errand: Errand
    state: str
    locale: str  # zh-Hant, zh-Hans, en or pt
    user_agent: Hidden[str] = ""
    max_age: timedelta | None = None  # how old a sign-in there may be, where the agency says; zero: only one of now
    memory: Hidden[Mapping[str, str]] = field(default_factory=dict)


class Leave(Frozen):
    """Send the browser to `url`, and remember `memory` (in place of what was) until it comes back."""

    url: Hidden[str]
    memory: Hidden[Mapping[str, str]] = field(default_factory=dict)


class Wait(Frozen):
    """The answer comes from server to server; ask again after `poll_after`."""

    poll_after: timedelta
    memory: Hidden[Mapping[str, str]] = field(default_factory=dict)


class Arrived(Frozen):
    """The errand is done."""

    assertion: RegionAssertion


Arrival = Leave | Wait | Arrived


LONGEST_BROUGHT = 8_192  # characters of one value that a browser brings back


class Callback(Frozen):
    """What the browser brought back (`query`)."""

    query: Hidden[Mapping[str, str]]


class Delivery(Frozen):
    """What a region delivered from server to server, verified; `state` names the departure it answers.

    `memory` is added to what that sign-in remembers, and handed to `resume`. It may come before `arrive` has ended.
    """

    state: str
    memory: Hidden[Mapping[str, str]]


class Region(Protocol):
    """One region's connector. Fails only with RegionUnavailable, AssertionRejected or PersonDeclined."""

    @property
    def code(self) -> RegionCode: ...

    @property
    def asks_to_depart(self) -> bool:
        """Whether `depart` has to speak to the region first, as things are."""
        ...

    def depart(self, trip: Trip) -> Leave:
        """Where to send the browser for this errand."""
        ...

    def arrive(self, callback: Callback, trip: Trip) -> Arrival:
        """Read what the browser brought back; may fetch, decrypt and verify, may need another leg or a wait."""
        ...

    def receive(self, kind: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Read a delivery from server to server (iAM Smart's callbacks), and ask the region nothing meanwhile."""
        ...

    def resume(self, trip: Trip) -> Arrival:
        """After a delivery was parked: the assertion, or a further leg. `trip.memory` holds the delivery."""
        ...


class CheckResult(Frozen):
    """What a face comparison service answered. Nothing of the face comes back."""

    passed: bool
    reference: str  # the service's own id for this check
    service: str  # who compared, as configured


class FaceCheck(Protocol):
    """The configured service that compares a face with the document photo; the gateway never sees either."""

    def depart(self, trip: Trip, *, subject_hint: str, application: str) -> Leave: ...

    def arrive(self, callback: Callback, trip: Trip) -> CheckResult: ...
