"""Keeping personal attributes unreadable at rest, and finding them by a keyed hash."""

from typing import Protocol


class Vault(Protocol):
    """AES-256-GCM under the newest data key; opens what any earlier generation sealed."""

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Ciphertext that opens only under the same `context` (table, column and row id)."""
        ...

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """The plaintext. Raises ValueError when the bytes or the context do not hold."""
        ...

    def index(self, kind: str, value: str) -> str:
        """A keyed hash of `value` for look-ups: document numbers are few enough to enumerate without a key."""
        ...
