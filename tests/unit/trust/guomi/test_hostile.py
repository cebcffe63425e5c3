"""Structures made to waste time or to be read in two ways: each is refused, and soon."""

from collections.abc import Callable
from time import process_time

import pytest
from asn1crypto import core

from tests.unit.trust.guomi import making, seals
from tests.unit.trust.guomi.making import Wish, authority, digest_of, issue, person
from tests.unit.trust.guomi.messages import CONTENT, Plan, attribute, message, oid, stamped, tlv, token
from trust.guomi import certificate, crl, ocsp
from trust.guomi.der import Malformed
from trust.guomi.verifying import verify_cms, verify_seal

LONG_OID = tlv(0x06, b"\x2a" + b"\x81" * 40_000 + b"\x01")  # decoding costs the square of its length
SOON = 2.0  # seconds of this process, many times what is needed


def refused(read: Callable[[], object]) -> str:
    """The reason of a refusal, "" if there was none; and that it did not take long."""
    begin = process_time()
    try:
        read()
    except Malformed as problem:
        return problem.reason
    finally:
        assert process_time() - begin < SOON
    return ""


def problem(data: bytes) -> str:
    seen: list[str] = []
    refused(lambda: seen.append(verify_cms(data, digest_of(CONTENT)).problem))
    return seen[0]


def test_long_identifiers_are_refused_wherever_they_stand() -> None:
    assert problem(tlv(0x30, LONG_OID, tlv(0xA0, tlv(0x30)))) == "der_malformed"
    assert problem(message(CONTENT, None, Plan(more=[tlv(0x30, LONG_OID, tlv(0x31, b"\x05\x00"))]))) == "der_malformed"
    assert verify_seal(tlv(0x30, LONG_OID, LONG_OID), digest_of(CONTENT)).problem == "der_malformed"
    uses = Wish(extensions=[("2.5.29.37", True, tlv(0x30, LONG_OID))])
    assert refused(lambda: certificate.read(issue("Long", authority(), uses).der)) == "der_malformed"
    point = [("2.5.29.28", False, core.Any.load(tlv(0x30, LONG_OID)))]
    assert refused(lambda: crl.read(making.revocation_list(authority(), extensions=point))) == "der_malformed"


def test_a_long_identifier_inside_a_token_is_refused() -> None:
    told = verify_cms(
        message(CONTENT, None, stamped(lambda value: token(value, told=tlv(0x30, LONG_OID)))), digest_of(CONTENT)
    )
    assert told.stamps[0].cms.problem == "not_a_timestamp"


def test_a_long_name_of_the_signer_s_issuer_is_refused() -> None:
    name = tlv(0x30, tlv(0x31, tlv(0x30, oid("2.5.4.3"), tlv(0x0C, b"A" * 2_000_000))))
    data = message(CONTENT, None, Plan(certificates=[person().der] * 200, issuer=name))
    assert problem(data) == "too_large"


def test_many_attributes_and_certificates_take_little_time() -> None:
    attributes = [attribute(f"1.2.3.{number}", b"\x05\x00") for number in range(2_000)]
    assert problem(message(CONTENT, None, Plan(more=attributes))) == ""
    assert problem(message(CONTENT, None, Plan(certificates=[*[authority().der] * 150, person().der]))) == ""


def test_a_signer_beyond_the_bound_of_certificates_is_not_found() -> None:
    crowd = Plan(certificates=[*[b"\x30\x00"] * 250, person().der])
    assert problem(message(CONTENT, None, crowd)) == "signer_certificate_missing"


@pytest.mark.parametrize(
    "moment", [b"20260601120000", b"20260601120000+0800", b"2026", b"20261301000000Z", b"\xff" * 15]
)
def test_times_without_utc_are_no_times_or_are_turned_into_utc(moment: bytes) -> None:
    data = seals.put()
    good = tlv(0x18, b"20260601120000Z")
    assert good in data
    seen = verify_seal(reencoded(moment), digest_of(CONTENT))
    if moment == b"20260601120000+0800":
        assert seen.claimed_at is None or seen.claimed_at.utcoffset() is not None
        assert not seen.genuine
    else:
        assert seen.problem in {"time_malformed", "seal_malformed"}


def reencoded(moment: bytes) -> bytes:
    """A seal in which the time of sealing is written this way (its signature is then wrong, which is not asked)."""
    whole = core.Sequence.load(seals.put())
    parts = [whole[index].dump() for index in range(4)]
    inner = core.Sequence.load(parts[0])
    fields = [inner[index].dump() for index in range(5)]
    fields[2] = tlv(0x18, moment)
    return tlv(0x30, tlv(0x30, *fields), *parts[1:])


def test_an_answer_about_too_many_is_refused() -> None:
    answer = ocsp.read(making.ocsp_answer(person(), authority()))
    assert len(answer.singles) <= ocsp.MOST_SINGLES
    data = making.ocsp_answer(person(), authority())
    basic = core.Sequence.load(core.OctetString.load(inner_octets(data)).native)
    responses = tlv(0x30, *[singles(basic)] * (ocsp.MOST_SINGLES + 1))
    assert refused(lambda: ocsp.read(with_responses(basic, responses))) == "too_many_parts"


def inner_octets(data: bytes) -> bytes:
    """The OCTET STRING with the basic response."""
    start = data.index(oid("1.3.6.1.5.5.7.48.1.1")) + len(oid("1.3.6.1.5.5.7.48.1.1"))
    return data[start:]


def singles(basic: core.Sequence) -> bytes:
    told = core.Sequence.load(basic[0].dump())
    return bytes(core.Sequence.load(told[2].dump())[0].dump())


def with_responses(basic: core.Sequence, responses: bytes) -> bytes:
    told = core.Sequence.load(basic[0].dump())
    data = tlv(0x30, told[0].dump(), told[1].dump(), responses)
    body = tlv(0x30, data, basic[1].dump(), basic[2].dump())
    inner = tlv(0x30, oid("1.3.6.1.5.5.7.48.1.1"), tlv(0x04, body))
    return tlv(0x30, tlv(0x0A, b"\0"), tlv(0xA0, inner))


def test_content_cannot_hide_in_another_type() -> None:
    # PKCS #7 allows any type inside; a reader that passed it over would call the message detached
    data = message(CONTENT, None, Plan(content_type="1.2.3.4", carried=b"hidden"))
    assert not verify_cms(data, digest_of(CONTENT)).intact
    hidden = data.replace(tlv(0xA0, tlv(0x04, b"hidden")), tlv(0xA0, tlv(0x0C, b"hidden")))
    assert verify_cms(hidden, digest_of(CONTENT)).problem == "cms_malformed"


def test_a_signature_has_no_bits_to_spare() -> None:
    # an even last byte could lose its last bit unseen, and the same signature would stand in two forms
    holder = issue("Even", authority())
    while holder.der[-1] & 1:
        holder = issue("Even", authority())
    at = len(holder.der) - len(holder.parsed["signature_value"].contents)
    assert holder.der[at] == 0
    assert refused(lambda: certificate.read(holder.der[:at] + b"\1" + holder.der[at + 1 :])) == "der_malformed"


def test_a_certificate_without_version_three_has_no_extensions() -> None:
    data = issue("Plain", authority()).der
    assert refused(lambda: certificate.read(data.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x01", 1))) == (
        "certificate_malformed"
    )
