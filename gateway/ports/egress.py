"""The only way out: HTTP requests to configured hosts, bounded in time and size."""

from collections.abc import Mapping
from typing import Protocol

from gateway.frozen import Frozen, Hidden


class Reply(Frozen):
    """An upstream's answer. `body` is bounded by the caller's limit; header names are in lower case."""

    status: int
    headers: Hidden[Mapping[str, str]]
    body: Hidden[bytes]


class EgressFailed(Exception):
    """No answer: refused, timed out, too large, or a host that is not on the list. `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Egress(Protocol):
    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """Send and return the answer, whatever its status; never follows redirects. Raises EgressFailed."""
        ...
