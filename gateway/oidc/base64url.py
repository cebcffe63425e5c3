"""Base64url as JOSE writes it: no padding, one spelling for each value (RFC 7515 §2, RFC 4648 §3.5)."""

import binascii

# what is foreign here, padding and the standard alphabet's two last signs, becomes what is foreign everywhere
TO_STANDARD = bytes.maketrans(b"-_+/=", b"+/\x00\x00\x00")
TO_URL = bytes.maketrans(b"+/", b"-_")
# by the length modulo 4: which last characters leave no stray bits behind the value, and the padding that is left out
ENDS = {2: (frozenset("AQgw"), b"=="), 3: (frozenset("AEIMQUYcgkosw048"), b"=")}


def decode(text: str) -> bytes:
    """The bytes. Raises ValueError for padding, foreign characters and spellings that are not canonical."""
    padding = b""
    if over := len(text) % 4:
        ends, padding = ENDS.get(over, (frozenset[str](), b""))
        if text[-1] not in ends:
            raise ValueError("not_base64url")
    try:
        return binascii.a2b_base64(text.encode("ascii").translate(TO_STANDARD) + padding, strict_mode=True)
    except ValueError:
        raise ValueError("not_base64url") from None


def encode(value: bytes) -> str:
    """The one spelling of these bytes."""
    return binascii.b2a_base64(value, newline=False).translate(TO_URL, b"=").decode("ascii")
