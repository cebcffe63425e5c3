"""Requests and responses of the machine rim as plain values, so that a handler is a function.

Nothing here knows WSGI or Flask: `deploy/rim.py` translates, and tests call handlers directly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from gateway.carried import Carried
from gateway.errors import RequestRefused

FORM = "application/x-www-form-urlencoded"


class Request(Carried, frozen=True, kw_only=True):
    """Header names are in lower case. `body` was bounded before it was read."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
    remote: str = ""
    incident: str = ""  # the id under which this request is found in the logs
    captured: Mapping[str, str] = msgspec.field(default_factory=dict)  # what stood for `{name}` in the route's path
    certificate: str | None = None  # thumbprint of the client's, where a proxy vouched for it (RFC 8705 §3.1)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    reason: str = ""  # of a refusal, for the log; not sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An answer that a person must read: the rim hands it to the pages, which render `reason` in their language."""

    status: int
    reason: str
    incident: str
    headers: tuple[tuple[str, str], ...] = ()  # beside those of every page


class BodyTooLarge(RequestRefused):
    """More bytes than the endpoint takes."""

    def __init__(self) -> None:
        super().__init__("body_too_large", code="invalid_request", status=413)
