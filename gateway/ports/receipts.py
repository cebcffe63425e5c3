"""Signing a consent's receipt: the key stays in custody (purpose `receipt`)."""

from collections.abc import Mapping
from typing import Protocol


class ReceiptSigner(Protocol):
    def sign(self, payload: bytes, *, typ: str) -> str:
        """A compact JWS (ES256) over exactly these bytes, with `alg`, `kid` and `typ` in its header."""
        ...

    def keys(self) -> Mapping[str, Mapping[str, object]]:
        """The public keys by `kid`, as JWK: what a receipt is checked with."""
        ...
