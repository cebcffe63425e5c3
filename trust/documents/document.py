"""The name by which a document is known: its digest."""

import hashlib


def digest(content: bytes) -> str:
    """`sha256:` and sixty-four hexadecimal digits."""
    return "sha256:" + hashlib.sha256(content).hexdigest()
