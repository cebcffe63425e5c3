"""The signature fields of a form (ISO 32000-2 §12.7.5.5), found without following a loop."""

from collections.abc import Iterator
from typing import Any

import pikepdf

from trust.frozen import Frozen

MOST_FIELDS = 20_000
DEEPEST = 32


class SignatureField(Frozen, kw_only=False):
    """A field, its full name, and its signature if it carries one."""

    name: str
    field: Any
    value: Any  # a dictionary, or None for an empty field


def signature_fields(root: Any) -> Iterator[SignatureField]:
    """Every signature field of the catalogue's form; stops quietly where the form makes no sense."""
    form = get(root, "/AcroForm")
    listed = get(form, "/Fields")
    if not isinstance(listed, pikepdf.Array):
        return
    waiting: list[tuple[Any, str, bool, int]] = [(item, "", False, 0) for item in reversed(list(listed))]
    seen: set[tuple[int, int]] = set()
    while waiting and len(seen) < MOST_FIELDS:
        field, above, inherited, depth = waiting.pop()
        if not isinstance(field, pikepdf.Dictionary) or depth > DEEPEST:
            continue
        if field.is_indirect:
            if field.objgen in seen:
                continue
            seen.add(field.objgen)
        part = get(field, "/T")
        name = ".".join(filter(None, (above, str(part) if isinstance(part, pikepdf.String) else "")))
        kind = get(field, "/FT")
        signs = kind == "/Sig" if isinstance(kind, pikepdf.Name) else inherited
        kids = get(field, "/Kids")
        if isinstance(kids, pikepdf.Array):
            waiting += [(kid, name, signs, depth + 1) for kid in reversed(list(kids))]
        if signs and ("/V" in field or not isinstance(kids, pikepdf.Array)):
            value = get(field, "/V")
            yield SignatureField(name, field, value if isinstance(value, pikepdf.Dictionary) else None)


def every_field(listed: Any) -> Iterator[Any]:
    """Every field and widget below a form's list of fields."""
    waiting = [(item, 0) for item in listed] if isinstance(listed, pikepdf.Array) else []
    seen: set[tuple[int, int]] = set()
    while waiting and len(seen) < MOST_FIELDS:
        item, depth = waiting.pop()
        if not isinstance(item, pikepdf.Dictionary) or depth > DEEPEST or item.objgen in seen:
            continue
        if item.is_indirect:
            seen.add(item.objgen)
        yield item
        kids = get(item, "/Kids")
        if isinstance(kids, pikepdf.Array):
            waiting += [(kid, depth + 1) for kid in kids]


def owner(widget: Any) -> Any:
    """The field that a widget belongs to: itself, or the nearest above that says what kind it is (§12.7.4.1)."""
    item = widget
    for _ in range(DEEPEST):
        if get(item, "/FT") is not None or not isinstance(above := get(item, "/Parent"), pikepdf.Dictionary):
            return item
        item = above
    return widget


def get(holder: Any, key: str) -> Any:
    """An entry of a dictionary, or None where there is no dictionary or no entry."""
    if isinstance(holder, pikepdf.Dictionary | pikepdf.Stream):
        try:
            return holder.get(key)
        except (ValueError, TypeError, pikepdf.PdfError):
            return None
    return None
