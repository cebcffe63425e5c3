"""Frozen values as bytes and back, by their own types: what is sealed into one column.

Reading follows the type annotations and refuses what does not fit them, so that a value read back is the value that
was kept. How a type is read is worked out once.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
import orjson

T = TypeVar("T")


def pack(value: object) -> bytes:
    """The value as JSON; sets are written in order, so that equal values make equal bytes."""
    return orjson.dumps(value, default=_plain)


def unpack(kind: type[T], packed: bytes) -> T:
    """The value that was packed. Raises ValueError when the bytes do not fit the type."""
    try:
        value: T = _decoder(cast(Any, kind)).decode(packed)
    except msgspec.DecodeError as broken:
        raise ValueError("packed_value_does_not_fit") from broken
    return value


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
