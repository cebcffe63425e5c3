"""GET /api/v1/openapi.json: the description of the API, made when it is first asked for."""

import json
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from gateway.endpoints.published import Published
from gateway.endpoints.wire import Request, Response

PATH = "/api/v1/openapi.json"
CACHE_SECONDS = 3600


class Description:
    """The document; `make` gives it. Most processes are never asked."""

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make = make

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """As values."""
        return self._make()

    @cached_property
    def _published(self) -> Published:
        return Published.of(json.dumps(self.document, ensure_ascii=False).encode(), max_age=CACHE_SECONDS)

    def get(self, request: Request) -> Response:
        """The handler."""
        return self._published.answer(request)
