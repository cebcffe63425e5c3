"""Frozen values as bytes and back, by their own types: what is sealed into one column.

Reading follows the type annotations, and what they do not name is refused, so that a value read back is the value
that was kept.
"""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

import orjson

T = TypeVar("T")


def pack(value: object) -> bytes:
    """The value as JSON; sets are written in order, so that equal values make equal bytes."""
    return orjson.dumps(value, default=_plain)


def unpack(kind: type[T], packed: bytes) -> T:
    """The value that was packed. Raises ValueError when the bytes do not fit the type."""
    try:
        return cast(T, _build(kind, orjson.loads(packed)))
    except (TypeError, KeyError, AttributeError) as broken:
        raise ValueError("packed_value_does_not_fit") from broken


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def _build(kind: Any, raw: Any) -> Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _optional(inner, raw)
    if origin is tuple:
        return tuple(_build(inner[0], item) for item in raw)
    if origin is frozenset:
        return frozenset(_build(inner[0], item) for item in raw)
    if origin is not None and issubclass(origin, Mapping):
        return {_build(inner[0], name): _build(inner[1], item) for name, item in raw.items()}
    return _scalar(kind, raw)


def _optional(inner: tuple[Any, ...], raw: Any) -> Any:
    if raw is None:
        return None
    (only,) = (kind for kind in inner if kind is not type(None))
    return _build(only, raw)


def _scalar(kind: Any, raw: Any) -> Any:
    if kind in (object, Any):
        return raw
    if is_dataclass(kind):
        return _dataclass(cast(type, kind), raw)
    if issubclass(kind, Enum):
        return kind(raw)
    if issubclass(kind, datetime | date):
        return kind.fromisoformat(raw)
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if not isinstance(raw, kind):
        raise TypeError(kind.__name__)
    return raw


def _dataclass(kind: type, raw: dict[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{name: _build(hints[name], item) for name, item in raw.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
