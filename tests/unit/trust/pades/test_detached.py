"""A signature is judged by the digest of what it signs; that the digest is the document's is the asker's word."""

import hashlib
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from tests.fakes import pki
from trust.anchors.snapshot import Anchor, Snapshot
from trust.flows.verify_digest import VerifyDigest
from trust.flows.verify_document import VerifyDocument
from trust.pades import detached
from trust.pades.contained import ContainedReader
from trust.pades.digest_request import pack, unpack
from trust.validation.policy import ORDINARY
from trust.validation.report import Report

ROOT = pki.authority("Root")
SIGNATORY = pki.signatory(ROOT)
DOCUMENT = b"A record that does not leave the agency."
RIGHT = {"sha256": hashlib.sha256(DOCUMENT).digest()}


def signed(document: bytes = DOCUMENT, *options: PKCS7Options) -> bytes:
    assert isinstance(SIGNATORY.key, ec.EllipticCurvePrivateKey)
    made = PKCS7SignatureBuilder().set_data(document)
    made = made.add_signer(SIGNATORY.certificate, SIGNATORY.key, hashes.SHA256()).add_certificate(ROOT.certificate)
    return made.sign(Encoding.DER, [PKCS7Options.Binary, *(options or (PKCS7Options.DetachedSignature,))])


@pytest.fixture
def reader() -> Iterator[ContainedReader]:
    made = ContainedReader()
    yield made
    made.close()


@pytest.fixture
def verify(reader: ContainedReader) -> VerifyDigest:
    whole = VerifyDocument(
        reader=reader,
        status=None,
        snapshot=Snapshot(anchors=(Anchor(territory="", entry="given", certificate=ROOT.der),)),
        policy=ORDINARY,
        clock=lambda: pki.NOW,
    )
    return VerifyDigest(reader=reader, verify=whole)


def told(report: Report) -> tuple[str, str]:
    return str(report.verdict.indication), report.verdict.reason


def test_the_right_digest_passes_and_says_whose_word_it_is(verify: VerifyDigest) -> None:
    report = verify(signed(), RIGHT)
    assert told(report) == ("PASSED", "valid")
    whole = report.as_json()
    assert (whole["subject"], whole["sha256"], whole["size"]) == ("digest", RIGHT["sha256"].hex(), 0)
    one = whole["signatures"][0]
    assert (one["coverage"], one["level"], one["process"]) == ("DIGEST_SUPPLIED", "B-B", "basic")
    assert one["signer"] == "Signatory"


def test_another_digest_fails(verify: VerifyDigest) -> None:
    assert told(verify(signed(), {"sha256": bytes(32)})) == ("FAILED", "HASH_FAILURE")


def test_a_digest_of_another_algorithm_decides_nothing(verify: VerifyDigest) -> None:
    other = {"sha512": hashlib.sha512(DOCUMENT).digest()}
    assert told(verify(signed(), other)) == ("INDETERMINATE", "digest_not_supplied")


def test_a_signature_value_that_was_touched_fails(verify: VerifyDigest) -> None:
    touched = bytearray(signed())
    touched[-3] ^= 1
    assert told(verify(bytes(touched), RIGHT))[0] == "FAILED"


def test_a_message_that_carries_its_content_is_not_detached(verify: VerifyDigest) -> None:
    assert told(verify(signed(DOCUMENT, PKCS7Options.NoCapabilities), RIGHT))[0] != "PASSED"


@pytest.mark.parametrize("message", [b"", b"not a message", b"\x30\x80" * 5000, b"%PDF-1.7", signed()[:-40]])
def test_bytes_that_are_no_signature_are_judged_too(verify: VerifyDigest, message: bytes) -> None:
    assert told(verify(message, RIGHT))[0] != "PASSED"


def test_what_is_read_contained_is_what_is_read_here(reader: ContainedReader) -> None:
    message = signed()
    assert reader.read_detached(message, RIGHT) == detached.read(message, RIGHT)


def test_a_request_comes_out_as_it_went_in() -> None:
    assert unpack(pack(b"a\nmessage", RIGHT)) == (b"a\nmessage", RIGHT)


def test_a_document_cannot_pass_itself_off_as_such_a_request(reader: ContainedReader) -> None:
    posing = pack(signed(), RIGHT)
    assert reader.read(posing).problem == "not_a_pdf"
    assert reader.read(posing).digest_only is False
