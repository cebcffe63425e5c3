"""The only way out: one pooled HTTP client, an allow-list of origins, limits on time and size.

The addresses that clients are registered with may be reached too, each just as it is registered.

With `mounted` (origin → WSGI application) a part of the outside world runs in this process over the same wire formats:
that is how `gba seal` and `gba verify` reach the sandbox's authorities without a server.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from gateway.ports.egress import EgressFailed, Reply

WsgiApp = Callable[..., Any]

SAID = {"user-agent": "gba-gateway", "accept-encoding": "identity"}


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as the allow-list compares them."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _tls(authorities: Path | None) -> ssl.SSLContext:
    """Whose certificates the far side may show: the public authorities, and a private one where it is named."""
    context = httpx.create_ssl_context(trust_env=False)
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
        mounted: Mapping[str, WsgiApp] | None = None,
        registered: Callable[[], Iterable[str]] = tuple,
        authorities: Path | None = None,
    ) -> None:
        self._allowed = frozenset(origin(url) for url in allowed)
        self._registered = registered
        self._largest = largest
        self._mounted = {origin(base): httpx.WSGITransport(app=app) for base, app in (mounted or {}).items()}
        # the transport, not httpx's client: that follows redirects, keeps cookies and asks the environment, none of
        # which is wanted here, and takes as long again for every call
        self._transport = httpx.HTTPTransport(
            verify=_tls(authorities),
            trust_env=False,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        )
        self._within = {"timeout": httpx.Timeout(timeout.total_seconds()).as_dict()}

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """Send, and read at most `largest` bytes of the answer."""
        if origin(url) not in self._allowed and url not in self._registered():
            raise EgressFailed("host_not_allowed")
        try:
            request = httpx.Request(
                method,
                url,
                headers={**SAID, **(headers or {})},
                content=body or None,
                extensions=self._within,
            )
            transport = self._mounted.get(origin(url), self._transport)
            response = transport.handle_request(request)
            with closing(response):
                received = bytearray()
                for chunk in response.iter_bytes():
                    received += chunk
                    if len(received) > self._largest:
                        raise EgressFailed("answer_too_large")
                kept = {name.lower(): value for name, value in response.headers.items()}
                return Reply(status=response.status_code, headers=kept, body=bytes(received))
        except httpx.TimeoutException:
            raise EgressFailed("timed_out") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            # the exception's text may hold the URL, and with it a secret in the query: it stays here
            raise EgressFailed("no_answer") from None

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()
