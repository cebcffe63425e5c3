"""A simulator's own signing key (ES256), and reading what others signed. Through joserfc, so that the gateway's own
verification meets an independent implementation."""

from collections.abc import Mapping

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM = "ES256"


class SigningKey:
    """One P-256 key, named by its thumbprint."""

    def __init__(self, pem: str) -> None:
        self._key = ECKey.import_key(pem, {"use": "sig", "alg": ALGORITHM})
        self.kid = self._key.thumbprint()

    def sign(self, claims: Mapping[str, object], *, typ: str = "JWT") -> str:
        """A compact JWS."""
        return jwt.encode({"alg": ALGORITHM, "typ": typ, "kid": self.kid}, dict(claims), self._key)

    def verified(self, token: str) -> dict[str, object] | None:
        """The claims of a token that this key signed, or None."""
        try:
            return dict(jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims)
        except (JoseError, ValueError):
            return None

    def published(self) -> dict[str, object]:
        """The key set that others fetch."""
        return {"keys": [{**self._key.as_dict(private=False), "kid": self.kid}]}
