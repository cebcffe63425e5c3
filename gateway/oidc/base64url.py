"""Base64url as JOSE writes it: no padding, one spelling for each value (RFC 7515 §2, RFC 4648 §3.5)."""

import base64
import binascii


def decode(text: str) -> bytes:
    """The bytes. Raises ValueError for padding, foreign characters and spellings that are not canonical."""
    try:
        value = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("not_base64url") from None
    if encode(value) != text:  # the decoder skips what it does not know; the comparison does not
        raise ValueError("not_base64url")
    return value


def encode(value: bytes) -> str:
    """The one spelling of these bytes."""
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")
