"""A report travels in the result page, signed, so that it can be downloaded without anything being stored.

The PDF made from it carries our name, so only a report that we made ourselves is ever turned into one.
"""

import base64
import binascii
import hashlib
import hmac
import zlib

import orjson

LONGEST = 400_000  # of the packed text; reports of files with hundreds of signatures stay below
MOST_BYTES = 4_000_000


def seal(key: bytes, report: object) -> str:
    packed = zlib.compress(orjson.dumps(report, option=orjson.OPT_SORT_KEYS), 9)
    return base64.urlsafe_b64encode(_mac(key, packed) + packed).decode()


def open_sealed(key: bytes, token: str) -> dict[str, object] | None:
    """The report, or None when it is not one of ours."""
    if len(token) > LONGEST:
        return None
    try:
        raw = base64.urlsafe_b64decode(token.encode())
    except (ValueError, binascii.Error):
        return None
    mac, packed = raw[:32], raw[32:]
    if not hmac.compare_digest(mac, _mac(key, packed)):
        return None
    opener = zlib.decompressobj()
    report = orjson.loads(opener.decompress(packed, MOST_BYTES))
    return report if isinstance(report, dict) else None


def _mac(key: bytes, packed: bytes) -> bytes:
    return hmac.digest(key, b"report\0" + packed, hashlib.sha256)
