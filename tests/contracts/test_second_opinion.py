"""Our verdicts beside pyHanko's own slow validation, over every document that the tests seal, attack or were given.

A difference must be told here, with its reason, and must be on the side of safety: what pyHanko calls valid and we do
not pass is listed in STRICTER; what we pass and pyHanko does not call valid is listed in PROVED, where a proof of time
that pyHanko's plain validation does not weigh makes the difference. An entry that explains nothing fails too.
"""

import asyncio
import logging
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random

import pytest
from asn1crypto import x509 as asn1
from cryptography import x509

from deploy.composing import sealing
from tests.attacks import kinds
from tests.attacks.documents import BASES, base, trapped, world
from tests.fakes.foreign_signing import KEYS, ForeignSigner
from tests.fakes.sealing_world import SAMPLES, Uncontained, plain_pdf
from tests.fakes.second_opinion import opinions
from trust.flows.verify_document import VerifyDocument
from trust.pades import reader
from trust.signing.profile import Level
from trust.validation import paths
from trust.validation.policy import ORDINARY
from trust.validation.report import Report

pytestmark = pytest.mark.filterwarnings("ignore")
BEHIND_THE_XREF = (
    "pyHanko follows the cross-reference, which the update leaves as it was; a viewer that searches the file for"
    " objects shows the attacker's page"
)
STRICTER = {
    "isa_empty_xref": BEHIND_THE_XREF,
    "isa_hidden_in_stream": BEHIND_THE_XREF,
    "isa_hidden_in_comment": BEHIND_THE_XREF,
    "isa_old_startxref": "the last startxref passes over an update that a viewer which searches backwards shows",
    "isa_entry_twice": "two entries for one object: which of them counts differs from viewer to viewer",
    "isa_after_end": "what stands after the last end marker is in no revision, and nobody vouches for it",
    "sneaky_signature": "a mark without a signature looks signed; pyHanko takes it for a form that was filled in",
    "form_filled": "nobody allowed the form to be filled in, or the field is so large that it hides the page",
    "pdf_behind_chained": "a second document behind the first, which a viewer that searches the file may open",
    "trap: extensions as graphics state": "what a page draws by; pyHanko takes any extension for harmless",
    "trap: hole": "what fills the hole was written after the signature, and is drawn",
    "doc-firmado-T.pdf": "nothing in the file says how the certificates stood; pyHanko takes that for good",
    "Signature-P-HU_MIC-1.pdf": "the answer on the signer's certificate had lapsed; pyHanko takes that for good",
    "pades-bes.pdf": "nothing in the file says how the certificate stood; pyHanko takes that for good",
    "pades-epes.pdf": "nothing in the file says how the certificate stood; pyHanko takes that for good",
    "pdf-signed-original.pdf": "nothing in the file says how the certificate stood; pyHanko takes that for good",
    "replace.pdf": "a shadow attack: what was filled in replaces what was signed",
    "timestamped_and_signed.pdf": "nothing in the file says how the certificate stood; pyHanko takes that for good",
}
PROVED = {
    "dss-2058-LTA-test.pdf": "an authority said `good` a day after the proven time of the signature, and the archive"
    " timestamp proves that it did (EN 319 102-1 §5.6.3); pyHanko holds that the answer is no longer fresh",
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


def called_valid(pdf: bytes, roots: tuple[bytes, ...], moment: datetime, others: tuple[bytes, ...] = ()) -> bool:
    """Whether pyHanko calls everything signed valid; an error is none."""
    try:
        found = asyncio.run(
            opinions(pdf, map(asn1.Certificate.load, roots), moment, list(map(asn1.Certificate.load, others)))
        )
    except Exception:  # whatever it stumbles over, it did not call it valid
        return False
    return bool(found) and all(one.valid for one in found)


def difference(ours: Report, pdf: bytes, roots: tuple[bytes, ...], moment: datetime, others: tuple[bytes, ...]) -> str:
    """`stricter`, `milder` or nothing; a verdict of ours is compared as of the moment that it rests on, too."""
    theirs = called_valid(pdf, roots, moment, others)
    if ours.verdict.passed and not theirs:
        proved = min((found.at for found, _ in ours.signatures if not found.facts.is_stamp), default=moment)
        theirs = called_valid(pdf, roots, proved + timedelta(minutes=1), others)
    if ours.verdict.passed == theirs:
        return ""
    return "milder" if ours.verdict.passed else "stricter"


def of_our_world(pdf: bytes) -> str:
    here = world()
    return difference(here.verify(pdf), pdf, tuple(here.authorities.anchors.values()), here.now, ())


@pytest.mark.parametrize("name", BASES)
def test_both_call_what_nobody_touched_valid(name: str) -> None:
    assert of_our_world(base(name)) == ""


@pytest.mark.parametrize("level", Level)
def test_both_call_our_seals_valid(level: Level) -> None:
    assert of_our_world(world().seal_at(level, plain_pdf(2))) == ""


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_both_call_others_signatures_valid(kind: str, level: str) -> None:
    signer = ForeignSigner(world=world(), kind=kind)
    once = signer.sign(plain_pdf(), level)
    assert (of_our_world(once), of_our_world(signer.sign(once, level, name="Second"))) == ("", "")


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.thorough)], ids=["one", "every-base"])
@pytest.mark.parametrize("kind", [attack.__name__ for attack in kinds.RECOGNISED])
def test_of_an_attack_we_say_what_pyhanko_says_or_worse(kind: str, every: bool) -> None:
    attack = next(each for each in kinds.RECOGNISED if each.__name__ == kind)
    bases = kinds.NEEDS.get(attack, tuple(BASES))
    found = {
        of_our_world(attack(base(place), Random(1))) for place in (bases if every or kind in STRICTER else bases[:1])
    }
    assert found - {""} == ({"stricter"} if kind in STRICTER else set())


