"""Bytes that passed when they were changed, until somebody looked (FLIPS.md): names that nobody signs."""

from binascii import hexlify, unhexlify
from collections.abc import Callable

import pytest

from tests.attacks.flips import SHAPES, outside, verified

pytestmark = pytest.mark.filterwarnings("ignore")

ECDSA, CURVE, ED25519 = (bytes.fromhex(each) for each in ("2a8648ce3d040302", "2a8648ce3d030107", "06032b6570"))


def _last(value: bytes, text: bytes) -> int:
    """The last octet of the last place where it stands."""
    return value.rindex(text) + len(text) - 1


def _in_token(value: bytes) -> int:
    """The end of the name of a curve in the first certificate of a timestamp within the signature."""
    return value.index(CURVE, value.index(bytes.fromhex("2a864886f70d010910020e"))) + len(CURVE) - 1


# document, octet of its value that is changed, and into what
CHANGES: dict[str, tuple[str, Callable[[bytes], int], int]] = {
    "another letter in the issuer's name": (
        "another's approval, P-256, B-B", lambda value: _last(value, b"Issuing"), 0x20,
    ),
    "another letter in the issuer's name, SM2": ("SM2 in CMS", lambda value: _last(value, b"Issuing"), 0x20),
    "another algorithm of the last timestamp": ("our seal, B-LTA", lambda value: _last(value, ECDSA), 0x01),
    "another curve of the last timestamp's key": ("our seal, B-LTA", lambda value: _last(value, CURVE), 0x40),
    "another algorithm of the timestamp within": (
        "another's approval, P-256, B-T", lambda value: _last(value, ECDSA), 0x10,
    ),
    "another curve of the timestamp within": ("another's approval, P-256, B-T", _in_token, 0x04),
    "another algorithm of the same family": ("Ed25519 over object streams", lambda value: _last(value, ED25519), 0x01),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_what_once_passed_when_it_was_changed_does_not_any_more(name: str) -> None:
    shape, place, mask = CHANGES[name]
    pdf, verify = SHAPES[shape](), verified(shape)
    begins, ends = outside(pdf)
    value = bytearray(unhexlify(pdf[begins + 1 : ends - 1]))
    value[place(bytes(value))] ^= mask
    assert verify(pdf).verdict.passed
    assert not verify(pdf[: begins + 1] + hexlify(value) + pdf[ends - 1 :]).verdict.passed
