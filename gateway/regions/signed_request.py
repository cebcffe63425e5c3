"""Signing our own messages to a foreign party with the key registered there (RFC 7515, RFC 7523)."""

import json
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.oidc import base64url
from gateway.oidc.public_key import thumbprint


class RequestSigner:
    """One P-256 key; its `kid` is the key's thumbprint, so that both sides can compute it (RFC 7638)."""

    def __init__(self, pem: str) -> None:
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise ValueError("signing_key: expected a P-256 key")  # noqa: TRY004 - a setting's value is wrong
        self._key = key
        numbers = key.public_key().public_numbers()
        x, y = (base64url.encode(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        self.public_jwk: Mapping[str, str] = {**jwk, "kid": thumbprint(jwk), "use": "sig", "alg": "ES256"}

    def sign(self, claims: Mapping[str, object], *, typ: str, header: Mapping[str, object] | None = None) -> str:
        """A compact JWS by ES256; its header names the key, unless told what to hold instead."""
        header = {"alg": "ES256", "typ": typ, **(header or {"kid": self.public_jwk["kid"]})}
        parts = (base64url.encode(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))
        signed = ".".join(parts)
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ECDSA(SHA256())))
        return f"{signed}.{base64url.encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
