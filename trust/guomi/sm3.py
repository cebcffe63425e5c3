"""SM3 (GB/T 32905) and the other digests met beside it, by name and by object identifier."""

import hashlib

from cryptography.hazmat.primitives import hashes

SM3 = "sm3"
# Names as hashlib and CMS readers write them.
NAMES: dict[str, str] = {
    "1.2.156.10197.1.401": SM3,
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


def digest(*pieces: bytes) -> bytes:
    """The SM3 digest of all pieces in a row."""
    # cryptography brings its own OpenSSL, so this never depends on how the system's was built
    running = hashes.Hash(hashes.SM3())
    for piece in pieces:
        running.update(piece)
    return running.finalize()


def named(name: str, data: bytes) -> bytes | None:
    """The digest that goes by this name, or None if it is not one of ours."""
    if name == SM3:
        return digest(data)
    if name not in NAMES.values():
        return None
    return hashlib.new(name, data, usedforsecurity=False).digest()  # whether it is strong is a policy's question
