"""The signed headers of iAM Smart, made and checked."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

METHOD = "HmacSHA256"


def signature(*, client_id: str, secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    """The value of the `signature` header over exactly these bytes."""
    message = f"{client_id}{METHOD}{timestamp}{nonce}".encode() + body
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return quote(base64.b64encode(digest).decode(), safe="")


def headers(*, client_id: str, secret: str, at: datetime, nonce: str, body: bytes) -> dict[str, str]:
    """The headers of one POST."""
    timestamp = str(milliseconds(at))
    return {
        "Content-Type": "application/json",
        "clientID": client_id,
        "signatureMethod": METHOD,
        "timestamp": timestamp,
        "nonce": nonce,
        "signature": signature(client_id=client_id, secret=secret, timestamp=timestamp, nonce=nonce, body=body),
    }


def objection(
    given: Mapping[str, str], body: bytes, *, client_id: str, secret: str, at: datetime, window: timedelta
) -> str | None:
    """What is wrong with the headers of a POST, or None. Header names are in lower case.

    Whether the nonce was seen before is not asked here: what it carries answers a departure that can be used once.
    """
    timestamp, nonce = given.get("timestamp", ""), given.get("nonce", "")
    if given.get("signaturemethod") != METHOD or not (0 < len(nonce) <= 64):
        return "signature_headers_missing"
    if not hmac.compare_digest(given.get("clientid", "").encode(), client_id.encode()):
        return "audience_wrong"
    expected = signature(client_id=client_id, secret=secret, timestamp=timestamp, nonce=nonce, body=body)
    if not hmac.compare_digest(given.get("signature", "").encode(), expected.encode()):
        return "signature_wrong"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16):
        return "signature_headers_missing"
    if abs(milliseconds(at) - int(timestamp)) > window / timedelta(milliseconds=1):
        return "signature_expired"
    return None


def milliseconds(at: datetime) -> int:
    """The moment as the platform writes it."""
    return int(at.timestamp() * 1000)
