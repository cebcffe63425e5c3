"""SM3: the standard's examples, and the names of the digests beside it."""

import hashlib

import pytest

from trust.guomi import sm3

# GB/T 32905 annex A
EXAMPLES = {
    b"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
    b"abcd" * 16: "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
}


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_digest_is_that_of_the_standard(text: bytes) -> None:
    assert sm3.digest(text).hex() == EXAMPLES[text]


def test_pieces_are_digested_in_a_row() -> None:
    assert sm3.digest(b"a", b"", b"bc") == sm3.digest(b"abc")


def test_digests_go_by_their_names() -> None:
    assert sm3.named("sm3", b"abc") == sm3.digest(b"abc")
    assert sm3.named("sha256", b"abc") == hashlib.sha256(b"abc").digest()
    assert sm3.named("shake_256", b"abc") is None
    assert sm3.named("1.2.156.10197.1.401", b"abc") is None
