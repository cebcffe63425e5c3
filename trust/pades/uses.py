"""Who refers to an object of a signed revision, and under which keys: what one object is to the others."""

from functools import partial
from typing import Any

import pikepdf

from trust.pades import mentions
from trust.pades.mentions import Mentions, Search
from trust.pades.object_kinds import written
from trust.pades.xref import Entry, Kind

Number = int


class Uses:
    """The references within one signed revision: as its bytes hold them, and as qpdf reads them where in doubt."""

    def __init__(self, revision: pikepdf.Pdf, entries: dict[Number, Entry], *, end: int, search: Search) -> None:
        self._revision, self._entries = revision, entries
        self._end, self._search = end, search
        self._streams: list[Mentions] | None = None

    def keys(self, number: Number) -> set[str]:
        """Under which keys an object is known; "" for a reference in an array or one that is hard to read."""
        return mentions.keys(number, self._end, self._search.file, self._object_streams())

    def only_as(self, number: Number, names: frozenset[str]) -> bool:
        """Whether an object is known under these keys alone.

        The bytes of an attached document hold references of its own, so what they say is confirmed by the objects.
        """
        return self.keys(number) <= names or all(keys <= names for keys in self.by_object(number).values())

    def only_by(self, holder: Number, number: Number, key: str) -> bool:
        """Whether one object alone refers to another, under this key alone."""
        held = self._search.file.holders(number, key, self._end)
        if held and self.keys(number) == {key} and not self._in_object_streams(number):
            return {user for user, _, _ in held} == {holder}
        return self.by_object(number) == {holder: {key}}

    def by_object(self, number: Number) -> dict[Number, set[str]]:
        """The objects that refer to this one, each with its keys; slow, since every object is gone through."""
        found = {item.objgen[0]: Mentions(written(item), {number}).keys(number) for item in self._revision.objects}
        return {user: keys for user, keys in found.items() if keys}

    def holders(self, number: Number, key: str) -> list[Any] | None:
        """The objects that hold an object under this key, as pages do their annotations; None where it is not plain."""
        if "" in self.keys(number) or self._in_object_streams(number):
            return None
        held = self._search.file.holders(number, key, self._end)
        if held is None:
            return None
        present = [n for n, generation, offset in held if self._entries.get(n) == (Kind.OFFSET, offset, generation)]
        return [self._revision.get_object(holder, self._entries[holder][2]) for holder in present]

    def mentioned(self) -> set[Number]:
        """Every object that is referred to at all, whether there is one or not."""
        return mentions.mentioned(self._end, self._search.file, self._object_streams())

    def _in_object_streams(self, number: Number) -> bool:
        return any(stream.keys(number) for stream in self._object_streams())

    def _object_streams(self) -> list[Mentions]:
        """What the revision's object streams refer to."""
        if self._streams is None:
            self._streams = []
            for number in sorted({entry[1] for entry in self._entries.values() if entry[0] is Kind.COMPRESSED}):
                holder = self._revision.get_object(number, 0)
                if isinstance(holder, pikepdf.Stream):
                    _, offset, _ = self._entries.get(number, (Kind.FREE, 0, 0))
                    self._streams.append(self._search.stream(offset, partial(_decoded, holder)))
        return self._streams


def _decoded(stream: pikepdf.Stream) -> bytes:
    return bytes(stream.read_bytes())
