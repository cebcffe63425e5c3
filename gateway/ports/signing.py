"""Signing tokens: the key stays in custody, what is published is a key set."""

from collections.abc import Mapping
from typing import Protocol

from gateway.oidc.key_set import KeySet


class TokenSigner(Protocol):
    """Signs with the active key; publishes every key that is published, active or retiring."""

    def sign(self, claims: Mapping[str, object], *, typ: str, algorithm: str = "ES256") -> str:
        """A compact JWS with `alg`, `kid` and `typ` in its header. Raises LookupError when no key has `algorithm`."""
        ...

    def key_set(self) -> KeySet:
        """The public keys. The same object as long as nothing changed, so that identity is a cheap version check."""
        ...
