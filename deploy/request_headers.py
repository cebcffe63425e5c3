"""The headers of a WSGI request, read when they are asked for: handlers want three, and a phone sends twenty."""

from collections.abc import Iterator, Mapping
from typing import Any
from wsgiref.types import WSGIEnvironment

CONTENT_TYPE = "content-type"  # the one header with a name of its own in WSGI (PEP 3333)


MOST_KEYS = 100  # handlers ask for some thirty names

_keys: dict[str, str] = {}


def _key(name: str) -> str:
    key = "HTTP_" + name.replace("-", "_").upper()
    if len(_keys) < MOST_KEYS:
        _keys[name] = key
    return key


class RequestHeaders(Mapping[str, str]):
    """By name in lower case."""

    __slots__ = ("_environ",)

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ

    def get(self, name: str, default: Any = None) -> Any:
        """The header's value, without going through an exception where it is not there."""
        if name == CONTENT_TYPE:
            return self._environ.get("CONTENT_TYPE") or default
        key = _keys.get(name)
        return self._environ.get(_key(name) if key is None else key, default)

    def __getitem__(self, name: str) -> str:
        value: str | None = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        for name in self._environ:
            if name.startswith("HTTP_"):
                yield name[5:].replace("_", "-").lower()
        if self._environ.get("CONTENT_TYPE"):
            yield CONTENT_TYPE

    def __len__(self) -> int:
        return sum(1 for _ in self)
