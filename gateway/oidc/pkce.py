"""Proof Key for Code Exchange, S256 only (RFC 7636; RFC 9700 §2.1.1)."""

import hashlib
import hmac
import re

from gateway.oidc import base64url

METHOD = "S256"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of 32 bytes, §4.2
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # §4.1


def is_challenge(value: str) -> bool:
    """Whether the value can be a challenge made by S256."""
    return CHALLENGE.fullmatch(value) is not None


def challenge(verifier: str) -> str:
    """The challenge of a verifier (§4.2)."""
    return base64url.encode(hashlib.sha256(verifier.encode("ascii")).digest())


def proves(verifier: str, expected: str) -> bool:
    """Whether the verifier is well formed and hashes to the challenge (§4.6)."""
    return VERIFIER.fullmatch(verifier) is not None and hmac.compare_digest(challenge(verifier), expected)
