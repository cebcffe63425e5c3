"""The only way out, as trust needs it."""

from collections.abc import Mapping
from typing import Protocol


class Reply(Protocol):
    """An answer, bounded in size by whoever fetched it."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def body(self) -> bytes:
        """What was answered."""
        ...


class Egress(Protocol):
    """Sends one request."""

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """The answer, whatever its status; raises when there is none."""
        ...
