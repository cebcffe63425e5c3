"""The only way out: one HTTP client that keeps its connections, an allow-list of origins, limits on time and size.

The addresses that clients are registered with may be reached too, each just as it is registered. Nothing more than one
call is made of one: no redirect is followed, no cookie kept, no proxy of the environment asked.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import certifi

from deploy.kept_connections import PORTS, KeptConnections, TooMuch
from deploy.serving.terms import may_wait
from gateway.ports.egress import EgressFailed, Reply

SAID = {"user-agent": "gba-gateway", "accept-encoding": "identity"}
HEADS = 100_000  # bytes of an answer beside its body, and beside the seams between its pieces
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
FAILURES = (OSError, HTTPException, ValueError)  # the last: an address or a header that no request can hold


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as the allow-list compares them."""
    parts = urlsplit(url)
    port = parts.port or PORTS.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _tls(authorities: Path | None) -> ssl.SSLContext:
    """Whose certificates the far side may show: the public authorities, and a private one where it is named."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
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
        self._connections = KeptConnections(
            most=connections, seconds=timeout.total_seconds(), largest=largest * 2 + HEADS, tls=_tls(authorities)
        )

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """Send, and read at most `largest` bytes of the answer."""
        may_wait()
        try:
            if origin(url) not in self._allowed and url not in self._registered():
                raise EgressFailed("host_not_allowed")
            to = urlsplit(url)
            target = f"{to.path or '/'}?{to.query}" if to.query else to.path or "/"
            with self._connections.one(to) as connection:
                # a length stands with every body, an empty one too
                content = body if body or method in WITH_BODY else None
                connection.request(method, target, body=content, headers={**SAID, **(headers or {})})
                return self._read(connection.getresponse())
        except TimeoutError:
            raise EgressFailed("timed_out") from None
        except TooMuch:
            raise EgressFailed("answer_too_large") from None
        except FAILURES:
            # the exception's text may hold the URL, and with it a secret in the query: it stays here
            raise EgressFailed("no_answer") from None

    def close(self) -> None:
        """Give the connections back."""
        self._connections.close()

    def _read(self, answer: HTTPResponse) -> Reply:
        kept: dict[str, str] = {}
        for name, value in answer.getheaders():
            key, text = name.lower(), " ".join(value.split())  # RFC 9112 §5.2: a folded line is one line
            kept[key] = f"{kept[key]}, {text}" if key in kept else text  # RFC 9110 §5.3
        if kept.get("content-encoding", "identity").lower() != "identity":
            raise EgressFailed("no_answer")  # nothing else was asked for, and what unpacks has no bound before it does
        body = answer.read(self._largest + 1)
        if len(body) > self._largest:
            raise EgressFailed("answer_too_large")
        if answer.length:  # that is still to come, and will not
            raise EgressFailed("no_answer")
        return Reply(status=answer.status, headers=kept, body=body)
