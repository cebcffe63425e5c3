"""GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server."""

import orjson

from gateway.endpoints.oauth_errors import Handler
from gateway.endpoints.published import Published, handler
from gateway.oidc.discovery import metadata
from gateway.oidc.offer import Offer

MAX_AGE = 3600  # seconds


def get(offer: Offer, *, signing: list[str], grant_types: list[str]) -> Handler:
    """The handler, over a document that is built once."""
    body = orjson.dumps(metadata(offer, signing=signing, grant_types=grant_types))
    built = Published.of(body, max_age=MAX_AGE)
    return handler(lambda: built)
