"""We and others agree: pyHanko finds our seals valid, and we find its signatures to be what they are."""

import io
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.fakes.sealing_world import SealingWorld, plain_pdf
from trust.anchors.snapshot import Anchor, Snapshot


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def pyhanko_signed(world: SealingWorld, pdf: bytes, *, name: str = "Other", **meta: Any) -> bytes:
    """Signed by pyHanko with an RSA key that our sandbox certified."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    chain = [asn1_x509.Certificate.load(der) for der in world.authorities.enrol("HK", "Other", key.public_key())]
    store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(chain[1:])
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer: Any = signers.SimpleSigner(
        signing_cert=chain[0], signing_key=asn1_keys.PrivateKeyInfo.load(private), cert_registry=store
    )
    out = io.BytesIO()
    described = signers.PdfSignatureMetadata(field_name=name, md_algorithm="sha256", **meta)
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), described, signer, output=out)
    return out.getvalue()


@pytest.mark.parametrize("sub_filter", ["PADES", "ADOBE_PKCS7_DETACHED"])
def test_a_signature_by_pyhanko_passes_under_its_authority(world: SealingWorld, sub_filter: str) -> None:
    signed = pyhanko_signed(world, plain_pdf(), subfilter=fields.SigSeedSubFilter[sub_filter])
    report = world.verify(signed)
    assert report.verdict.passed, report.as_json()
    assert report.as_json()["signatures"][0]["territory"] == "HK"


def test_the_same_signature_is_undecided_under_another_authority(world: SealingWorld) -> None:
    signed = pyhanko_signed(world, plain_pdf())
    other = Anchor(territory="MO", entry="x", certificate=world.authorities.anchors["MO"])
    verdict = world.verifier(snapshot=Snapshot(anchors=(other,)))(signed).verdict
    assert verdict.reason == "NO_CERTIFICATE_CHAIN_FOUND"


def test_two_signatures_in_a_row_both_pass(world: SealingWorld) -> None:
    twice = pyhanko_signed(world, pyhanko_signed(world, plain_pdf(), name="First"), name="Second")
    report = world.verify(twice)
    assert report.verdict.passed, report.as_json()
    assert [one["modifications"] for one in report.as_json()["signatures"]] == ["signatures", "none"]


def test_a_signed_document_can_be_sealed_and_both_pass(world: SealingWorld) -> None:
    sealed = world.seal(pyhanko_signed(world, plain_pdf())).content
    report = world.verify(sealed)
    assert report.verdict.passed, report.as_json()
    assert [one["level"] for one in report.as_json()["signatures"]] == ["B-T", "B-LTA", None]


def test_pyhanko_finds_our_seal_valid_and_only_evidence_after_it(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf()).content
    found = PdfFileReader(io.BytesIO(sealed), strict=True)
    roots = [asn1_x509.Certificate.load(der) for der in world.authorities.anchors.values()]
    context = ValidationContext(
        trust_roots=roots,
        allow_fetching=False,
        other_certs=list(DocumentSecurityStore.read_dss(found).load_certs()),
        moment=world.now,
    )
    status = validate_pdf_signature(found.embedded_regular_signatures[0], context)
    assert status.bottom_line
    assert status.modification_level is not None
    assert status.modification_level.name == "LTA_UPDATES"
