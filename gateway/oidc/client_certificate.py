"""A TLS client certificate as a proxy hands it on: its bytes, and the thumbprint that tokens are bound to.

RFC 8705 §3.1: `x5t#S256` is the SHA-256 of the DER. RFC 9440 §2.1: `Client-Cert` holds the DER as a byte sequence.
A client that proves itself by its certificate has it in its key set, as the `x5c` of a key (RFC 8705 §2.2.2).
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Literal
from urllib.parse import unquote

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from gateway.oidc import base64url, public_key
from gateway.oidc.public_key import PublicKey

LONGEST = 16_384  # characters of the header; certificates of clients take two to four thousand
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
SEQUENCE = 0x30  # what the DER of every certificate begins with

# rfc9440: the standard's; pem: URL-encoded PEM, as nginx writes $ssl_client_escaped_cert
Form = Literal["rfc9440", "pem"]


def read(header: str, form: Form) -> bytes | None:
    """The certificate's DER, or None where there is none that can be read."""
    if len(header) > LONGEST:
        return None
    try:
        der = READERS[form](header)
    except (binascii.Error, ValueError):
        return None
    return der if der[:1] == bytes([SEQUENCE]) else None


def thumbprint(der: bytes) -> str:
    """`x5t#S256` (RFC 8705 §3.1)."""
    return base64url.encode(hashlib.sha256(der).digest())


def own(key: PublicKey) -> bytes | None:
    """The certificate that stands beside this key, or None where there is none of this key (RFC 7517 §4.7)."""
    chain = key.jwk.get("x5c")
    first = chain[0] if isinstance(chain, list) and chain else None
    if not isinstance(first, str) or len(first) > LONGEST:
        return None
    try:
        der = base64.b64decode(first, validate=True)
        held = _jwk(x509.load_der_x509_certificate(der).public_key())
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return None
    return der if held and public_key.thumbprint(held) == key.thumbprint else None


def _jwk(key: object) -> dict[str, str]:
    """The members that make a key what it is; empty for kinds that are not admitted."""
    match key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()):
            point = key.public_numbers()
            x, y = (base64url.encode(number.to_bytes(32, "big")) for number in (point.x, point.y))
            return {"kty": "EC", "crv": "P-256", "x": x, "y": y}
        case rsa.RSAPublicKey():
            numbers = key.public_numbers()
            n, e = (number.to_bytes((number.bit_length() + 7) // 8, "big") for number in (numbers.n, numbers.e))
            return {"kty": "RSA", "n": base64url.encode(n), "e": base64url.encode(e)}
        case ed25519.Ed25519PublicKey():
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(key.public_bytes_raw())}
        case _:
            return {}


def _byte_sequence(header: str) -> bytes:
    """A structured field's byte sequence (RFC 9651 §3.3.5): base64 between colons."""
    text = header.strip(" ")
    if len(text) < 2 or text[0] != ":" or text[-1] != ":":
        raise ValueError("not_a_byte_sequence")
    return base64.b64decode(text[1:-1], validate=True)


def _escaped_pem(header: str) -> bytes:
    text = unquote(header).strip()
    if not text.startswith(BEGIN) or not text.endswith(END):
        raise ValueError("not_pem")
    return base64.b64decode("".join(text[len(BEGIN) : -len(END)].split()), validate=True)


READERS: dict[Form, Callable[[str], bytes]] = {"rfc9440": _byte_sequence, "pem": _escaped_pem}
