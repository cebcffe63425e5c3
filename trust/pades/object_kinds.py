"""What an object is, strictly: metadata, a signature, a drawing; so that nothing else can pass for it."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pikepdf

from trust.pades import evidence_store, objects, own_text
from trust.pades.sig_fields import get

EXTENSION = frozenset({"/Type", "/BaseVersion", "/ExtensionLevel", "/ExtensionRevision", "/URL"})
RESOURCES = frozenset(
    {"/Font", "/Encoding", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/ProcSet"}
)
VERSION = re.compile(r"/[12]\.[0-9]")


def written(item: Any) -> bytes:
    """An object that can hold references, as it is written."""
    if isinstance(item, pikepdf.Stream):
        return objects.dictionary(own_text.fields(item))
    return bytes(item.unparse(resolved=True)) if isinstance(item, pikepdf.Dictionary | pikepdf.Array) else b""


def acts(item: Any) -> bool:
    """Whether an annotation does something."""
    return any(get(item, key) is not None for key in ("/A", "/AA"))


def is_signature(value: Any) -> bool:
    """Whether a field's value is a signature that the reader looks at too."""
    complete = isinstance(get(value, "/ByteRange"), pikepdf.Array) and isinstance(
        get(value, "/Contents"), pikepdf.String
    )
    return isinstance(value, pikepdf.Dictionary) and complete


def is_placeholder(value: Any) -> bool:
    """Whether a field's value is one that nobody has filled yet: a signature to be, all zeros."""
    return is_signature(value) and not any(bytes(get(value, "/Contents")))


def is_extensions(value: Any) -> bool:
    """Which extensions of the format are used (§7.12): by developer, each an entry or several."""
    if not isinstance(value, pikepdf.Dictionary) or get(value, "/Subtype") is not None:
        return False
    listed = [item for key, item in value.items() if key != "/Type"]
    entries = [entry for item in listed for entry in (list(item) if isinstance(item, pikepdf.Array) else [item])]
    return all(isinstance(entry, pikepdf.Dictionary) and set(entry.keys()) <= EXTENSION for entry in entries)


def is_version(value: Any) -> bool:
    """A version of the format (§7.5.2)."""
    return isinstance(value, pikepdf.Name) and VERSION.fullmatch(str(value)) is not None


def is_resources(value: Any) -> bool:
    """A dictionary of resources (§7.8.3) and nothing besides."""
    return isinstance(value, pikepdf.Dictionary) and set(value.keys()) <= RESOURCES


# What the catalogue may say anew without showing anything else
HARMLESS: dict[str, Callable[[Any], bool]] = {
    "/DSS": evidence_store.is_store,
    "/Extensions": is_extensions,
    "/Version": is_version,
}


def largest_share(box: Any, pages: Sequence[Any]) -> float:
    """How much of the smallest of the pages a rectangle covers; nothing where it is none."""
    try:
        a, b, c, d = (float(side) for side in box)
    except (TypeError, ValueError):
        return 0.0
    smallest = min(map(_page_area, pages), default=0.0)
    return abs((c - a) * (d - b)) / smallest if smallest else 1.0


def _page_area(page: Any) -> float:
    try:
        a, b, c, d = (float(side) for side in get(page, "/CropBox") or get(page, "/MediaBox"))
    except (TypeError, ValueError):
        return 612.0 * 792.0
    return abs((c - a) * (d - b))


def drawings(look: Any) -> Iterator[Any]:
    """The streams of an appearance dictionary, by state or without (§12.5.5)."""
    for _, item in look.items() if isinstance(look, pikepdf.Dictionary) else ():
        if isinstance(item, pikepdf.Stream):
            yield item
        elif isinstance(item, pikepdf.Dictionary):
            yield from (drawn for _, drawn in item.items() if isinstance(drawn, pikepdf.Stream))
