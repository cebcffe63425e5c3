"""Documents that anyone may read, prebuilt as bytes, with an ETag (RFC 9110 §8.8.3, §13.1.2)."""

import hashlib
from collections.abc import Callable

from gateway.endpoints.oauth_errors import JSON
from gateway.endpoints.wire import Request, Response
from gateway.frozen import Frozen

# Browser-based libraries read discovery and keys from other origins; there is nothing secret in them.
OPEN = ("Access-Control-Allow-Origin", "*")


class Published(Frozen, kw_only=False):
    """One document and its two possible answers."""

    whole: Response
    unchanged: Response
    etag: str

    @classmethod
    def of(cls, body: bytes, *, max_age: int) -> "Published":
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = (("Cache-Control", f"public, max-age={max_age}"), ("ETag", etag), OPEN)
        return cls(Response(200, (JSON, *headers), body), Response(304, headers), etag)

    def answer(self, request: Request) -> Response:
        asked = request.headers.get("if-none-match")
        return self.unchanged if asked is not None and self.etag in asked else self.whole


def handler(document: Callable[[], Published]) -> Callable[[Request], Response]:
    """Answers with whatever the document is now."""
    return lambda request: document().answer(request)
