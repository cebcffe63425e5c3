"""A set of public keys, and finding the one that a signature means (RFC 7517 §5)."""

from collections.abc import Mapping
from typing import Any

from gateway.frozen import Frozen
from gateway.oidc.public_key import STRONG, KeyRefused, PublicKey, admit

MOST_KEYS = 20


class KeySet(Frozen, kw_only=False):
    """Admitted keys with distinct ids, in the order they were published."""

    keys: tuple[PublicKey, ...]

    @classmethod
    def read(cls, jwks: object, *, algorithms: frozenset[str] = STRONG) -> "KeySet":
        """Every key of the set, or KeyRefused: one bad key is a mistake that its owner wants to hear of."""
        listed = jwks.get("keys") if isinstance(jwks, Mapping) else None
        if not isinstance(listed, list) or not 0 < len(listed) <= MOST_KEYS:
            raise KeyRefused("key_set_malformed")
        keys = tuple(admit(jwk, algorithms=algorithms) for jwk in listed)
        named = [key.kid for key in keys if key.kid is not None]
        if len(set(named)) != len(named):
            raise KeyRefused("key_id_repeated")
        if len(keys) > 1 and len(named) != len(keys):
            raise KeyRefused("key_id_missing")  # RFC 7517 §4.5: told apart by their ids
        return cls(keys)

    def find(self, kid: str | None, algorithm: str) -> PublicKey | None:
        """The key that a header means. Without a `kid` only a set of one leaves no doubt."""
        for key in self.keys:
            if key.algorithm == algorithm and (key.kid == kid if kid is not None else len(self.keys) == 1):
                return key
        return None

    def jwks(self) -> dict[str, Any]:
        """The JWK Set to publish."""
        return {"keys": [dict(key.jwk) for key in self.keys]}
