"""Requests and responses of the machine rim as plain values, so that a handler is a function.

Nothing here knows WSGI or Flask: `deploy/rim.py` translates, and tests call handlers directly.
"""

from collections.abc import Mapping

from msgspec import field

from gateway.errors import RequestRefused
from gateway.frozen import Frozen, Hidden

FORM = "application/x-www-form-urlencoded"


class Request(Frozen):
    """Header names are in lower case. `body` was bounded before it was read."""

    method: str
    path: Hidden[str]
    query: Hidden[str] = ""
    headers: Hidden[Mapping[str, str]] = field(default_factory=dict)
    body: Hidden[bytes] = b""
    remote: Hidden[str] = ""
    incident: str = ""  # the id under which this request is found in the logs
    captured: Hidden[Mapping[str, str]] = field(default_factory=dict)  # what stood for `{name}` in the route's path
    certificate: Hidden[str | None] = None  # thumbprint of the client's, where a proxy vouched for it (RFC 8705 §3.1)


class Response(Frozen, kw_only=False):
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: Hidden[bytes] = b""
    reason: str = ""  # of a refusal, for the log; not sent


class Page(Frozen):
    """An answer that a person must read: the rim hands it to the pages, which render `reason` in their language."""

    status: int
    reason: str
    incident: str
    headers: tuple[tuple[str, str], ...] = ()  # beside those of every page


class BodyTooLarge(RequestRefused):
    """More bytes than the endpoint takes."""

    def __init__(self) -> None:
        super().__init__("body_too_large", code="invalid_request", status=413)
