"""Requests and responses of trust's API as plain values, so that a handler is a function."""

from collections.abc import Mapping
from typing import Protocol

from trust.frozen import Frozen, Hidden


class Request(Protocol):
    """What a handler is given. Header names are in lower case; the body was bounded before it was read."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields."""
        ...

    @property
    def body(self) -> bytes:
        """The body."""
        ...

    @property
    def query(self) -> str:
        """The query string."""
        ...

    @property
    def captured(self) -> Mapping[str, str]:
        """What stood for `{name}` in the route's path."""
        ...

    @property
    def path(self) -> str:
        """The path."""
        ...

    @property
    def incident(self) -> str:
        """The id under which this request is found in the logs."""
        ...


class Response(Frozen):
    """An answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: Hidden[bytes] = b""
    reason: str = ""  # of a refusal, for the log; not sent


class Caller(Protocol):
    """Whom a request comes from, once its token was checked."""

    @property
    def agency(self) -> str:
        """The agency's client id."""
        ...


class Authorise(Protocol):
    """Checks a request's token; raises NotAuthorised with its reason."""

    def __call__(self, request: Request, scope: str) -> Caller:
        """The caller, who holds this scope."""
        ...


class ResolveSubject(Protocol):
    """Knows whom an agency's subject identifier stands for."""

    def __call__(self, agency: str, subject: str) -> str | None:
        """The account, or None where this agency has no such subject."""
        ...
