"""Whether two values of two documents say the same: compared as they are written, never as they are drawn."""

from collections.abc import Iterator
from typing import Any

import pikepdf

from trust.pades import own_text
from trust.pades.sig_fields import get


def same(old: Any, new: Any) -> bool:
    """Whether an object is as it was."""
    if isinstance(old, pikepdf.Stream) or isinstance(new, pikepdf.Stream):
        if not (isinstance(old, pikepdf.Stream) and isinstance(new, pikepdf.Stream)):
            return False
        before, after = own_text.fields(old), own_text.fields(new)
        before.pop("/Length", None), after.pop("/Length", None)
        return before == after and bytes(old.read_raw_bytes()) == bytes(new.read_raw_bytes())
    return _text(old) == _text(new)


def _text(value: Any) -> bytes:
    if isinstance(value, pikepdf.Dictionary | pikepdf.Array):
        return value.unparse(resolved=True)
    return own_text.text(value)


def differences(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """The entries that differ, resolved one level, so that a direct and an indirect value compare alike."""
    before = dict(old.items()) if isinstance(old, pikepdf.Dictionary) else {}
    after = dict(new.items()) if isinstance(new, pikepdf.Dictionary) else {}
    for key in sorted(before.keys() | after.keys()):  # the same notes in the same order, every time
        one, other = before.get(key), after.get(key)
        if not _alike(one, other, 0):
            yield key, one, other


def _alike(one: Any, other: Any, depth: int) -> bool:
    """The same value, or a copy of it under another number; what keeps its number is compared by itself."""
    if own_text.text(one) == own_text.text(other):
        return True
    if depth > 8:
        return False
    if isinstance(one, pikepdf.Stream) and isinstance(other, pikepdf.Stream):
        return same(one, other)
    if isinstance(one, pikepdf.Dictionary) and isinstance(other, pikepdf.Dictionary):
        before, after = dict(one.items()), dict(other.items())
        return before.keys() == after.keys() and all(_alike(before[key], after[key], depth + 1) for key in before)
    if isinstance(one, pikepdf.Array) and isinstance(other, pikepdf.Array):
        return len(one) == len(other) and all(
            _alike(a, b, depth + 1) for a, b in zip(list(one), list(other), strict=True)
        )
    return False


def grew(before: Any, after: Any, depth: int) -> bool:
    """Whether everything that was there is as it was, and only something was added."""
    if before is None or _alike(before, after, 0):
        return True
    if depth > 3 or not (isinstance(before, pikepdf.Dictionary) and isinstance(after, pikepdf.Dictionary)):
        return False
    return all(key in after and grew(value, after[key], depth + 1) for key, value in before.items())


def members(value: Any) -> dict[bytes, Any]:
    """An array's items by how they are written, in its order."""
    return {own_text.text(item): item for item in value} if isinstance(value, pikepdf.Array) else {}


def visible(item: Any) -> bool:
    """Whether a widget takes any room on its page; what one reader takes for no box another may draw in."""
    box = get(item, "/Rect")
    if box is None:
        return False
    try:
        a, b, c, d = (float(side) for side in box)
    except (TypeError, ValueError):
        return True
    return a != c and b != d
