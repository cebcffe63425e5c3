"""Frozen values as bytes and back, by their own types: what is sealed into one column.

Reading follows the type annotations and refuses what does not fit them, so that a value read back is the value that
was kept. How a type is read is worked out once.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def pack(value: object) -> bytes:
    """The value as JSON; sets and names are written in order, so that equal values make equal bytes."""
    return _encoder.encode(value)


def unpack(kind: type[T], packed: bytes) -> T:
    """The value that was packed. Raises ValueError when the bytes do not fit the type."""
    try:
        value: T = _decoder(kind).decode(packed)  # type: ignore[arg-type]  # a class is hashable
    except msgspec.DecodeError as broken:
        raise ValueError("packed_value_does_not_fit") from broken
    return value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


_encoder = msgspec.json.Encoder(enc_hook=_plain, order="deterministic")


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
