"""What devices asked for, until a person answered and the device came for it; and how many codes were guessed wrong."""

from datetime import datetime
from typing import Protocol

from gateway.oidc.device_code import DeviceRequest


class DeviceRequests(Protocol):
    """A user code stands there as a keyed hash, a device code as a hash."""

    def keep(self, asked: DeviceRequest, *, user_code: str) -> bool:
        """False when another request has this user code, or had it until it was purged."""
        ...

    def find(self, request: str) -> DeviceRequest | None:
        """By its id, whatever its state."""
        ...

    def by_user_code(self, user_code: str, *, at: datetime) -> DeviceRequest | None:
        """One that lives and waits."""
        ...

    def looked(self, request: str) -> None:
        """Somebody typed its code."""
        ...

    def claim(self, request: str, *, browser: str) -> bool:
        """Take it on with this browser, in one statement; False when another did, or it waits no more."""
        ...

    def allow(self, request: str, *, answer: str, at: datetime) -> bool:
        """Park the answer, in one statement; False when it expired or has one."""
        ...

    def refuse(self, request: str) -> bool:
        """No answer will come; False when there was one."""
        ...

    def polled(self, request: str, *, at: datetime, slower_by: int) -> None:
        """The device asked; if too early, it waits longer between two times from now on."""
        ...

    def guessed_wrong(self, who: str, *, at: datetime, until: datetime) -> None:
        """One more wrong guess; a window that is over begins anew, until then."""
        ...

    def wrong_guesses(self, who: str, *, at: datetime) -> int:
        """How many in the present window."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget requests and windows that ended before then."""
        ...
