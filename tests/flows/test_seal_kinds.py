"""Every kind of signature that we make: valid for us, for pyHanko's validator and for poppler's pdfsig."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from msgspec.structs import replace
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.fakes.sealing_world import SAMPLES, SealingWorld, plain_pdf
from trust.errors import DocumentRefused
from trust.signing.profile import Level, SealProfile

PLAIN = SealProfile(agency="Agency", language="en")
APPROVAL = replace(PLAIN, approves=True)


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def with_field(*, box: tuple[int, int, int, int] = (50, 50, 250, 120), name: str = "Director") -> bytes:
    """A document with a signature field that waits, as another program puts it there."""
    writer = IncrementalPdfFileWriter(io.BytesIO(plain_pdf()))
    fields.append_signature_field(writer, fields.SigFieldSpec(name, box=box))
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def countersigned(world: SealingWorld) -> bytes:
    first = world.seal(plain_pdf(), APPROVAL).content
    return world.seal(first, replace(APPROVAL, agency="Second", field="Counter"), device=world.device("HK")).content


def signed_after_certification(world: SealingWorld) -> bytes:
    first = world.seal(plain_pdf(), replace(PLAIN, permits=2, leaves=("Second",))).content
    return world.seal(first, replace(APPROVAL, field="Second"), device=world.device("MO")).content


KINDS: dict[str, Callable[[SealingWorld], bytes]] = {
    "certified": lambda world: world.seal(plain_pdf(), PLAIN).content,
    "approval": lambda world: world.seal(plain_pdf(), APPROVAL).content,
    "invisible": lambda world: world.seal(plain_pdf(), replace(PLAIN, visible=False)).content,
    "RSA-2048": lambda world: world.seal(plain_pdf(), PLAIN, device=world.device(algorithm="RSA-2048")).content,
    "Ed25519": lambda world: world.seal(plain_pdf(), PLAIN, device=world.device(algorithm="Ed25519")).content,
    "in a field that waited": lambda world: world.seal(with_field(), replace(APPROVAL, field="Director")).content,
    "in a field of its own name": lambda world: world.seal(plain_pdf(), replace(PLAIN, field="Registrar")).content,
    "countersigned": countersigned,
    "signed after a certification": signed_after_certification,
    "object streams": lambda world: (
        world.seal(plain_pdf(3, object_stream_mode=pikepdf.ObjectStreamMode.generate), APPROVAL).content
    ),
}
FIRST_OF_TWO = {"countersigned", "signed after a certification"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_passes(world: SealingWorld, kind: str) -> None:
    report = world.verify(KINDS[kind](world))
    assert report.verdict.passed, report.as_json()
    signatures = [one for one in report.as_json()["signatures"] if one["level"]]
    assert [one["level"] for one in signatures] == ["B-LTA"] * (2 if kind in FIRST_OF_TWO else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_pyhanko_finds_each_kind_valid(world: SealingWorld, kind: str) -> None:
    reader = PdfFileReader(io.BytesIO(KINDS[kind](world)), strict=True)
    for signature in reader.embedded_regular_signatures:
        context = ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(der) for der in world.authorities.anchors.values()],
            allow_fetching=False,
            other_certs=list(DocumentSecurityStore.read_dss(reader).load_certs()),
            moment=world.now,
        )
        status = validate_pdf_signature(signature, context)
        assert status.bottom_line, status


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "Ed25519"])  # poppler's NSS knows no Ed25519
def test_pdfsig_finds_each_kind_valid(world: SealingWorld, kind: str, tmp_path: Path, pdfsig: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(KINDS[kind](world))
    said = subprocess.run([pdfsig, "-nocert", file], capture_output=True, text=True, check=False, timeout=60)
    assert said.stdout.count("Signature is Valid") == (2 if kind in FIRST_OF_TWO else 1), said.stdout + said.stderr


@pytest.mark.parametrize("kind", ["certified", "approval", "countersigned", "RSA-2048"])
def test_mutool_finds_the_document_unchanged(world: SealingWorld, kind: str, tmp_path: Path, mutool: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(KINDS[kind](world))
    said = subprocess.run([mutool, "sign", "-v", file], capture_output=True, text=True, check=False, timeout=60)
    assert "digest failed" not in (said.stdout + said.stderr).lower(), said.stdout
    assert "The document is unchanged since signing" in said.stdout or "edits" in said.stdout, said.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_qpdf_finds_each_kind_well_formed(world: SealingWorld, kind: str, tmp_path: Path, qpdf: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(KINDS[kind](world))
    said = subprocess.run([qpdf, "--check", file], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0, said.stdout + said.stderr


def opened(pdf: bytes) -> Any:
    return pikepdf.open(io.BytesIO(pdf))


def test_a_certification_says_what_it_permits(world: SealingWorld) -> None:
    for permits in (1, 2, 3):
        with opened(world.seal(plain_pdf(), replace(PLAIN, permits=permits)).content) as pdf:
            stated = pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P
            assert stated == permits
    with opened(KINDS["approval"](world)) as pdf:
        assert "/Perms" not in pdf.Root


def test_a_field_that_waits_keeps_its_place_and_name(world: SealingWorld) -> None:
    with opened(KINDS["in a field that waited"](world)) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert (str(field.T), [int(side) for side in field.Rect]) == ("Director", [50, 50, 250, 120])
        assert "/AP" in field
        assert field.V.Filter == "/Adobe.PPKLite"


REFUSED: dict[str, tuple[Callable[[SealingWorld], bytes], SealProfile, str]] = {
    "a field that is signed": (
        lambda world: world.seal(plain_pdf(), replace(APPROVAL, field="One")).content,
        replace(APPROVAL, field="One"),
        "field_already_signed",
    ),
    "a field below another": (lambda _: plain_pdf(), replace(PLAIN, field="a.b"), "field_unfit"),
    "a certified file without a field for it": (
        lambda world: world.seal(plain_pdf(), replace(PLAIN, permits=2)).content,
        APPROVAL,
        "certified_without_field",
    ),
    "a field left where nothing is permitted": (lambda _: plain_pdf(), replace(PLAIN, leaves=("X",)), "field_unfit"),
    "a permission that is none": (lambda _: plain_pdf(), replace(PLAIN, permits=4), "permission_unknown"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_signed_like_this_is_refused(world: SealingWorld, kind: str) -> None:
    made, profile, reason = REFUSED[kind]
    with pytest.raises(DocumentRefused, match=reason):
        world.seal(made(world), profile)


PDFA = SAMPLES / "plain" / "crazyones-pdfa.pdf"


@pytest.mark.samples
@pytest.mark.skipif(not PDFA.is_file(), reason="../shared/samples is not there")
def test_of_an_archive_file_it_is_said_what_became_of_it(world: SealingWorld) -> None:
    sealed = world.seal(PDFA.read_bytes(), PLAIN)
    assert [one.claimed.startswith("PDF/A-") for one in sealed.standards] == [True]


def test_a_document_that_claims_nothing_keeps_nothing(world: SealingWorld) -> None:
    assert world.seal(plain_pdf(), PLAIN).standards == ()
    assert world.seal_at(Level.B, plain_pdf())
