"""The agency whose load is measured: its key, its signed assertions and proofs, made by hand because that is quick."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CALLBACK = "https://agency.example/callback"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Key:
    """A P-256 key that signs compact JWS."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        x, y = (base64url(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def sign(self, header: dict[str, object], claims: dict[str, object]) -> str:
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        r, s = decode_dss_signature(self.private.sign(text.encode(), ec.ECDSA(SHA256())))
        return f"{text}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """One client of one provider. `bound` makes it prove a key with every token (DPoP)."""

    client: str
    issuer: str
    bound: bool = False
    key: Key = field(default_factory=Key)
    proof_key: Key = field(default_factory=Key)

    def form(self, **values: str) -> bytes:
        """A form with a fresh assertion (RFC 7523 §2.2)."""
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": self.client,
            "sub": self.client,
            "aud": self.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        assertion = self.key.sign({"alg": "ES256", "kid": self.client}, claims)
        named = {"client_id": self.client, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
        return urlencode({**values, **named}).encode()

    def proof(self, method: str, path: str, token: str | None = None) -> str:
        """The header line of a DPoP proof (RFC 9449 §4.2), empty for a client that needs none."""
        if not self.bound:
            return ""
        claims: dict[str, object] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": self.issuer + path,
            "iat": int(time.time()),
        }
        if token is not None:
            claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
        header: dict[str, object] = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.proof_key.public}
        return f"DPoP: {self.proof_key.sign(header, claims)}\r\n"

    @property
    def jwks(self) -> dict[str, object]:
        """What is registered of it."""
        return {"keys": [{**self.key.public, "use": "sig", "alg": "ES256", "kid": self.client}]}


def verifier() -> tuple[str, str]:
    """A code verifier and its challenge (RFC 7636 §4)."""
    value = secrets.token_urlsafe(32)
    return value, base64url(hashlib.sha256(value.encode()).digest())
