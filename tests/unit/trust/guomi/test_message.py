"""Messages and timestamp tokens with SM2: honest ones hold, and each kind of change is told for what it is."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.trust.guomi import making, messages
from tests.unit.trust.guomi.making import NOW, SM3, Wish, authority, digest_of, issue, person, sm3_of
from tests.unit.trust.guomi.messages import CONTENT, GM_DATA, Plan, attribute, message, stamped, stamper, tlv, token
from trust.guomi import certificate, judging, path
from trust.guomi.facts import GuomiFacts
from trust.guomi.verifying import verify_cms

ALGORITHMS = ["1.2.156.10197.1.501", "1.2.156.10197.1.301.1", "1.2.156.10197.1.301", "1.2.840.10045.2.1"]


def after(content: bytes) -> Callable[[bytes], bytes]:
    return lambda prefix: sm3_of(prefix + content)


def seen(plan: Plan | None = None, content: bytes = CONTENT) -> GuomiFacts:
    return verify_cms(message(CONTENT, None, plan), digest_of(content))


@cache
def one_message() -> bytes:
    return message()


HONEST = {
    "detached": (Plan(), "cms", "detached"),
    "detached, of the mainland's content type": (Plan(gm=True), "gm", "detached"),
    "carrying the digest": (Plan(carried=sm3_of(CONTENT)), "cms", "digest_inside"),
    "carrying the digest, of the mainland's content type": (
        Plan(gm=True, carried=sm3_of(CONTENT)),
        "gm",
        "digest_inside",
    ),
    "carrying the digest, without attributes": (
        Plan(gm=True, carried=sm3_of(CONTENT), attributes=False),
        "gm",
        "digest_inside",
    ),
    "named by its key": (Plan(by_key=True), "cms", "detached"),
    "without a reference to the certificate": (Plan(reference="none"), "cms", "detached"),
    "with an SM3 reference": (Plan(reference="v2-sm3"), "cms", "detached"),
    "with an old reference": (Plan(reference="v1"), "cms", "detached"),
    "one word for data outside, another inside": (Plan(gm=True, told_type=messages.DATA), "gm", "detached"),
}


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_message_holds(case: str) -> None:
    plan, container, form = HONEST[case]
    told = seen(plan)
    assert (told.problem, told.objection) == ("", "")
    assert (told.intact, told.genuine) == (True, True)
    assert (told.container, told.form) == (container, form)
    assert told.digest_algorithm == "sm3"
    assert told.signer == person().der
    assert judging.objection(told) is None


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_signature_algorithm_is_written_in_several_ways(algorithm: str) -> None:
    assert judging.objection(seen(Plan(algorithm=algorithm))) is None


def test_the_signer_s_certificate_leads_to_the_anchor() -> None:
    told = seen()
    pool = [certificate.read(data) for data in told.certificates]
    anchors = [certificate.read(making.root().der)]
    assert path.best(certificate.read(told.signer), pool=pool, anchors=anchors, at=NOW)[1] is None


def test_a_message_tells_its_time_and_revocation_data() -> None:
    listed, answer = making.revocation_list(authority()), making.ocsp_answer(person(), authority())
    archive = tlv(0x30, tlv(0xA0, tlv(0x30, listed)), tlv(0xA1, tlv(0x30, answer)))
    told = seen(Plan(more=[attribute("1.2.840.113583.1.1.8", archive)], crls=[listed]))
    assert judging.objection(told) is None
    assert told.claimed_at == NOW
    assert told.ocsps == (answer,)
    assert told.crls == (listed, listed)


def test_another_content_is_seen() -> None:
    for plan, _, _ in HONEST.values():
        told = seen(plan, CONTENT + b" ")
        assert not told.intact
        assert judging.objection(told) == "content_changed"


def test_a_message_without_attributes_is_checked_over_the_content_itself() -> None:
    data = message(CONTENT, None, Plan(attributes=False))
    assert verify_cms(data, digest_of(CONTENT)).problem == "content_needed"
    told = verify_cms(data, digest_of(CONTENT), digest_after=after(CONTENT))
    assert judging.objection(told) is None
    changed = verify_cms(data, digest_of(CONTENT + b" "), digest_after=after(CONTENT + b" "))
    assert (changed.intact, changed.genuine) == (False, False)


def test_the_signer_s_identity_can_be_agreed_upon() -> None:
    data = message(CONTENT, None, Plan(identity="zhang@example.cn"))
    assert judging.objection(verify_cms(data, digest_of(CONTENT))) == "signature_wrong"
    assert judging.objection(verify_cms(data, digest_of(CONTENT), identity=b"zhang@example.cn")) is None


def test_zeros_that_fill_up_a_pdf_s_contents_are_passed_over_and_nothing_else_is() -> None:
    data = message()
    assert judging.objection(verify_cms(data + b"\0" * 500, digest_of(CONTENT))) is None
    assert verify_cms(data + b"\0" * 5 + b"\1", digest_of(CONTENT)).problem == "bytes_after_end"


def test_the_outer_structure_may_be_ber() -> None:
    # Bouncy Castle writes indefinite lengths by default
    data = message()
    outer = data[4:] if data[1] == 0x82 else data[2:]
    assert judging.objection(verify_cms(b"\x30\x80" + outer + b"\0\0", digest_of(CONTENT))) is None
    assert verify_cms(b"\x30\x80" + outer, digest_of(CONTENT)).problem == "der_malformed"


DIGEST = "1.2.840.113549.1.9.4"
BROKEN: dict[str, tuple[str, Plan]] = {
    "another digest": ("content_changed", Plan(told_digest=bytes(32))),
    "another content type": ("content_changed", Plan(told_type="1.2.3.4")),
    "something else inside": ("content_changed", Plan(carried=b"something else")),
    "the content inside where its digest belongs": ("content_changed", Plan(carried=CONTENT)),
    "nothing inside": ("content_changed", Plan(carried=b"")),
    "the digest of the content told though another is inside": (
        "content_changed",
        Plan(carried=b"something else", told_digest=sm3_of(CONTENT)),
    ),
    "a signature for somebody else's identity": ("signature_wrong", Plan(identity="other")),
    "a reference to another certificate": ("signer_named_differs", Plan(reference="other")),
    "a digest twice": ("attributes_malformed", Plan(more=[attribute(DIGEST, tlv(4, bytes(32)))])),
    "two values of one attribute": (
        "attributes_malformed",
        Plan(claimed=None, more=[attribute("1.2.840.113549.1.9.5", *[b"\x17\x0d260601120000Z"] * 2)]),
    ),
    "no certificate of the signer": ("signer_certificate_missing", Plan(certificates=[b"\x30\x00"])),
    "two signers": ("cms_several_signers", Plan(signers=2)),
    "no signer": ("cms_several_signers", Plan(signers=0)),
    "SM2 over SHA-256": ("algorithm_unsupported", Plan(digest_oid="2.16.840.1.101.3.4.2.1", told_digest=bytes(32))),
    "a digest that nobody knows": ("algorithm_unsupported", Plan(digest_oid="1.2.3.4.5")),
    "a signature algorithm that nobody knows": ("algorithm_unsupported", Plan(algorithm="1.2.3.4.5")),
    "an algorithm of another key": ("digest_not_of_algorithm", Plan(algorithm="1.2.840.113549.1.1.11")),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_message_is_refused_for(case: str) -> None:
    expected, plan = BROKEN[case]
    told = seen(plan)
    said = judging.objection(told)
    assert said is not None
    assert expected in {said, told.objection}


def test_every_rule_about_messages_has_an_example() -> None:
    assert judging.MESSAGE_RULES.keys() <= {expected for expected, _ in BROKEN.values()}


def test_another_person_s_certificate_does_not_make_the_signature_his() -> None:
    thief = issue("Thief", authority())
    swapped = message(CONTENT, None, Plan(certificates=[thief.der]))
    assert verify_cms(swapped, digest_of(CONTENT)).problem == "signer_certificate_missing"
    same_number = issue("Thief", authority(), Wish(serial=person().parsed.serial_number))
    named_alike = message(CONTENT, None, Plan(certificates=[same_number.der]))
    assert judging.objection(verify_cms(named_alike, digest_of(CONTENT))) == "signature_wrong"


def test_every_changed_byte_is_noticed() -> None:
    data = message(CONTENT, None, Plan(certificates=[person().der]))
    spared = []
    for place in range(len(data)):
        changed = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
        if judging.objection(verify_cms(changed, digest_of(CONTENT))) is None:
            spared.append(place)
    assert spared == []


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_no_bytes_break_the_reader(data: bytes) -> None:
    assert verify_cms(data, digest_of(b"")).problem


@given(st.data())
@settings(max_examples=60)
def test_no_damage_breaks_the_reader(data: st.DataObject) -> None:
    whole = bytearray(one_message())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    verify_cms(bytes(whole), digest_of(CONTENT))


def test_depth_and_number_of_parts_are_bounded() -> None:
    deep = b""
    for _ in range(60):
        deep = tlv(0x30, deep)
    assert verify_cms(deep, digest_of(b"")).problem == "too_deep"
    assert verify_cms(b"\x30\x80" * 5_000, digest_of(b"")).problem == "too_deep"
    assert verify_cms(tlv(0x30, b"\x05\x00" * 260_000), digest_of(b"")).problem == "too_many_parts"
    assert verify_cms(b"\x30" * 5_000_000, digest_of(b"")).problem == "too_large"


@pytest.mark.parametrize("imprint", ["sm3", "sha256"])
@pytest.mark.parametrize("authority_name", ["Stamper", "RSA Stamper"])
def test_a_timestamp_over_the_signature_proves_its_time(authority_name: str, imprint: str) -> None:
    told = seen(stamped(lambda value: token(value, holder=stamper(authority_name), imprint=imprint)))
    assert judging.objection(told) is None
    (stamp,) = told.stamps
    assert judging.objection_to_stamp(stamp) is None
    assert stamp.at == NOW + timedelta(seconds=2)
    assert (stamp.imprint_algorithm, stamp.policy) == (imprint, "1.2.3.4")
    leaf = certificate.read(stamp.cms.signer)
    anchors, pool = [certificate.read(making.root().der)], [certificate.read(authority().der)]
    assert path.best(leaf, pool=pool, anchors=anchors, at=NOW, purpose=path.Purpose.STAMP)[1] is None


WORTHLESS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "of something else": ("stamp_of_something_else", lambda value: token(value + b"\0")),
    "that is no token": ("not_a_timestamp", lambda _value: message(b"", None, Plan(carried=b"x"))),
    "that tells nothing": ("not_a_timestamp", lambda value: token(value, told=b"\x30\x00")),
    "that is nothing": ("not_signed_data", lambda _value: tlv(0x30, messages.oid(SM3))),
    "that names nobody": ("signer_named_missing", lambda value: token(value, plan=Plan(reference="none"))),
    "that nobody signed": ("signature_wrong", lambda value: token(value, plan=Plan(identity="other"))),
    "without attributes": ("attributes_malformed", lambda value: token(value, plan=Plan(attributes=False))),
}


@pytest.mark.parametrize("case", WORTHLESS)
def test_a_timestamp_proves_nothing(case: str) -> None:
    expected, made = WORTHLESS[case]
    told = seen(stamped(made))
    (stamp,) = told.stamps
    assert judging.objection_to_stamp(stamp) == expected
    assert judging.objection(told) is None  # the message itself stands without it


def test_the_content_types_of_the_mainland_are_those_of_the_standard() -> None:
    assert messages.oid(GM_DATA).hex() == "060a2a811ccf550601040201"
