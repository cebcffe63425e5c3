"""GET /receipts/jwks: the public keys that receipts of consents are checked with, retired ones too."""

from datetime import timedelta

import orjson

from gateway.endpoints.oauth_errors import Handler
from gateway.endpoints.published import Published, handler
from gateway.ports.receipts import ReceiptSigner

PATH = "/receipts/jwks"


def get(signer: ReceiptSigner, *, cache: timedelta) -> Handler:
    """The handler; whoever holds a receipt can check it with these, offline from then on."""
    max_age = int(cache.total_seconds())

    def document() -> Published:
        keys = [{**key, "kid": kid} for kid, key in signer.keys().items()]
        return Published.of(orjson.dumps({"keys": keys}), max_age=max_age)

    return handler(document)
