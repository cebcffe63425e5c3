"""What no page shows: the title, the metadata, the evidence, how a form is to be drawn; and who may change it."""

from collections.abc import Callable

import pikepdf
import pytest
from msgspec.structs import replace

from tests.attacks.documents import base, opened, saved, signer, with_form, world, xmp
from tests.attacks.update import Update, metadata
from tests.fakes.foreign_signing import ForeignSigner
from tests.fakes.sealing_world import plain_pdf
from trust.validation.policy import POLICIES

pytestmark = pytest.mark.filterwarnings("ignore")


def judged(pdf: bytes, policy: str = "ordinary") -> tuple[str, str]:
    told = replace(world().verifier(), policy=POLICIES[policy])(pdf).verdict
    return str(told.indication), told.reason


def notes(pdf: bytes) -> set[str]:
    return {note for one in world().verify(pdf).as_json()["signatures"] for note in one["modification_notes"]}


def described() -> bytes:
    """A document with a title, in both places."""
    with opened(plain_pdf()) as pdf:
        pdf.trailer["/Info"] = pdf.make_indirect(pikepdf.Dictionary(Title="Lease", Producer="A", ModDate="D:2026"))
        pdf.Root["/Metadata"] = xmp(pdf, b"Lease")
        return saved(pdf)


def _catalogue(pdf: bytes, update: Update, **entries: bytes) -> bytes:
    with opened(pdf) as found:
        kept = {key: value for key, value in found.Root.items() if key[1:] not in entries}
        text = pikepdf.Dictionary(kept).unparse()[:-2]
    added = b" ".join(b"/%s %s" % (key.encode(), value) for key, value in entries.items() if value)
    update.bodies[update.root.number] = text + added + b" >>"
    return update.written()


def title(pdf: bytes) -> bytes:
    with opened(pdf) as found:
        number = found.trailer.Info.objgen[0]
    return Update(pdf, {number: b"<< /Title (Gift) /Producer (A) /ModDate (D:2026) >>"}).written()


def title_in_another_object(pdf: bytes) -> bytes:
    update = Update(pdf)
    number = update.add(b"<< /Title (Gift) >>")
    root = update.root.number
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d >>\n" % (
        number + 1, root, number, update.layout.start
    )  # fmt: skip
    return update.written(trailer=trailer)


def metadata_in_place(pdf: bytes) -> bytes:
    with opened(pdf) as found:
        return Update(pdf, {found.Root.Metadata.objgen[0]: metadata(b"Gift")}).written()


def metadata_replaced(pdf: bytes) -> bytes:
    update = Update(pdf)
    return _catalogue(pdf, update, Metadata=b"%d 0 R" % update.add(metadata(b"Gift")))


def metadata_for_the_first_time(pdf: bytes) -> bytes:
    update = Update(pdf)
    return _catalogue(pdf, update, Metadata=b"%d 0 R" % update.add(metadata(b"Gift")))


CHANGES = (title, title_in_another_object, metadata_in_place, metadata_replaced)


@pytest.mark.parametrize("change", CHANGES)
def test_a_seal_allows_no_other_title_and_a_signature_does(change: Callable[[bytes], bytes]) -> None:
    signed = signer().sign(described(), "B-T")
    assert (judged(signed, "seal"), judged(signed)) == (("PASSED", "valid"), ("PASSED", "valid"))
    changed = change(signed)
    assert judged(changed, "seal") == ("FAILED", "described_otherwise_after_sealing")
    assert judged(changed) == ("PASSED", "valid")
    assert "description_changed" in notes(changed)


@pytest.mark.parametrize("change", CHANGES)
def test_who_certified_that_nothing_may_change_meant_the_title_too(change: Callable[[bytes], bytes]) -> None:
    assert judged(change(signer().sign(described(), "B-T", certify=1))) == ("FAILED", "modified_against_certification")
    assert judged(change(world().seal(described()).content)) == ("FAILED", "modified_against_certification")


def test_metadata_that_come_later_are_a_change_too() -> None:
    assert judged(metadata_for_the_first_time(base("our seal, B-LTA")))[0] == "FAILED"


def test_what_every_program_renews_when_it_saves_is_no_change() -> None:
    signed = signer().sign(described(), "B-T", certify=1)
    with opened(signed) as found:
        number = found.trailer.Info.objgen[0]
    saved_again = Update(signed, {number: b"<< /Title (Lease) /Producer (B) /ModDate (D:2027) >>"}).written()
    assert judged(saved_again, "seal") == ("PASSED", "valid")


