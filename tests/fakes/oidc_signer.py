"""A token signer with keys of its own, and compact JWS made by hand, so that tests can bend every part."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.oidc.key_set import KeySet
from gateway.oidc.public_key import STRONG

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


@dataclass(frozen=True, kw_only=True)
class Key:
    """A private key under an id; `algorithm` is what it honestly signs with."""

    kid: str
    private: PrivateKey

    @classmethod
    def make(cls, algorithm: str = "ES256", kid: str = "k1") -> "Key":
        if algorithm == "EdDSA":
            return cls(kid=kid, private=ed25519.Ed25519PrivateKey.generate())
        if algorithm in ("PS256", "RS256"):
            return cls(kid=kid, private=rsa.generate_private_key(65537, 2048))
        return cls(kid=kid, private=ec.generate_private_key(ec.SECP256R1()))

    @property
    def algorithm(self) -> str:
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return "ES256"
        return "PS256" if isinstance(self.private, rsa.RSAPrivateKey) else "EdDSA"

    @property
    def jwk(self) -> dict[str, Any]:
        return {**self.bare_jwk, "kid": self.kid, "alg": self.algorithm, "use": "sig"}

    @property
    def bare_jwk(self) -> dict[str, Any]:
        public = self.private.public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            numbers = public.public_numbers()
            x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
            return {"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)}
        if isinstance(public, rsa.RSAPublicKey):
            modulus = public.public_numbers().n
            return {"kty": "RSA", "n": b64(modulus.to_bytes(public.key_size // 8, "big")), "e": "AQAB"}
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(public.public_bytes_raw())}

    def raw_signature(self, message: bytes, algorithm: str | None = None) -> bytes:
        private = self.private
        if isinstance(private, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(private.sign(message, ec.ECDSA(SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if isinstance(private, rsa.RSAPrivateKey):
            pss = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)
            return private.sign(message, padding.PKCS1v15() if algorithm == "RS256" else pss, SHA256())
        return private.sign(message)

    def compact(self, claims: Mapping[str, object] | bytes, **header: object) -> str:
        """A JWS over these claims; `header` is laid over an honest one, and None takes a member out."""
        laid = {"alg": self.algorithm, "kid": self.kid, **header}
        head = {name: value for name, value in laid.items() if value is not None}
        payload = claims if isinstance(claims, bytes) else json.dumps(dict(claims)).encode()
        signed = f"{b64(json.dumps(head).encode())}.{b64(payload)}"
        algorithm = str(header.get("alg", self.algorithm))
        return f"{signed}.{b64(self.raw_signature(signed.encode(), algorithm))}"


@dataclass(kw_only=True)
class FakeSigner:
    """Implements gateway.ports.signing.TokenSigner; `keys[-1]` signs, all are published."""

    keys: list[Key] = field(default_factory=lambda: [Key.make(kid="ours-1")])
    _published: tuple[tuple[str, ...], KeySet] | None = None

    def sign(self, claims: Mapping[str, object], *, typ: str, algorithm: str = "ES256") -> str:
        if self.keys[-1].algorithm != algorithm:
            raise LookupError(algorithm)
        return self.keys[-1].compact(claims, typ=typ)

    def key_set(self) -> KeySet:
        mark = tuple(key.kid for key in self.keys)
        if self._published is None or self._published[0] != mark:
            listed = {"keys": [key.jwk for key in self.keys]}
            self._published = mark, KeySet.read(listed, algorithms=STRONG)
        return self._published[1]
