"""What is sealed verifies, and every way of touching it afterwards is told apart."""

import io
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.fakes.sealing_world import PROFILE, SAMPLES, SealingWorld, plain_pdf
from trust.anchors.snapshot import Snapshot
from trust.errors import DocumentRefused, KeyUnavailable
from trust.pades.increment import Increment
from trust.pades.xref import read as read_xref
from trust.signing.profile import Level, SealProfile


def opened(file: io.BytesIO) -> Any:
    """The document, untyped: pikepdf's objects take any attribute."""
    return pikepdf.open(file, inherit_page_attributes=False)


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def conclusion(world: SealingWorld, pdf: bytes) -> tuple[str, str]:
    verdict = world.verify(pdf).verdict
    return str(verdict.indication), verdict.reason


def rotated(angle: int) -> bytes:
    with opened(io.BytesIO(plain_pdf())) as pdf:
        pdf.pages[0].obj["/Rotate"] = angle
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def with_form() -> bytes:
    with opened(io.BytesIO(plain_pdf())) as pdf:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="name",
                V="before",
                Rect=pikepdf.Array([10, 10, 90, 30]),
            )
        )
        pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([field])
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def without_header_offset() -> bytes:
    return b"From a mail gateway\n" + plain_pdf()


VALID: dict[str, Callable[[], bytes]] = {
    "one page": plain_pdf,
    "many pages": lambda: plain_pdf(300),
    "object streams": lambda: plain_pdf(3, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearised": lambda: plain_pdf(5, linearize=True),
    "PDF 1.0": lambda: plain_pdf(1, force_version="1.0"),
    "PDF 2.0": lambda: plain_pdf(1, force_version="2.0"),
    "rotated": lambda: rotated(90),
    "rotated backwards": lambda: rotated(270),
    "form": with_form,
    "junk before the header": without_header_offset,
    "bytes after the end": lambda: plain_pdf() + b"<!-- appended by a server -->",
    "lost cross-reference": lambda: re.sub(rb"startxref\n\d+", b"startxref\n7", plain_pdf()),
}


@pytest.mark.parametrize("kind", VALID)
def test_every_valid_document_is_sealed_at_b_lta_and_passes(world: SealingWorld, kind: str) -> None:
    sealed = world.seal(VALID[kind]())
    report = world.verify(sealed.content)
    assert report.verdict.passed, report.as_json()
    told = report.as_json()["signatures"][0]
    assert (told["level"], told["territory"], told["modifications"]) == ("B-LTA", "CN-44", "validation_data")
    assert told["signing_time_source"] == "signature_timestamp"
    assert told["signing_time"] == "2026-11-21T08:00:00Z"


@pytest.mark.parametrize("kind", VALID)
def test_an_independent_reader_finds_the_seal_valid(
    world: SealingWorld, kind: str, tmp_path: Path, pdfsig: Path
) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(world.seal(VALID[kind]()).content)
    said = subprocess.run([pdfsig, "-nocert", file], capture_output=True, text=True, check=False, timeout=60)
    assert "Signature is Valid" in said.stdout, said.stdout + said.stderr


@pytest.mark.parametrize("kind", ["one page", "linearised", "object streams", "form"])
def test_a_sound_document_keeps_every_byte(world: SealingWorld, kind: str) -> None:
    original = VALID[kind]()
    sealed = world.seal(original)
    assert sealed.content.startswith(original)
    assert not sealed.normalised


def test_a_document_that_had_to_be_repaired_says_so(world: SealingWorld) -> None:
    assert world.seal(without_header_offset()).normalised


def test_an_rsa_seal_passes_too(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf(), device=world.device(algorithm="RSA-2048"))
    assert world.verify(sealed.content).verdict.passed


@pytest.mark.parametrize("territory", ["HK", "MO", "CN-44"])
def test_a_seal_is_told_by_its_territory(world: SealingWorld, territory: str) -> None:
    sealed = world.seal(plain_pdf(), device=world.device(territory))
    assert world.verify(sealed.content).as_json()["signatures"][0]["territory"] == territory


@pytest.mark.parametrize("level", list(Level))
def test_every_level_passes_as_what_it_is(world: SealingWorld, level: Level) -> None:
    report = world.verify(world.seal_at(level, plain_pdf()))
    assert report.verdict.passed
    assert report.as_json()["signatures"][0]["level"] == level.value


def test_two_agencies_can_seal_one_after_the_other(world: SealingWorld) -> None:
    # the first seal must allow another: a certification at level 1 does not
    first = world.seal(plain_pdf()).content
    with pytest.raises(DocumentRefused, match="certified_against_changes"):
        world.seal(first)


def test_a_b_lta_seal_passes_after_its_certificate_has_expired(world: SealingWorld) -> None:
    device = world.device(not_after=world.now + timedelta(days=30))
    sealed = world.seal_at(Level.LTA, plain_pdf(), device=device)
    world.later(days=60)
    assert conclusion(world, sealed) == ("PASSED", "valid")


@pytest.mark.parametrize("days", [-1, 31], ids=["before it begins", "after its end"])
def test_nothing_is_sealed_under_a_certificate_that_is_not_valid_now(world: SealingWorld, days: int) -> None:
    device = world.device(not_before=world.now, not_after=world.now + timedelta(days=30))
    world.later(days=days)
    with pytest.raises(KeyUnavailable, match="seal_certificate_not_valid_now"):
        world.seal_at(Level.B, plain_pdf(), device=device)


def test_an_expired_certificate_without_timestamp_is_undecided(world: SealingWorld) -> None:
    device = world.device(not_after=world.now + timedelta(days=30))
    sealed = world.seal_at(Level.B, plain_pdf(), device=device)
    world.later(days=60)
    assert conclusion(world, sealed) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")


def test_a_signature_after_the_revocation_fails(world: SealingWorld) -> None:
    device = world.device()
    serial = pikepdf_serial(device.chain[0])
    world.authorities.revoke("CN-44", serial)
    world.later(hours=1)
    assert conclusion(world, world.seal_at(Level.B, plain_pdf(), device=device)) == ("FAILED", "REVOKED")


def test_a_stamped_signature_outlives_a_later_revocation(world: SealingWorld) -> None:
    device = world.device()
    sealed = world.seal_at(Level.LTA, plain_pdf(), device=device)
    world.later(hours=2)
    world.authorities.revoke("CN-44", pikepdf_serial(device.chain[0]))
    world.later(hours=2)
    assert conclusion(world, sealed) == ("PASSED", "valid")


def test_an_unknown_authority_is_undecided(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf()).content
    verdict = world.verifier(snapshot=Snapshot(anchors=()))(sealed).verdict
    assert (str(verdict.indication), verdict.reason) == ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")


def test_without_a_network_a_b_lta_seal_still_passes(world: SealingWorld) -> None:
    assert world.verify(world.seal(plain_pdf()).content, online=False).verdict.passed


def test_without_a_network_a_bare_signature_is_undecided(world: SealingWorld) -> None:
    report = world.verify(world.seal_at(Level.B, plain_pdf()), online=False)
    assert report.verdict.reason == "TRY_LATER"


def test_a_changed_byte_fails_wherever_it_is(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf()).content
    for at in range(0, len(sealed), len(sealed) // 60):
        changed = bytearray(sealed)
        changed[at] ^= 1
        assert not world.verify(bytes(changed)).verdict.passed, at


def test_a_changed_word_fails(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf(compress_streams=False)).content
    in_text = sealed.replace(b"(Page 1)", b"(Page 7)")
    assert in_text != sealed
    assert conclusion(world, in_text) == ("FAILED", "HASH_FAILURE")


def appended(pdf: bytes, change: str) -> bytes:
    """The document with an incremental update of somebody else's."""
    with opened(io.BytesIO(pdf)) as now:
        increment = Increment(read_xref(pdf))
        page: Any = now.pages[0].obj
        tree: Any = now.Root.Pages
        if change == "page added":
            added = increment.add(b"<< /Type /Page /MediaBox [0 0 100 100] /Parent %s >>" % tree.unparse())
            kids = b" ".join(item.unparse() for item in tree.Kids)
            body = b"<< /Type /Pages /Kids [%s %s] /Count %d >>" % (kids, added, len(now.pages) + 1)
            increment.put(tree.objgen[0], body)
        elif change == "content replaced":
            content = page.Contents
            text = b"BT /F1 24 Tf 72 720 Td (Pay 9999) Tj ET"
            increment.put(content.objgen[0], b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
        elif change == "note added":
            note = increment.add(b"<< /Type /Annot /Subtype /FreeText /Rect [0 0 500 800] /Contents (covering) >>")
            listed = page.Annots
            kept = b" ".join(item.unparse() for item in listed)
            increment.put(listed.objgen[0], b"[%s %s]" % (kept, note))
        elif change == "document information":
            increment.add(b"<< /Unrelated true >>")
    return bytes(increment.append_to(pdf).pdf)


@pytest.mark.parametrize("change", ["page added", "content replaced", "note added"])
def test_an_incremental_change_fails(world: SealingWorld, change: str) -> None:
    attacked = appended(world.seal(plain_pdf()).content, change)
    indication, reason = conclusion(world, attacked)
    assert indication == "FAILED"
    assert reason in ("modified_after_signing", "modified_against_certification")


def test_objects_behind_the_back_of_the_cross_reference_fail(world: SealingWorld) -> None:
    # a viewer that rebuilds the cross-reference would show these; one that follows it would not
    sealed = world.seal(plain_pdf()).content
    layout = read_xref(sealed)
    hidden = b"4 0 obj\n<< /Length 9 >>\nstream\nBT (X) Tj\nendstream\nendobj\n"
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Prev %d >>\n" % (layout.size, layout.start)
    start = len(sealed) + len(hidden)
    attacked = sealed + hidden + b"xref\n0 0\n" + trailer + b"startxref\n%d\n%%%%EOF\n" % start
    assert conclusion(world, attacked)[0] == "FAILED"


def test_bytes_that_nobody_accounts_for_fail(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf()).content
    assert conclusion(world, sealed + b"\n% a remark\n")[0] == "FAILED"


def test_trailing_white_space_is_nothing(world: SealingWorld) -> None:
    assert world.verify(world.seal(plain_pdf()).content + b"\r\n").verdict.passed


OTHERWISE: dict[str, Callable[[], bytes]] = {
    "no_signature": plain_pdf,
    "not_a_pdf": lambda: b"%PDF is what I am called, but I am a text file" * 3 + b"\n",
    "empty": lambda: b"",
    "encrypted": lambda: plain_pdf(encryption=pikepdf.Encryption(owner="o", user="u", R=6)),
    "unreadable": lambda: b"%PDF-1.7\n" + bytes(500),
}


@pytest.mark.parametrize("reason", OTHERWISE)
def test_what_carries_no_signature_is_undecided_for_its_own_reason(world: SealingWorld, reason: str) -> None:
    assert conclusion(world, OTHERWISE[reason]()) == ("INDETERMINATE", reason)


REFUSED = {reason: make for reason, make in OTHERWISE.items() if reason != "no_signature"}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_cannot_be_sealed_is_refused_for_its_own_reason(world: SealingWorld, reason: str) -> None:
    with pytest.raises(DocumentRefused, match=reason):
        world.seal(REFUSED[reason]())


def test_a_report_is_the_same_bytes_for_the_same_file_and_time(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf()).content
    assert world.verify(sealed).as_line() == world.verify(sealed).as_line()


def test_an_invisible_seal_draws_nothing(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf(), SealProfile(agency="A", language="en", visible=False)).content
    with opened(io.BytesIO(sealed)) as pdf:
        assert all("/AP" not in item for item in pdf.pages[0].obj.Annots)


def test_the_visible_seal_stands_on_the_last_page_within_its_edges(world: SealingWorld) -> None:
    sealed = world.seal(plain_pdf(3), PROFILE).content
    with opened(io.BytesIO(sealed)) as pdf:
        assert "/Annots" not in pdf.pages[0].obj
        x0, y0, x1, y1 = (float(side) for side in pdf.pages[2].obj.Annots[0].Rect)
    assert 0 < x0 < x1 < 595
    assert 0 < y0 < y1 < 842


def pikepdf_serial(der: bytes) -> int:
    from cryptography import x509  # noqa: PLC0415

    return x509.load_der_x509_certificate(der).serial_number


PLAIN = sorted((SAMPLES / "plain").glob("*.pdf")) if SAMPLES.is_dir() else []
SIGNED = sorted((SAMPLES / "signed").glob("*.pdf")) if SAMPLES.is_dir() else []


@pytest.mark.samples
@pytest.mark.skipif(not PLAIN, reason="../shared/samples is not there")
@pytest.mark.parametrize("file", PLAIN, ids=lambda file: file.stem)
def test_a_document_of_the_collection_is_sealed_and_passes(world: SealingWorld, file: Path) -> None:
    if "password" in file.name:
        with pytest.raises(DocumentRefused, match="encrypted"):
            world.seal(file.read_bytes())
        return
    assert world.verify(world.seal(file.read_bytes()).content).verdict.passed


@pytest.mark.samples
@pytest.mark.skipif(not SIGNED, reason="../shared/samples is not there")
@pytest.mark.parametrize("file", SIGNED, ids=lambda file: file.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_foreign_document_passes_without_its_authority(world: SealingWorld, file: Path) -> None:
    report = world.verify(file.read_bytes())
    assert not report.verdict.passed
    manipulated = {"hide", "pdf-signed-added-page", "pdf-signed-corrupted", "pdf-byterange-overlap"}
    if file.stem in manipulated:
        assert str(report.verdict.indication) == "FAILED"
