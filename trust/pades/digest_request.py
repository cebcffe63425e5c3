"""A signature without its document on its way to a worker: which digests, and how they are packed."""

import json
from collections.abc import Mapping


def pack(message: bytes, digests: Mapping[str, bytes]) -> bytes:
    """The request as a worker takes it."""
    return json.dumps({name: digest.hex() for name, digest in digests.items()}).encode() + b"\n" + message


def unpack(packed: bytes) -> tuple[bytes, dict[str, bytes]]:
    """A message and its digests."""
    head, _, message = packed.partition(b"\n")
    return message, {name: bytes.fromhex(digest) for name, digest in json.loads(head).items()}
