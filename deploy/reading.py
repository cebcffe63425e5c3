"""Reads typed settings from plain values, and says everything that is wrong at once.

A section is a frozen value; its annotations are the schema. A hidden field is a secret and never
shown. Unknown keys, wrong types and missing values are collected as problems by their dotted key.
"""

import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, get_args, get_origin

from msgspec import Struct
from msgspec.structs import fields

Section = TypeVar("Section")

WHOLE = re.compile(r"[0-9]{1,15}")
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


class SettingsRefused(Exception):
    """The settings do not hold; `problems` lists every one by its key."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("settings_refused")
        self.problems = problems


class NotReadable(ValueError):
    """A value that does not fit its field; the message says what was expected."""


def read_section(section: type[Section], values: Mapping[str, Any], key: str, problems: list[str]) -> Section | None:
    """The section, or None with the reasons added to `problems`."""
    hints = typing.get_type_hints(section)
    known = {field.name: field for field in fields(typing.cast(type[Struct], section))}
    before = len(problems)
    problems += [f"{_dotted(key, name)}: unknown key" for name in values if name not in known]
    taken: dict[str, Any] = {}
    for name, field in known.items():
        here = _dotted(key, name)
        hint = _bare(hints[name])
        if name in values:
            taken[name] = _take(hint, values[name], here, problems)
            if field.required and taken[name] == "":
                problems.append(f"{here}: empty")
        elif field.required and is_section(hint):
            taken[name] = read_section(hint, {}, here, problems)
        elif field.required:
            problems.append(f"{here}: missing")
    if len(problems) > before:
        return None
    try:
        return section(**taken)
    except ValueError as problem:  # a section may check itself when made
        problems.append(f"{key}: {problem}")
        return None


def is_section(hint: Any) -> TypeGuard[type[Any]]:
    """Whether a field is annotated with a section."""
    return isinstance(hint, type) and issubclass(hint, Struct)


def _take(hint: Any, value: Any, here: str, problems: list[str]) -> Any:
    """The value read, or None with the reason added to `problems`."""
    if is_section(hint):
        if isinstance(value, Mapping):
            return read_section(hint, value, here, problems)
        if isinstance(value, hint):
            return value
        problems.append(f"{here}: expected a section")
        return None
    try:
        return read_value(hint, value)
    except NotReadable as problem:
        problems.append(f"{here}: {problem}")
        return None


def read_value(hint: Any, value: Any) -> Any:
    """A value of the annotated type, from TOML's types or from an environment variable's text."""
    if is_section(hint):
        return _read_inner(hint, value)
    origin = get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return None if value in (None, "") else read_value(_bare(hint), value)
    if origin is typing.Literal:
        if value not in get_args(hint):
            raise NotReadable(f"expected one of {', '.join(map(str, get_args(hint)))}")
        return value
    if origin in (tuple, frozenset):
        parts = [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        if not isinstance(parts, list | tuple | set | frozenset):
            raise NotReadable("expected a list")
        return origin(read_value(get_args(hint)[0], part) for part in parts)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, Mapping):
            raise NotReadable("expected a table")
        return {read_value(get_args(hint)[0], k): read_value(get_args(hint)[1], v) for k, v in value.items()}
    return _read_plain(hint, value)


def _read_inner(section: type[Any], value: Any) -> Any:
    """A section that stands in a list."""
    problems: list[str] = []
    if not isinstance(value, Mapping):
        raise NotReadable("expected a table")
    read = read_section(section, value, "", problems)
    if problems:
        raise NotReadable("; ".join(problems))
    return read


def _read_plain(hint: Any, value: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _read_member(hint, value)
    reader = READERS.get(hint)
    return reader(value) if reader else value


def _read_member(hint: type[Enum], value: Any) -> Enum:
    try:
        return hint(value)
    except ValueError:
        raise NotReadable(f"expected one of {', '.join(str(member.value) for member in hint)}") from None


def _read_int(value: Any) -> int:
    if isinstance(value, bool) or not WHOLE.fullmatch(str(value)):
        raise NotReadable("expected a whole number that is not negative")
    return int(value)


def _read_text(value: Any) -> str:
    if not isinstance(value, str):
        raise NotReadable("expected text")
    return value


def _read_moment(value: Any) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise NotReadable("expected a moment such as 2027-01-01T00:00:00Z") from None
    if moment.tzinfo is None:
        raise NotReadable("expected a moment with its zone, such as 2027-01-01T00:00:00Z")
    return moment


def _read_path(value: Any) -> Path:
    return Path(str(value)).expanduser()


def _read_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in ("1", "true", "yes", "on"):
        return True
    if str(value).lower() in ("0", "false", "no", "off"):
        return False
    raise NotReadable("expected true or false")


def _read_duration(value: Any) -> timedelta:
    """Seconds as a number, or a number with ms, s, m, h or d."""
    if isinstance(value, timedelta):
        return value
    text = str(value).strip()
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text[len(number) :] or "s"
    try:
        read = timedelta(seconds=float(number) * UNITS[unit])
    except (ValueError, KeyError, OverflowError):
        raise NotReadable("expected a duration such as 90s, 15m or 8h") from None
    if read < timedelta(0):
        raise NotReadable("expected a duration that is not negative")
    return read


READERS: dict[Any, Callable[[Any], Any]] = {
    bool: _read_bool,
    int: _read_int,
    str: _read_text,
    Path: _read_path,
    timedelta: _read_duration,
    datetime: _read_moment,
}


def _bare(hint: Any) -> Any:
    """The type without `| None`."""
    if get_origin(hint) in (typing.Union, types.UnionType):
        rest = [part for part in get_args(hint) if part is not type(None)]
        if len(rest) == 1:
            return rest[0]
    return hint


def _dotted(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
