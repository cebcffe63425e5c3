"""The hash chain over the audit trail: each link covers a run of entries and the link before it.

Entries are written by many at once, in the transactions that they tell of; a link is drawn afterwards by one.
Taking an entry out, putting one in or changing one breaks every link from there on.
"""

import hashlib
from collections.abc import Iterable

from trust.frozen import Frozen

FIRST = "0" * 64  # what the first link follows


class Entry(Frozen):
    """An entry as it lies in the trail."""

    number: int
    text: str


class Link(Frozen):
    """A link of the chain."""

    number: int
    first: int
    last: int
    count: int
    previous: str
    hash: str


def draw(number: int, previous: str, entries: Iterable[Entry]) -> Link:
    """The next link, over these entries in the order of their numbers."""
    ordered = sorted(entries, key=lambda entry: entry.number)
    running = hashlib.sha256(f"gba-audit/1\n{number}\n{previous}\n{len(ordered)}\n".encode())
    for entry in ordered:
        body = entry.text.encode()
        running.update(f"{entry.number} {len(body)}\n".encode() + body)
    return Link(
        number=number,
        first=ordered[0].number,
        last=ordered[-1].number,
        count=len(ordered),
        previous=previous,
        hash=running.hexdigest(),
    )


def objection(link: Link, before: Link | None, entries: Iterable[Entry]) -> str | None:
    """Why a link does not hold, or None."""
    if link.previous != (before.hash if before is not None else FIRST):
        return "link_does_not_follow"
    if link.number != (before.number + 1 if before is not None else 1):
        return "link_missing"
    listed = list(entries)
    if len(listed) != link.count:
        return "entry_missing_or_added"
    return None if draw(link.number, link.previous, listed) == link else "entry_changed"
