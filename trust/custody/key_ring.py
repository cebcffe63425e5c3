"""All keys of one moment, and finding among them; what was found once is found at once."""

from collections.abc import Iterable

from trust.custody.stored_key import StoredKey
from trust.errors import KeyUnavailable
from trust.keys.key import Purpose


class KeyRing:
    """Never changes: another moment has another ring."""

    def __init__(self, keys: Iterable[StoredKey] = ()) -> None:
        self.keys = tuple(keys)  # oldest first
        self._current: dict[tuple[Purpose, str | None, str], StoredKey] = {}
        self._usable: dict[tuple[Purpose, str], tuple[StoredKey, ...]] = {}
        self._of_generation: dict[tuple[Purpose, int, str], StoredKey] = {}

    def current(self, purpose: Purpose, algorithm: str | None, owner: str) -> StoredKey:
        """The newest key with which new things are made. Raises KeyUnavailable."""
        found = self._current.get((purpose, algorithm, owner))
        if found is None:
            fitting = (key for key in self._of(purpose, owner) if algorithm in (None, key.algorithm) and key.makes)
            found = self._current[purpose, algorithm, owner] = _newest(fitting, purpose)
        return found

    def usable(self, purpose: Purpose, owner: str) -> tuple[StoredKey, ...]:
        """Keys to publish and to check with, oldest first; the same tuple each time."""
        found = self._usable.get((purpose, owner))
        if found is None:
            found = self._usable[purpose, owner] = tuple(key for key in self._of(purpose, owner) if key.checks)
        return found

    def of_generation(self, purpose: Purpose, generation: int, owner: str) -> StoredKey:
        """The key of a generation, retired or not. Raises KeyUnavailable."""
        found = self._of_generation.get((purpose, generation, owner))
        if found is None:
            fitting = (key for key in self._of(purpose, owner) if key.generation == generation)
            found = self._of_generation[purpose, generation, owner] = _newest(fitting, purpose)
        return found

    def _of(self, purpose: Purpose, owner: str) -> Iterable[StoredKey]:
        return (key for key in self.keys if key.purpose is purpose and key.owner == owner)


def _newest(fitting: Iterable[StoredKey], purpose: Purpose) -> StoredKey:
    listed = list(fitting)
    if not listed:
        raise KeyUnavailable(f"no_{purpose}_key")
    return listed[-1]
