"""The quick reader of messages says what the tolerant one says, or nothing; so no message is judged more mildly."""

import hashlib
import re
from functools import lru_cache
from random import Random

import pytest

from tests.attacks.documents import world
from tests.fakes.foreign_signing import KEYS, ForeignSigner
from tests.fakes.sealing_world import SAMPLES, plain_pdf
from trust.pades import cms_plain, cms_tolerant
from trust.pades.content import Content

pytestmark = pytest.mark.filterwarnings("ignore")
RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
CADES = "ETSI.CAdES.detached"


def messages(pdf: bytes) -> list[tuple[bytes, Content]]:
    """Every message of a file, with what it covers."""
    found = []
    for match in RANGE.finditer(pdf):
        start, length, after, rest = (int(number) for number in match.groups())
        value = bytes.fromhex(pdf[start + length + 1 : after - 1].decode())
        covered = Content(pdf[:length], pdf[after : after + rest])
        found.append((value, covered))
    return found


@lru_cache(maxsize=32)
def of(kind: str, level: str) -> tuple[tuple[bytes, Content], ...]:
    return tuple(messages(ForeignSigner(world=world(), kind=kind).sign(plain_pdf(), level)))


@pytest.mark.parametrize("kind", ["RSA", "P-256", "P-384", "Ed25519"])
@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_both_readers_say_the_same_of_what_holds(kind: str, level: str) -> None:
    signature = of(kind, level)[0]
    quick = cms_plain.read(*signature)
    assert quick is not None
    assert quick == cms_tolerant.read(*signature, CADES)
    assert len(quick.stamps) == (level != "B-B")
    for token in of(kind, level)[1:]:
        stamp = cms_plain.read_stamp(*token)
        assert stamp is not None
        assert stamp == cms_tolerant.read_stamp(*token)


def test_our_own_seal_is_read_quickly() -> None:
    sealed = messages(world().seal(plain_pdf()).content)
    assert [cms_plain.read(*sealed[0]) is None, cms_plain.read_stamp(*sealed[1]) is None] == [False, False]


def test_padding_is_passed_over_and_anything_else_after_the_message_is_not() -> None:
    der, covered = of("P-256", "B-B")[0]
    assert cms_plain.read(der.rstrip(b"\0") + bytes(9), covered) is not None
    assert cms_plain.read(der.rstrip(b"\0") + b"\1", covered) is None


def test_nothing_is_said_of_other_content() -> None:
    for der, _ in of("P-256", "B-LTA"):
        assert cms_plain.read(der, Content(b"other")) is None
        assert cms_plain.read_stamp(der, Content(b"other")) is None


@pytest.mark.parametrize("kind", KEYS)
def test_a_damaged_message_is_read_alike_or_left_to_the_tolerant_reader(kind: str) -> None:
    """A byte changed, taken out, doubled or put in, anywhere."""
    random = Random(kind)
    (der, covered), (token, stamped) = of(kind, "B-LTA")
    differ = []
    for _ in range(150):
        for original, content, is_stamp in ((der, covered, False), (token, stamped, True)):
            hurt = bytearray(original)
            at = random.randrange(len(original.rstrip(b"\0")))
            match random.randrange(4):
                case 0:
                    hurt[at] ^= 1 << random.randrange(8)
                case 1:
                    hurt[at] = random.choice((0, 1, 2, 4, 5, 6, 0x30, 0x31, 0x80, 0xA0, 0xA1, 0xFF))
                case 2:
                    del hurt[at]
                case _:
                    hurt.insert(at, hurt[at])
            quick = (cms_plain.read_stamp if is_stamp else cms_plain.read)(bytes(hurt), content)
            if quick is None:
                continue
            slow = (
                cms_tolerant.read_stamp(bytes(hurt), content)
                if is_stamp
                else cms_tolerant.read(bytes(hurt), content, CADES)
            )
            if quick != slow:
                differ.append((at, hashlib.sha256(hurt).hexdigest()))
    assert not differ


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample documents are not beside this checkout")
def test_both_readers_agree_on_foreign_documents() -> None:
    read = 0
    for path in sorted((SAMPLES / "signed").glob("*.pdf")):
        try:
            found = messages(path.read_bytes())
        except ValueError:
            continue
        for der, covered in found:
            quick, stamp = cms_plain.read(der, covered), cms_plain.read_stamp(der, covered)
            assert quick in (None, cms_tolerant.read(der, covered, CADES)), path.name
            assert stamp in (None, cms_tolerant.read_stamp(der, covered)), path.name
            read += quick is not None or stamp is not None
    assert read > 8
