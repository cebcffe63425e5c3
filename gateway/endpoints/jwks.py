"""GET /oauth/jwks: the public keys, published before they sign and until nothing they signed is alive."""

from datetime import timedelta

import orjson

from gateway.endpoints.oauth_errors import Handler
from gateway.endpoints.published import Published, handler
from gateway.oidc.key_set import KeySet
from gateway.ports.signing import TokenSigner


def get(signer: TokenSigner, *, cache: timedelta) -> Handler:
    """The handler; the document is built anew only when the keys changed."""
    max_age = int(cache.total_seconds())
    kept: tuple[KeySet, Published] | None = None

    def document() -> Published:
        nonlocal kept
        keys = signer.key_set()
        if kept is None or kept[0] is not keys:
            kept = keys, Published.of(orjson.dumps(keys.jwks()), max_age=max_age)
        return kept[1]

    return handler(document)
