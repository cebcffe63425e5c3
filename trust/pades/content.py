"""What a message signs, hashed once for each algorithm."""

import hashlib


class Content:
    """What a message signs: pieces of a file, hashed once for each algorithm."""

    def __init__(self, *pieces: bytes | memoryview) -> None:
        self._pieces = pieces
        self._known: dict[str, bytes] = {}

    def digest(self, algorithm: str) -> bytes:
        """The digest of all pieces in a row."""
        if algorithm not in self._known:
            running = hashlib.new(algorithm)
            for piece in self._pieces:
                running.update(piece)
            self._known[algorithm] = running.digest()
        return self._known[algorithm]
