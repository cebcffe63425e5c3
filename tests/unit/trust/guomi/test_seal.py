"""Electronic seals in both layouts: what they tell, and the one reason why each of the others does not hold."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.trust.guomi import making, messages, seals
from tests.unit.trust.guomi.making import NOW, YEAR, authority, digest_of, issue, person, sm3_of
from tests.unit.trust.guomi.messages import CONTENT, oid, tlv, token
from tests.unit.trust.guomi.seals import FORMER, LATER, SealPlan, extension, put
from trust.guomi import certificate, judging, path
from trust.guomi.facts import SealFacts
from trust.guomi.verifying import verify_seal

SECOND = timedelta(seconds=1)


@cache
def one_seal() -> bytes:
    return put()


def seen(plan: SealPlan | None = None, content: bytes = CONTENT) -> SealFacts:
    return verify_seal(put(plan), digest_of(content))


def said(plan: SealPlan | None = None, at: datetime = LATER, content: bytes = CONTENT) -> str | None:
    return judging.objection_to_seal(seen(plan, content), at)


HONEST = {
    "GB/T 38540": SealPlan(),
    "GM/T 0031": FORMER,
    "naming its signers by digest": SealPlan(by_digest=True),
    "whose maker signed his certificate too": SealPlan(maker_signs="whole"),
    "of the former layout whose maker signed the data alone": replace(FORMER, maker_signs="info"),
    "with a vendor's data": SealPlan(
        seal_extensions=tlv(0xA0, extension("1.2.3", False)), extensions=tlv(0xA0, extension("1.2.3", False))
    ),
    "with a vendor's data untagged": replace(FORMER, seal_extensions=extension("1.2.3", False)),
    "with a timestamp": SealPlan(stamp=token),
    "of the former layout with a timestamp for a time": replace(FORMER, stamp=token),
}


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_seal_holds(case: str) -> None:
    plan = HONEST[case]
    told = seen(plan)
    assert (told.problem, told.objection) == ("", "")
    assert judging.objection_to_seal(told, LATER) is None
    assert told.layout == plan.layout


def test_a_seal_tells_what_it_is() -> None:
    told = seen()
    assert (told.version, told.claimed_at, told.covers) == (4, NOW, "[0 100 200 300]")
    assert told.signer == person().der
    made = told.seal
    assert made is not None
    assert (made.identifier, made.vendor, made.version, made.kind) == ("44010000000001", "Sandbox", 4, 3)
    assert made.name == "沙盒测试专用章"
    assert made.maker == seals.maker().der
    assert (made.signers_by, made.signers) == ("certificate", (person().der,))
    assert (made.made_at, made.valid_from, made.valid_until) == (NOW - YEAR / 2, NOW - YEAR / 2, NOW + YEAR / 2)
    picture = made.picture
    assert picture is not None
    assert (picture.kind, picture.size, picture.width, picture.height) == ("PNG", len(seals.PICTURE), 40, 38)
    assert picture.digest == sm3_of(seals.PICTURE).hex()


def test_signer_and_maker_lead_to_the_anchor() -> None:
    told = seen()
    assert told.seal is not None
    pool, anchors = [certificate.read(authority().der)], [certificate.read(making.root().der)]
    for holder in (told.signer, told.seal.maker):
        assert path.best(certificate.read(holder), pool=pool, anchors=anchors, at=NOW)[1] is None


def test_which_text_the_maker_signed_is_told() -> None:
    for plan, form in ((SealPlan(), "info"), (FORMER, "whole"), (SealPlan(maker_signs="whole"), "whole")):
        made = seen(plan).seal
        assert made is not None
        assert made.maker_signed == form


def test_a_timestamp_proves_the_time_of_the_seal() -> None:
    for plan in (SealPlan(stamp=token), replace(FORMER, stamp=token)):
        (stamp,) = seen(plan).stamps
        assert stamp.at == NOW + timedelta(seconds=2)
        assert stamp.covers
    assert seen(replace(FORMER, stamp=token)).claimed_at is None


def test_zeros_that_fill_up_a_pdf_s_contents_are_passed_over_and_nothing_else_is() -> None:
    assert judging.objection_to_seal(verify_seal(one_seal() + bytes(99), digest_of(CONTENT)), LATER) is None
    assert verify_seal(one_seal() + bytes(9) + b"\1", digest_of(CONTENT)).problem == "bytes_after_end"


BROKEN: dict[str, tuple[str, SealPlan]] = {
    "another content": ("content_changed", SealPlan(content=CONTENT + b" ")),
    "a hash of nothing": ("content_changed", SealPlan(hashed=b"")),
    "a signature for another identity": ("signature_wrong", SealPlan(identity="other")),
    "another signer's certificate": ("signature_wrong", SealPlan(signer_certificate=b"\x30\x00")),
    "a maker's signature for another identity": ("seal_signature_wrong", SealPlan(maker_identity="other")),
    "a maker's certificate that is none": ("seal_signature_wrong", SealPlan(maker_certificate=b"\x30\x00")),
    "nobody listed": ("seal_malformed", SealPlan(listed=[])),
    "two versions": ("versions_differ", SealPlan(version=5)),
    "a vendor's critical data": (
        "critical_extension_unknown",
        SealPlan(extensions=tlv(0xA0, extension("1.2.3", True))),
    ),
    "a vendor's critical data in the seal": (
        "critical_extension_unknown",
        SealPlan(seal_extensions=tlv(0xA0, extension("1.2.3", True))),
    ),
    "a seal that is still to be made": ("seal_not_yet_made", SealPlan(made_at=LATER + SECOND)),
    "a seal that is still to become valid": ("seal_not_yet_valid", SealPlan(valid_from=LATER + SECOND)),
    "a seal that has run out": ("seal_expired", SealPlan(valid_until=LATER - SECOND)),
    "a time to come": ("signed_in_the_future", SealPlan(claimed=LATER + SECOND)),
    "a timestamp of something else": ("stamp_wrong", SealPlan(stamp=lambda value: token(value + b"\0"))),
    "another mark": ("seal_malformed", SealPlan(mark="EX")),
    "a listing of a third kind": ("seal_malformed", SealPlan(listing_kind=3)),
    "bits to spare": ("seal_malformed", SealPlan(spare_bits=1)),
    "an algorithm that nobody knows": ("algorithm_unsupported", SealPlan(algorithm="1.2.3.4")),
    "a maker's algorithm that nobody knows": ("algorithm_unsupported", SealPlan(maker_algorithm="1.2.3.4")),
    "an algorithm of another key": ("signature_wrong", SealPlan(algorithm=making.SHA256_WITH_RSA)),
    "a timestamp that is nothing": ("stamp_wrong", SealPlan(stamp=lambda _value: b"")),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_seal_is_refused_for(case: str) -> None:
    expected, plan = BROKEN[case]
    assert said(plan) == expected


@pytest.mark.parametrize("layout", [SealPlan(), SealPlan(by_digest=True), FORMER])
def test_only_who_is_listed_may_use_the_seal(layout: SealPlan) -> None:
    stranger = issue("Stranger", authority())
    assert said(replace(layout, listed=[stranger])) == "signer_not_listed"
    assert said(replace(layout, listed=[stranger, person()])) is None


def test_every_rule_about_seals_has_an_example() -> None:
    known = {expected for expected, _ in BROKEN.values()}
    assert judging.SEAL_RULES.keys() - known == {"signer_not_listed", "seal_missing"}
    assert judging.objection_to_seal(SealFacts(), NOW) == "seal_missing"


@cache
def tampered(layout: int) -> tuple[bytes, list[int]]:
    """A seal, and the places in it that are not of certificates: test_path.py does those."""
    data = put(replace(SealPlan(by_digest=True) if layout == 4 else FORMER, picture=b""))
    spared: set[int] = set()
    for holder in (person(), seals.maker()):
        start = data.find(holder.der)
        spared |= set(range(start, start + len(holder.der)))
    return data, [place for place in range(len(data)) if place not in spared]


def noticed(data: bytes, place: int, bit: int) -> bool:
    changed = data[:place] + bytes((data[place] ^ bit,)) + data[place + 1 :]
    return judging.objection_to_seal(verify_seal(changed, digest_of(CONTENT)), LATER) is not None


def test_every_changed_byte_of_a_seal_is_noticed() -> None:
    data, places = tampered(4)
    assert [place for place in places if not noticed(data, place, 1)] == []


@given(place=st.integers(0, 10_000), bit=st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128]))
@settings(max_examples=120)
def test_a_changed_bit_of_a_seal_of_the_former_layout_is_noticed(place: int, bit: int) -> None:
    data, places = tampered(1)
    assert noticed(data, places[place % len(places)], bit)


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    assert verify_seal(data, digest_of(b"")).problem


@given(st.data())
@settings(max_examples=60)
def test_no_damage_breaks_the_reader(data: st.DataObject) -> None:
    whole = bytearray(one_seal())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    verify_seal(bytes(whole), digest_of(CONTENT))


def test_sizes_are_bounded() -> None:
    assert said(SealPlan(name="章" * 2_000)) == "too_large"
    assert said(SealPlan(picture=bytes(4 * 1024 * 1024))) == "too_large"
    crowd = [person()] * 1_001
    assert said(SealPlan(by_digest=True, listed=crowd)) == "seal_malformed"


def test_a_message_is_no_seal_and_a_seal_no_message() -> None:
    assert verify_seal(messages.message(), digest_of(CONTENT)).problem == "seal_malformed"
    assert verify_seal(tlv(0x30, oid("1.2.3")), digest_of(CONTENT)).problem == "seal_malformed"


def test_a_seal_prints_nothing_about_its_holder() -> None:
    assert "沙盒" not in repr(seen())
