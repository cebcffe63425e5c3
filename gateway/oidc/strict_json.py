"""Reading JSON from outside: small, without duplicate names, without NaN, and never deep (RFC 8259, RFC 7515 §4)."""

import json
from typing import Any

import orjson

WHITESPACE = " \t\n\r"  # RFC 8259 §2


class NotJson(ValueError):
    """The text is not the JSON we read; nothing of it is kept in the message."""


def read_object(text: str | bytes, *, longest: int) -> dict[str, Any]:
    """The object in the text. Raises NotJson for anything else, duplicates and excess included."""
    value = read(text, longest=longest)
    if not isinstance(value, dict):
        raise NotJson("not_an_object")
    return value


def read(text: str | bytes, *, longest: int) -> Any:
    """The value in the text, at most `longest` characters or bytes of it."""
    if len(text) > longest:
        raise NotJson("too_long")
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        text = text.strip(WHITESPACE)
        value, end = DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        raise NotJson("not_json") from None
    if end != len(text):
        raise NotJson("not_json")
    return value


def refuse_unwritable(value: Any) -> None:
    """Refuse what could be read but not be written again: half a surrogate pair, numbers without bounds, depth."""
    try:
        orjson.dumps(value)
    except TypeError:
        raise NotJson("not_writable") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotJson("duplicate_name")
    return made


def _constant(_: str) -> Any:
    raise NotJson("not_a_number")


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
