"""The only way out: one pooled HTTP client, an allow-list of origins, limits on time and size.

The addresses that clients are registered with may be reached too, each just as it is registered.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import httpcore

from gateway.ports.egress import EgressFailed, Reply

SAID = {"user-agent": "gba-gateway", "accept-encoding": "identity"}
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
KEPT_SECONDS = 5.0  # that a connection waits for a next call
FAILURES = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    ValueError,  # an address or a header that no request can hold
)


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as the allow-list compares them."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _tls(authorities: Path | None) -> ssl.SSLContext:
    """Whose certificates the far side may show: the public authorities, and a private one where it is named."""
    context = ssl.create_default_context(cafile=certifi.where())
    if authorities is not None:
        context.load_verify_locations(cafile=authorities)
    return context


class Egress:
    """Implements the Egress ports of gateway and trust."""

    def __init__(
        self,
        *,
        allowed: Iterable[str],
        timeout: timedelta,
        largest: int,
        connections: int,
        registered: Callable[[], Iterable[str]] = tuple,
        authorities: Path | None = None,
    ) -> None:
        self._allowed = frozenset(origin(url) for url in allowed)
        self._registered = registered
        self._largest = largest
        # the pool itself, not httpx's client over it: that follows redirects, keeps cookies and asks the environment,
        # none of which is wanted here, and makes of each call values that nobody reads
        self._pool = httpcore.ConnectionPool(
            ssl_context=_tls(authorities),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEPT_SECONDS,
        )
        seconds = timeout.total_seconds()
        self._within = {"timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}}

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """Send, and read at most `largest` bytes of the answer."""
        if origin(url) not in self._allowed and url not in self._registered():
            raise EgressFailed("host_not_allowed")
        said = {**SAID, **(headers or {})}
        try:
            content = body if body or method in WITH_BODY else None  # a length stands with every body, an empty one too
            pairs = [(name.encode("ascii"), value.encode("latin-1")) for name, value in said.items()]
            asked = self._pool.stream(
                method, url.encode("ascii"), headers=pairs, content=content, extensions=self._within
            )
            with asked as response:
                return self._read(response.status, response.headers, response.iter_stream())
        except httpcore.TimeoutException:
            raise EgressFailed("timed_out") from None
        except FAILURES:
            # the exception's text may hold the URL, and with it a secret in the query: it stays here
            raise EgressFailed("no_answer") from None

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def _read(self, status: int, headers: Iterable[tuple[bytes, bytes]], chunks: Iterable[bytes]) -> Reply:
        kept: dict[str, str] = {}
        for name, value in headers:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            kept[key] = f"{kept[key]}, {text}" if key in kept else text  # RFC 9110 §5.3
        if kept.get("content-encoding", "identity").lower() != "identity":
            raise EgressFailed("no_answer")  # nothing else was asked for, and what unpacks has no bound before it does
        received = bytearray()
        for chunk in chunks:
            received += chunk
            if len(received) > self._largest:
                raise EgressFailed("answer_too_large")
        return Reply(status=status, headers=kept, body=bytes(received))
