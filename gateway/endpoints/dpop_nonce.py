"""The DPoP-Nonce header: which nonce the next proof should carry (RFC 9449 §8.2, §9)."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from gateway.flows.dpop_nonces import DpopNonces

HEADER = "DPoP-Nonce"
# A request and an answer of the gateway's or of trust's: what is asked of the answer is its headers.
Handler = Callable[[Any], Any]


def offering(nonces: DpopNonces | None, handler: Handler) -> Handler:
    """The handler, with the present nonce in every answer; the handler itself where nonces are not wanted."""
    if nonces is None:
        return handler

    def answer(request: Any) -> Any:
        given = handler(request)
        more = ((HEADER, nonces.current()), ("Access-Control-Expose-Headers", HEADER))
        return replace(given, headers=(*given.headers, *more))

    return answer
