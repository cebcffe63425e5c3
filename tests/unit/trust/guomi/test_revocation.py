"""Revocation data signed with SM2: whom it speaks for, when, and what it says."""

import dataclasses
from datetime import datetime, timedelta
from typing import Any

import pytest
from asn1crypto import core
from asn1crypto import crl as asn1_crl
from msgspec.structs import replace

from tests.unit.trust.guomi import making
from tests.unit.trust.guomi.making import CA, NOW, YEAR, Holder, Wish, authority, issue, person, root
from trust.guomi import certificate, crl, ocsp, path
from trust.guomi.der import Malformed
from trust.guomi.revocation import Standing

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def list_says(data: bytes, holder: Holder, issuer: Holder, at: datetime = NOW) -> str:
    """What a list comes to: its objection, or the standing it tells."""
    found, about = crl.read(data), certificate.read(holder.der)
    asked = crl.Asked(found=found, certificate=about, issuer=certificate.read(issuer.der), at=at)
    return crl.objection(asked) or found.tells(about).standing.value


def answer_says(data: bytes, holder: Holder, issuer: Holder, at: datetime = NOW) -> str:
    """The same of an answer."""
    answer, about, by = ocsp.read(data), certificate.read(holder.der), certificate.read(issuer.der)
    problem = ocsp.objection(ocsp.Asked(answer=answer, certificate=about, issuer=by, at=at))
    return problem or answer.tells(about, by).standing.value


def serial(holder: Holder) -> int:
    number = holder.parsed.serial_number
    assert isinstance(number, int)
    return number


def test_who_is_not_on_the_list_is_good() -> None:
    assert list_says(making.revocation_list(authority()), person(), authority()) == "good"
    others = [(number, "") for number in range(300)]
    assert list_says(making.revocation_list(authority(), others), person(), authority()) == "good"


def test_who_is_on_the_list_is_revoked_with_time_and_reason() -> None:
    entries = [(5, ""), (serial(person()), "key_compromise"), (7, "superseded")]
    data = making.revocation_list(authority(), entries)
    assert list_says(data, person(), authority()) == "revoked"
    told = crl.read(data).tells(certificate.read(person().der))
    assert told.revoked_at == NOW - timedelta(days=30)
    assert told.reason == "key_compromise"


def test_serial_numbers_may_be_long_or_negative() -> None:
    for number in (2**159 - 1, 2**127, -5):
        odd = issue("Odd Number", authority(), Wish(serial=number))
        assert list_says(making.revocation_list(authority(), [(number, "")]), odd, authority()) == "revoked"
        assert list_says(making.revocation_list(authority(), [(number + 1, "")]), odd, authority()) == "good"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW - DAY - SECOND, "crl_not_yet_valid"),
        (NOW - DAY, "good"),
        (NOW + 6 * DAY, "good"),
        (NOW + 6 * DAY + SECOND, "crl_stale"),
    ],
)
def test_a_list_speaks_for_its_time(at: datetime, expected: str) -> None:
    assert list_says(making.revocation_list(authority()), person(), authority(), at) == expected


def scope(**told: bool) -> list[tuple[str, bool, Any]]:
    return [("2.5.29.28", True, asn1_crl.IssuingDistributionPoint(told))]


def refused_lists() -> dict[str, tuple[str, bytes, Holder]]:
    quiet = issue("Quiet Issuing", root(), dataclasses.replace(CA, usages=frozenset({"key_cert_sign"})))
    return {
        "another authority's": ("crl_of_another_issuer", making.revocation_list(root()), authority()),
        "a namesake's": (
            "crl_signature_wrong",
            making.revocation_list(authority(), by=issue("X", None, CA, key="impostor")),
            authority(),
        ),
        "of an authority that may not": ("issuer_may_not_sign_crls", making.revocation_list(quiet), quiet),
        "two algorithms": (
            "algorithm_differs",
            making.revocation_list(authority(), inner_algorithm="1.2.840.10045.4.3.2"),
            authority(),
        ),
        "a delta": (
            "critical_extension_unknown",
            making.revocation_list(authority(), extensions=[("2.5.29.27", True, core.Integer(1))]),
            authority(),
        ),
        "indirect": (
            "crl_covers_others",
            making.revocation_list(authority(), extensions=scope(indirect_crl=True)),
            authority(),
        ),
        "of authorities only": (
            "crl_covers_others",
            making.revocation_list(authority(), extensions=scope(only_contains_ca_certs=True)),
            authority(),
        ),
        "without an end": ("crl_stale", making.revocation_list(authority(), next_update=None), authority()),
        "not begun": (
            "crl_not_yet_valid",
            making.revocation_list(authority(), this_update=NOW + SECOND),
            authority(),
        ),
    }


REFUSED = (
    "another authority's",
    "a namesake's",
    "of an authority that may not",
    "two algorithms",
    "a delta",
    "indirect",
    "of authorities only",
    "without an end",
    "not begun",
)


@pytest.mark.parametrize("case", REFUSED)
def test_a_list_is_refused_when(case: str) -> None:
    expected, data, issuer = refused_lists()[case]
    holder = issue("Under It", issuer)
    assert list_says(data, holder, issuer) == expected


def test_every_rule_about_lists_has_an_example() -> None:
    assert {expected for expected, _, _ in refused_lists().values()} == crl.RULES.keys()


