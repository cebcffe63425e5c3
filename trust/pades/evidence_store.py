"""The document security store (EN 319 142-1 §5.4.2): what belongs into it, so that nothing else hides there."""

from typing import Any

import pikepdf

from trust.pades.alike import members
from trust.pades.sig_fields import get

KEYS = frozenset({"/Type", "/Certs", "/OCSPs", "/CRLs", "/VRI"})
LISTS = ("/Certs", "/OCSPs", "/CRLs")
ENTRY_LISTS = ("/Cert", "/OCSP", "/CRL")
ENTRY_KEYS = frozenset({"/Type", "/TU", "/TS", *ENTRY_LISTS})
# the only keys under which a list of evidence may be known
LIST_NAMES = frozenset(name[1:] for name in (*LISTS, *ENTRY_LISTS))


def is_store(value: Any) -> bool:
    """Whether a value is such a store and nothing besides."""
    if not isinstance(value, pikepdf.Dictionary) or not set(value.keys()) <= KEYS:
        return False
    entries = get(value, "/VRI")
    if get(value, "/Type") not in (None, "/DSS") or not (entries is None or is_entries(entries)):
        return False
    return all(is_list(listed) for key in LISTS if (listed := get(value, key)) is not None)


def is_list(value: Any) -> bool:
    """Whether a value is a list of evidence."""
    return isinstance(value, pikepdf.Array) and all(
        isinstance(item, pikepdf.Stream) for item in members(value).values()
    )


def is_entries(value: Any) -> bool:
    """Whether a value names evidence by signature."""
    return isinstance(value, pikepdf.Dictionary) and all(
        is_entry(entry) for key, entry in value.items() if key != "/Type"
    )


def is_entry(value: Any) -> bool:
    """Whether a value is the evidence of one signature."""
    if not isinstance(value, pikepdf.Dictionary) or not set(value.keys()) <= ENTRY_KEYS:
        return False
    return all(is_list(listed) for key in ENTRY_LISTS if (listed := get(value, key)) is not None)


def lost(old: Any, new: Any) -> tuple[bool, bool]:
    """Whether something of a store is not in the later one, and whether nothing of it is."""
    before, after = _held(old), _held(new)
    if before.keys() <= after.keys():
        return False, False
    there = {_content(item) for item in after.values()}
    gone = [place not in after and _content(item) not in there for place, item in before.items()]
    return any(gone), all(gone)


def _held(store: Any) -> dict[bytes, Any]:
    """All evidence of a store, by where it stands."""
    found: dict[bytes, Any] = {}
    for key in LISTS:
        found |= members(get(store, key))
    entries = get(store, "/VRI")
    for _, entry in entries.items() if isinstance(entries, pikepdf.Dictionary) else ():
        for key in ENTRY_LISTS:
            found |= members(get(entry, key))
    return found


def _content(item: Any) -> bytes:
    try:
        return bytes(item.read_bytes()) if isinstance(item, pikepdf.Stream) else b""
    except pikepdf.PdfError:
        return bytes(item.read_raw_bytes())


def numbered(store: Any) -> dict[int, Any]:
    """The store's own objects by number, each with what it must remain; not the evidence, which never changes."""
    found: dict[int, Any] = {}

    def note(value: Any, check: Any) -> Any:
        if isinstance(value, pikepdf.Object) and value.is_indirect:
            found[value.objgen[0]] = check
        return value

    note(store, is_store)
    for key in LISTS:
        note(get(store, key), is_list)
    entries = note(get(store, "/VRI"), is_entries)
    for entry in entries.values() if isinstance(entries, pikepdf.Dictionary) else ():
        note(entry, is_entry)
        for key in ENTRY_LISTS:
            note(get(entry, key), is_list)
    return found
