"""A TLS client certificate as a proxy hands it on: its bytes, and the thumbprint that tokens are bound to.

RFC 8705 §3.1: `x5t#S256` is the SHA-256 of the DER. RFC 9440 §2.1: `Client-Cert` holds the DER as a byte sequence.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Literal
from urllib.parse import unquote

from gateway.oidc import base64url

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
