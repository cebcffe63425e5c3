"""What messages sign: pieces of a file, hashed once for each algorithm, however many messages sign them."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Protocol

from trust.pades.in_memory import Document


class Running(Protocol):
    """A digest that is being made."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Go on."""

    def digest(self) -> bytes:
        """What it comes to."""

    def copy(self) -> "Running":
        """Another that goes on from here."""


class Content:
    """What a message signs: pieces of a file, hashed once for each algorithm."""

    def __init__(
        self,
        *pieces: bytes | memoryview,
        begin: Callable[[str], Running] = hashlib.new,
        before: memoryview | None = None,
    ) -> None:
        self._pieces = pieces
        self._begin = begin
        self._before = before  # what `begin` has gone through already
        self._known: dict[str, bytes] = {}

    def digest(self, algorithm: str) -> bytes:
        """The digest of all pieces in a row."""
        if algorithm not in self._known:
            running = self._begin(algorithm)
            for piece in self._pieces:
                running.update(piece)
            self._known[algorithm] = running.digest()
        return self._known[algorithm]

    def digest_after(self, algorithm: str, prefix: bytes) -> bytes:
        """The digest of a prefix and then all pieces: nothing that was hashed before helps here."""
        running = hashlib.new(algorithm, prefix)
        for piece in (*((self._before,) if self._before is not None else ()), *self._pieces):
            running.update(piece)
        return running.digest()


class HashedFile:
    """A file, gone through once for each algorithm; what a signature covers begins as the file does."""

    def __init__(self, data: Document, gaps: Iterable[int]) -> None:
        self._data = memoryview(data)
        self._stops = sorted({gap for gap in gaps if 0 < gap <= len(data)})
        self._passes: dict[str, dict[int, Running]] = {}

    def sha256(self) -> str:
        """What names the file."""
        stops = self._pass("sha256")
        last = self._stops[-1] if self._stops else 0
        running = stops[last].copy()
        running.update(self._data[last:])
        return running.digest().hex()

    def covered(self, opening: int, closing: int, end: int) -> Content:
        """Everything up to the end but the gap."""
        return Content(
            self._data[closing:end],
            begin=lambda algorithm: self._pass(algorithm)[opening].copy(),
            before=self._data[:opening],
        )

    def _pass(self, algorithm: str) -> dict[int, Running]:
        """The digests so far at each gap."""
        if algorithm not in self._passes:
            running: Running = hashlib.new(algorithm)
            at, states = 0, {0: running.copy()}
            for stop in self._stops:
                running.update(self._data[at:stop])
                at = stop
                states[stop] = running.copy()
            self._passes[algorithm] = states
        return self._passes[algorithm]