@pytest.mark.parametrize("certify", [0, 1])
def test_renewals_by_another_program_pass_under_a_seal(certify: int) -> None:
    hand = signer()
    pdf = hand.sign(described(), "B-LTA", certify=certify)
    assert judged(hand.renew(hand.renew(pdf)), "seal") == ("PASSED", "valid")


def test_renewals_of_our_seal_by_another_program_pass() -> None:
    sealed = world().seal(described()).content
    assert judged(signer().renew(sealed), "seal") == ("PASSED", "valid")


# --- evidence


def emptied(pdf: bytes) -> bytes:
    return _catalogue(pdf, Update(pdf), DSS=b"<< /Type /DSS >>")


def removed(pdf: bytes) -> bytes:
    return _catalogue(pdf, Update(pdf), DSS=b"")


def emptied_in_place(pdf: bytes) -> bytes:
    with opened(pdf) as found:
        return Update(pdf, {found.Root.DSS.objgen[0]: b"<< /Type /DSS >>"}).written()


@pytest.mark.parametrize("take", [emptied, removed, emptied_in_place])
@pytest.mark.parametrize("name", ["our seal, B-LTA", "approval, B-LTA"])
def test_a_store_that_was_emptied_fails(take: Callable[[bytes], bytes], name: str) -> None:
    assert judged(take(base(name))) == ("FAILED", "modified_after_signing")


def one_certificate_less(pdf: bytes) -> bytes:
    with opened(pdf) as found:
        store = found.Root.DSS
        lists = [key for key in ("/Certs", "/OCSPs", "/CRLs") if key in store]
        kept = {key: [item.unparse() for item in store[key]] for key in lists}
    kept["/Certs"] = kept["/Certs"][1:]
    text = b" ".join(key.encode() + b" [" + b" ".join(items) + b"]" for key, items in kept.items())
    return _catalogue(pdf, Update(pdf), DSS=b"<< /Type /DSS %s >>" % text)


def test_evidence_that_is_taken_away_is_no_update_under_a_seal() -> None:
    pdf = one_certificate_less(base("approval, B-LTA"))
    assert judged(pdf, "seal") == ("FAILED", "described_otherwise_after_sealing")
    assert "evidence_removed" in notes(pdf)


# --- how a form is drawn


def drawn_anew(pdf: bytes) -> bytes:
    with opened(pdf) as found:
        number = found.Root.AcroForm.objgen[0]
        listed = found.Root.AcroForm.Fields
        fields = listed.unparse() if listed.is_indirect else b"[" + b" ".join(i.unparse() for i in listed) + b"]"
    return Update(pdf, {number: b"<< /SigFlags 3 /NeedAppearances true /Fields %s >>" % fields}).written()


@pytest.mark.parametrize("certify", [0, 2, 3])
def test_nobody_knows_what_fields_that_are_drawn_anew_will_show(certify: int) -> None:
    pdf = drawn_anew(signer().sign(with_form(), certify=certify))
    assert judged(pdf) == ("INDETERMINATE", "changes_not_analysable")


# --- what is proved


def test_the_level_that_is_proved_is_told_beside_the_one_that_is_built() -> None:
    def levels(pdf: bytes) -> tuple[str, str | None]:
        one = world().verify(pdf).as_json()["signatures"][0]
        return one["level"], one["proved_level"]

    for level in ("B-B", "B-T", "B-LTA"):
        assert levels(signer().sign(plain_pdf(), level)) == (level, level)
    stranger = ForeignSigner(world=world())
    pdf = stranger.sign(plain_pdf(), "B-T")
    world_without = replace(world().verifier().snapshot, anchors=())
    told = world().verifier(snapshot=world_without)(pdf).as_json()["signatures"][0]
    assert (told["level"], told["proved_level"]) == ("B-T", "B-B")


def test_a_signature_whose_own_timestamp_was_touched_does_not_pass() -> None:
    pdf = base("approval, B-T")
    value = max((part for part in pdf.split(b"<") if part[:2] == b"30"), key=len).split(b">")[0].rstrip(b"0")
    begins = pdf.index(value)
    place = begins + len(value) - 40  # the end of the message: its unsigned attributes
    touched = pdf[:place] + (b"5" if pdf[place : place + 1] != b"5" else b"6") + pdf[place + 1 :]
    assert judged(touched) == ("INDETERMINATE", "timestamp_broken")
