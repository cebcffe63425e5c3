"""Randomness, as an argument."""

from typing import Protocol


class NewToken(Protocol):
    def __call__(self) -> str:
        """A fresh URL-safe value of at least 128 bits of entropy, never the same twice."""
        ...
