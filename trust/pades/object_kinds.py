"""What an object is, strictly: metadata, a signature, a drawing; so that nothing else can pass for it."""

from collections.abc import Callable, Iterator
from typing import Any

import pikepdf

from trust.pades import evidence_store, objects, own_text
from trust.pades.sig_fields import get


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


def is_metadata(value: Any) -> bool:
    """XMP, which nobody draws."""
    return isinstance(value, pikepdf.Stream) and get(value, "/Type") == "/Metadata" and get(value, "/Subtype") == "/XML"


def is_flat(value: Any) -> bool:
    """Words and dates alone."""
    plain = pikepdf.String | pikepdf.Name | int | bool
    return isinstance(value, pikepdf.Dictionary) and all(isinstance(item, plain) for _, item in value.items())


def is_extensions(value: Any) -> bool:
    """Which extensions of the format are used (§7.12)."""
    return isinstance(value, pikepdf.Dictionary) and get(value, "/Subtype") is None


# What the catalogue may say anew without showing anything else
HARMLESS: dict[str, Callable[[Any], bool]] = {
    "/DSS": evidence_store.is_store,
    "/Extensions": is_extensions,
    "/Version": lambda value: isinstance(value, pikepdf.Name),
    "/Metadata": is_metadata,
}


def page_area(page: Any) -> float:
    """Of what a page shows."""
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