def test_a_list_of_users_speaks_for_users() -> None:
    data = making.revocation_list(authority(), extensions=scope(only_contains_user_certs=True))
    assert list_says(data, person(), authority()) == "good"


def test_no_changed_byte_of_a_list_says_good() -> None:
    data = making.revocation_list(authority(), [(serial(person()), "key_compromise")])
    for place in range(len(data)):
        changed = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
        try:
            said = list_says(changed, person(), authority())
        except Malformed:
            continue
        assert said != "good", f"byte {place}"


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x80\x00\x00", b"\x30\x06\x30\x00\x30\x00\x03\x00"])
def test_what_is_no_list_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        crl.read(data)


def test_a_long_list_is_read() -> None:
    entries = [(1_000_000 + number, "") for number in range(5_000)]
    found = crl.read(making.revocation_list(authority(), entries))
    assert found.tells(certificate.read(person().der)).standing is Standing.GOOD


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sm3"])
@pytest.mark.parametrize("status", ["good", "revoked", "unknown"])
def test_an_answer_of_the_issuer_is_heard(status: str, digest: str) -> None:
    data = making.ocsp_answer(person(), authority(), status=status, digest=digest)
    assert answer_says(data, person(), authority()) == status


def test_a_revocation_is_told_with_time_and_reason() -> None:
    answer = ocsp.read(making.ocsp_answer(person(), authority(), status="revoked"))
    told = answer.tells(certificate.read(person().der), certificate.read(authority().der))
    assert told.revoked_at == NOW - YEAR / 12
    assert told.reason == "key_compromise"


def responder(issuer: Holder, wish: Wish | None = None) -> Holder:
    return issue("Responder", issuer, wish or Wish(extended=[path.OCSP_SIGNING]))


@pytest.mark.parametrize("by_key", [True, False])
def test_a_delegated_responder_is_heard(by_key: bool) -> None:
    data = making.ocsp_answer(person(), authority(), by=responder(authority()), by_key=by_key)
    assert answer_says(data, person(), authority()) == "good"


def refused_answers() -> dict[str, tuple[str, bytes]]:
    def answer(**options: Any) -> bytes:
        return making.ocsp_answer(person(), authority(), **options)

    expired = Wish(extended=[path.OCSP_SIGNING], not_after=NOW - DAY)
    return {
        "about somebody else": (
            "ocsp_of_another_certificate",
            making.ocsp_answer(issue("Somebody", authority()), authority()),
        ),
        "about the same number of another authority": (
            "ocsp_of_another_certificate",
            making.ocsp_answer(person(), root()),
        ),
        "of nobody who is there": ("ocsp_signer_missing", answer(by=responder(authority()), carried=[])),
        "of another authority's responder": ("ocsp_signer_not_delegated", answer(by=responder(root()))),
        "of a signer of documents": ("ocsp_signer_not_delegated", answer(by=responder(authority(), Wish()))),
        "of an expired responder": ("ocsp_signer_not_delegated", answer(by=responder(authority(), expired))),
        "of a namesake": (
            "ocsp_signature_wrong",
            answer(by=issue("Sandbox Issuing", root(), CA, key="impostor"), by_key=False, carried=[]),
        ),
        "not begun": ("ocsp_not_yet_valid", answer(this_update=NOW + SECOND)),
        "stale": ("ocsp_stale", answer(next_update=NOW - SECOND)),
        "without an end": ("ocsp_stale", answer(next_update=None)),
    }


@pytest.mark.parametrize(
    "case",
    [
        "about somebody else",
        "about the same number of another authority",
        "of nobody who is there",
        "of another authority's responder",
        "of a signer of documents",
        "of an expired responder",
        "of a namesake",
        "not begun",
        "stale",
        "without an end",
    ],
)
def test_an_answer_is_refused_when(case: str) -> None:
    expected, data = refused_answers()[case]
    assert answer_says(data, person(), authority()) == expected


def test_a_critical_extension_of_an_answer_is_not_passed_over() -> None:
    answer = ocsp.read(making.ocsp_answer(person(), authority()))
    about, by = certificate.read(person().der), certificate.read(authority().der)
    for changed in (
        replace(answer, unknown_critical=True),
        replace(answer, singles=tuple(replace(single, unknown_critical=True) for single in answer.singles)),
    ):
        asked = ocsp.Asked(answer=changed, certificate=about, issuer=by, at=NOW)
        assert ocsp.objection(asked) == "critical_extension_unknown"


def test_every_rule_about_answers_has_an_example() -> None:
    known = {expected for expected, _ in refused_answers().values()} | {"critical_extension_unknown"}
    assert known == ocsp.RULES.keys()


def test_no_changed_byte_of_an_answer_says_good() -> None:
    data = making.ocsp_answer(person(), authority(), status="revoked")
    for place in range(len(data)):
        changed = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
        try:
            said = answer_says(changed, person(), authority())
        except Malformed:
            continue
        assert said != "good", f"byte {place}"


def test_what_is_no_answer_is_malformed() -> None:
    for data in (b"", b"\x30\x00", bytes.fromhex("30030a0106"), making.ocsp_answer(person(), authority()) + b"\0"):
        with pytest.raises(Malformed):
            ocsp.read(data)
