"""Valid signatures of another program pass, with the right level and time; others fail for the right reason."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509

from tests.attacks.documents import opened, saved, with_form
from tests.fakes.foreign_signing import KEYS, ForeignSigner
from tests.fakes.sealing_world import SealingWorld, plain_pdf

pytestmark = pytest.mark.filterwarnings("ignore")
SOURCES = {
    "B-B": "claimed",
    "B-T": "signature_timestamp",
    "B-LT": "signature_timestamp",
    "B-LTA": "signature_timestamp",
}


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def verdict(world: SealingWorld, pdf: bytes) -> tuple[str, str]:
    told = world.verify(pdf).verdict
    return str(told.indication), told.reason


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("level", SOURCES)
def test_every_level_and_key_passes_as_what_it_is(world: SealingWorld, kind: str, level: str) -> None:
    report = world.verify(ForeignSigner(world=world, kind=kind).sign(plain_pdf(), level))
    assert report.verdict.passed, report.as_json()
    told = report.as_json()["signatures"][0]
    assert (told["level"], told["signing_time_source"], told["territory"]) == (level, SOURCES[level], "HK")


def test_an_adobe_signature_passes_too(world: SealingWorld) -> None:
    assert verdict(world, ForeignSigner(world=world).sign(plain_pdf(), adobe=True)) == ("PASSED", "valid")


INPUTS: dict[str, Callable[[], bytes]] = {
    "linearised": lambda: plain_pdf(5, linearize=True),
    "object streams": lambda: plain_pdf(3, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "both": lambda: plain_pdf(3, linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "form": with_form,
}


@pytest.mark.parametrize("kind", INPUTS)
@pytest.mark.parametrize("level", ["B-B", "B-LTA"])
def test_every_kind_of_document_passes(world: SealingWorld, kind: str, level: str) -> None:
    assert verdict(world, ForeignSigner(world=world).sign(INPUTS[kind](), level)) == ("PASSED", "valid")


def test_several_signers_of_several_territories_pass(world: SealingWorld) -> None:
    pdf = plain_pdf()
    for territory in ("HK", "MO", "CN-44"):
        pdf = ForeignSigner(world=world, territory=territory).sign(pdf, "B-T", name=f"By {territory}")
    report = world.verify(pdf)
    assert report.verdict.passed
    told = report.as_json()["signatures"]
    assert [one["territory"] for one in told] == ["HK", "MO", "CN-44"]
    assert [one["modifications"] for one in told] == ["signatures", "signatures", "none"]


def test_a_countersignature_after_a_long_term_one_passes(world: SealingWorld) -> None:
    pdf = ForeignSigner(world=world).sign(plain_pdf(), "B-LTA")
    pdf = ForeignSigner(world=world, territory="MO").sign(pdf, "B-LTA", name="Second")
    assert verdict(world, pdf) == ("PASSED", "valid")


def test_a_second_signature_passes_where_a_certification_allows_it(world: SealingWorld) -> None:
    first = ForeignSigner(world=world).sign(plain_pdf(), certify=2)
    second = ForeignSigner(world=world).sign(first, name="Second")
    assert verdict(world, second) == ("PASSED", "valid")


def test_a_signature_after_filling_in_what_a_certification_allows_passes(world: SealingWorld) -> None:
    from random import Random  # noqa: PLC0415

    from tests.attacks.certified import form_filled  # noqa: PLC0415

    filled = form_filled(ForeignSigner(world=world).sign(with_form(), certify=2), Random(1))
    assert verdict(world, ForeignSigner(world=world).sign(filled, name="Second")) == ("PASSED", "valid")


def test_a_renewed_signature_passes_and_outlives_its_certificate(world: SealingWorld) -> None:
    signer = ForeignSigner(world=world, not_after=world.now + timedelta(days=30))
    pdf = signer.renew(signer.sign(plain_pdf(), "B-LTA"))
    world.later(days=60)
    assert verdict(world, pdf) == ("PASSED", "valid")


def test_a_bare_signature_does_not_outlive_its_certificate(world: SealingWorld) -> None:
    pdf = ForeignSigner(world=world, not_after=world.now + timedelta(days=30)).sign(plain_pdf())
    world.later(days=60)
    assert verdict(world, pdf) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")


def test_a_stamped_signature_survives_a_later_revocation_and_a_bare_one_does_not(world: SealingWorld) -> None:
    signer = ForeignSigner(world=world)
    bare, stamped = signer.sign(plain_pdf()), signer.sign(plain_pdf(), "B-LTA")
    world.later(days=1)
    serial = x509.load_der_x509_certificate(signer.chain[0]).serial_number
    world.authorities.revoke("HK", serial)
    world.later(days=1)
    assert verdict(world, stamped) == ("PASSED", "valid")
    assert verdict(world, bare) == ("INDETERMINATE", "REVOKED_NO_POE")


def test_an_unsigned_copy_of_a_signed_document_is_not_signed(world: SealingWorld) -> None:
    with opened(ForeignSigner(world=world).sign(plain_pdf())) as pdf:
        del pdf.Root.AcroForm
        copy = saved(pdf)
    assert verdict(world, copy)[0] != "PASSED"
