"""Settings as text: what is in force (secrets starred out), and an example file made from the classes."""

import inspect
import re
import typing
from collections.abc import Iterator
from datetime import timedelta
from enum import Enum
from typing import Any

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from deploy.reading import UNITS, is_section
from gateway.frozen import hidden

STARS = "********"
# a database's address says who speaks to whom, and may hold a password, before the host or as a parameter
PASSWORD = re.compile(r"((?<=://)[^/@:]*:)[^@]+(?=@)|((?<=[?&])password=)[^&]+")


def in_force(section: Struct, key: str = "") -> Iterator[tuple[str, str]]:
    """Every setting as (dotted key, value); secrets never."""
    secrets = hidden(type(section))
    for name in section.__struct_fields__:
        here = f"{key}.{name}" if key else name
        value = getattr(section, name)
        if isinstance(value, Struct):
            yield from in_force(value, here)
        elif name in secrets:
            yield here, STARS if value else ""
        else:
            yield here, as_toml(value)


def example(section: type[Struct], key: str = "") -> Iterator[str]:
    """The lines of an example TOML file: each key with its default, required ones commented as such."""
    hints = typing.get_type_hints(section)
    secrets = hidden(section)
    inner: list[tuple[str, type[Struct]]] = []
    several: set[str] = set()  # arrays of tables: one for each purpose, each ground
    for field in fields(section):
        kind = _section_in(hints[field.name])
        if kind is not None:
            inner.append((field.name, kind))
            if typing.get_origin(hints[field.name]) is tuple:
                several.add(field.name)
        elif field.required:
            note = "required, secret: give it by environment or file" if field.name in secrets else "required"
            yield f"# {field.name} =   # {note}"
        else:
            default = field.default if field.default_factory is NODEFAULT else field.default_factory()
            note = "   # secret: give it by environment or file" if field.name in secrets else ""
            yield f"# {field.name} = {as_toml(default)}{note}"
    for name, kind in inner:
        here = f"{key}.{name}" if key else name
        yield ""
        yield f"[[{here}]]" if name in several else f"[{here}]"
        about = inspect.cleandoc(kind.__doc__ or "")
        if not about.startswith(kind.__name__):
            yield from (f"# {line}".rstrip() for line in about.splitlines())
        yield from example(kind, here)


def as_toml(value: Any) -> str:
    """A value as TOML writes it; durations with their unit, absent values as empty text."""
    match value:
        case bool():
            text = "true" if value else "false"
        case Enum():
            text = _quoted(str(value.value))
        case int():
            text = str(value)
        case timedelta():
            text = _quoted(_duration(value))
        case list() | tuple() | set() | frozenset():
            items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            text = "[" + ", ".join(as_toml(item) for item in items) + "]"
        case dict():
            text = "{ " + ", ".join(f"{_quoted(name)} = {as_toml(item)}" for name, item in value.items()) + " }"
        case None:
            text = _quoted("")
        case _:
            text = _quoted(PASSWORD.sub(lambda found: f"{found[1] or found[2]}{STARS}", str(value)))
    return text


def _duration(value: timedelta) -> str:
    """In the largest unit that holds it whole: 90d, 8h, 15m, 90s."""
    seconds = value.total_seconds()
    for unit in ("d", "h", "m"):
        count = seconds / UNITS[unit]
        if count >= 1 and count.is_integer():
            return f"{count:.0f}{unit}"
    return f"{seconds:g}s"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _section_in(hint: Any) -> type[Struct] | None:
    return next((part for part in (hint, *typing.get_args(hint)) if is_section(part)), None)