@pytest.mark.parametrize("kind", kinds.TRAPS)
def test_of_a_trap_too(kind: str) -> None:
    laid = trapped(kind)
    assert of_our_world(laid) == ""
    assert of_our_world(kinds.trap_sprung(kind, laid)) == ("stricter" if f"trap: {kind}" in STRICTER else "")


@lru_cache(maxsize=1)
def samples() -> tuple[Path, ...]:
    return tuple(sorted((SAMPLES / "signed").glob("*.pdf")))


def of_a_stranger(pdf: bytes) -> set[str]:
    """With the topmost certificates that came along as anchors: two days after it was signed, and today."""
    facts = reader.read(pdf)
    messages = [message for item in facts.signatures for message in (item.cms, *(s.cms for s in item.cms.stamps))]
    carried = dict.fromkeys((*facts.certificates, *(der for message in messages for der in message.certificates)))
    known = {der: found for der in carried if (found := paths.load(der)) is not None}
    tops = tuple(der for der, found in known.items() if _is_top(found, list(known.values())))
    times = [
        item.claimed_at or item.cms.claimed_at or (item.stamp.at if item.stamp is not None else None)
        for item in facts.signatures
    ]
    differing = set()
    for moment in (max((each for each in times if each is not None), default=None), datetime(2026, 11, 21, tzinfo=UTC)):
        if moment is not None:
            at = moment + timedelta(days=2)
            verify = VerifyDocument(
                reader=Uncontained(),
                status=None,
                snapshot=sealing.snapshot(None, tops),
                policy=ORDINARY,
                clock=lambda at=at: at,
            )
            differing.add(difference(verify(pdf), pdf, tops, at, tuple(known)))
    return differing - {""}


def _is_top(found: x509.Certificate, others: list[x509.Certificate]) -> bool:
    return found.issuer == found.subject or not any(other.subject == found.issuer for other in others)


@pytest.mark.skipif(not samples(), reason="the sample documents are not beside this checkout")
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_of_strangers_documents_we_say_what_pyhanko_says_or_worse(path: Path) -> None:
    expected = {"stricter"} if path.name in STRICTER else {"milder"} if path.name in PROVED else set()
    assert of_a_stranger(path.read_bytes()) == expected


def test_every_entry_explains_something() -> None:
    there = {attack.__name__ for attack in kinds.RECOGNISED} | {f"trap: {kind}" for kind in kinds.TRAPS}
    there |= {path.name for path in samples()} if samples() else {*STRICTER, *PROVED}
    assert {*STRICTER, *PROVED} <= there
