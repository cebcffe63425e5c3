"""Frozen values as bytes and back, by their own types: what is sealed into one column.

Reading follows the type annotations, and what they do not name is refused, so that a value read back is the value
that was kept. How a type is read is worked out once.
"""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

import orjson

T = TypeVar("T")

Read = Callable[[Any], Any]


def pack(value: object) -> bytes:
    """The value as JSON; sets are written in order, so that equal values make equal bytes."""
    return orjson.dumps(value, default=_plain)


def unpack(kind: type[T], packed: bytes) -> T:
    """The value that was packed. Raises ValueError when the bytes do not fit the type."""
    try:
        return cast(T, _reader(cast(Any, kind))(orjson.loads(packed)))
    except (TypeError, KeyError, AttributeError) as broken:
        raise ValueError("packed_value_does_not_fit") from broken


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


@cache
def _reader(kind: Any) -> Read:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        (only,) = (one for one in inner if one is not type(None))
        return _optional(_reader(only))
    if origin in (tuple, frozenset):
        return _sequence(origin, _reader(inner[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_reader(inner[0]), _reader(inner[1]))
    if is_dataclass(kind):
        return _dataclass(cast(type, kind))
    return _scalar(kind)


def _optional(read: Read) -> Read:
    return lambda raw: None if raw is None else read(raw)


def _sequence(made: type, read: Read) -> Read:
    return lambda raw: made([read(item) for item in raw])


def _mapping(read_name: Read, read_value: Read) -> Read:
    return lambda raw: {read_name(name): read_value(item) for name, item in raw.items()}


def _dataclass(kind: type) -> Read:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    return lambda raw: kind(**{name: readers[name](item) for name, item in raw.items()})


def _scalar(kind: Any) -> Read:
    if kind in (object, Any):
        return lambda raw: raw
    if issubclass(kind, Enum):
        return cast(Read, kind)
    if issubclass(kind, datetime | date):
        return cast(Read, kind.fromisoformat)
    if kind is float:
        return lambda raw: float(raw) if type(raw) is int else _checked(float, raw)
    return lambda raw: _checked(kind, raw)


def _checked(kind: type, raw: Any) -> Any:
    if not isinstance(raw, kind):
        raise TypeError(kind.__name__)
    return raw
