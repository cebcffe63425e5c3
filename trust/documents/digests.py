"""Digests that somebody supplies in place of a document: which algorithms, and how they are written."""

from collections.abc import Mapping

from trust.errors import DocumentRefused

# algorithm → length in bytes; what can no longer be relied on is not taken in place of a document
LENGTHS = {"sha256": 32, "sha384": 48, "sha512": 64, "sha3_256": 32, "sha3_384": 48, "sha3_512": 64, "sm3": 32}


def read(told: object) -> Mapping[str, bytes]:
    """Digests by algorithm, from hexadecimal text. Raises DocumentRefused."""
    if not isinstance(told, dict) or not told:
        raise DocumentRefused("digests_malformed")
    found = {}
    for algorithm, text in told.items():
        if algorithm not in LENGTHS:
            raise DocumentRefused("digest_algorithm_unknown")
        if not isinstance(text, str) or len(text) != 2 * LENGTHS[algorithm] or not text.isalnum():  # no spaces
            raise DocumentRefused("digests_malformed")
        try:
            found[algorithm] = bytes.fromhex(text)
        except ValueError:
            raise DocumentRefused("digests_malformed") from None
    return found
