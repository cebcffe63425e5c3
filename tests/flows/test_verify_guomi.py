"""Signed PDFs of the mainland come out right, end to end: SM2 in CMS and GB/T 35275, seals, acts of two halves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from asn1crypto import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from deploy.commands.verify_words import in_words
from tests.fakes import guomi_pdf as pdfs
from tests.fakes.sealing_world import Uncontained, plain_pdf
from tests.unit.trust.guomi.making import (
    CA,
    NOW,
    YEAR,
    Holder,
    Wish,
    authority,
    issue,
    ocsp_answer,
    person,
    revocation_list,
    root,
)
from tests.unit.trust.guomi.messages import Plan, message, stamper, tlv, token
from tests.unit.trust.guomi.seals import FORMER, SealPlan, extension, put
from trust.anchors.snapshot import Anchor, Snapshot
from trust.flows.verify_document import VerifyDocument
from trust.network.revocation import RemoteRevocationSource
from trust.pades import report_pdf
from trust.pades.content import HashedFile
from trust.validation import report_schema, report_xml
from trust.validation.policy import ORDINARY, SEAL, Policy
from trust.validation.report import Report
from trust.validation.sentences import sentence

SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(minutes=1)


@cache
def document() -> bytes:
    return plain_pdf(compress_streams=False)


@cache
def rsa_root() -> Holder:
    return issue("Sandbox RSA Root", None, CA, key="rsa root")


def anchored(*holders: Holder) -> Snapshot:
    return Snapshot(
        anchors=tuple(Anchor(territory="CN-44", entry="gba:test", certificate=each.der) for each in holders),
        intermediates=(authority().der,),
    )


def verified(
    pdf: bytes, *, snapshot: Snapshot | None = None, policy: Policy = ORDINARY, at: datetime = LATER, status: Any = None
) -> Report:
    verify = VerifyDocument(
        reader=Uncontained(),
        status=status,
        snapshot=anchored(root(), rsa_root()) if snapshot is None else snapshot,
        policy=policy,
        clock=lambda: at,
    )
    return verify(pdf, name="file.pdf")


def told(pdf: bytes, **how: Any) -> dict[str, Any]:
    return verified(pdf, **how).as_json()


@cache
def sealed(plan: SealPlan | None = None, holder: Holder | None = None) -> bytes:
    """With a seal in /Contents."""
    plan = plan or SealPlan()
    return pdfs.put_in(document(), lambda covered: put(replace(plan, content=covered), holder), sub_filter=pdfs.SES)


@cache
def rsa_person() -> Holder:
    return issue("沙盒公司 RSA", rsa_root(), Wish(organisation="沙盒公司"), key="rsa person")


@cache
def sm2_person() -> Holder:
    return issue("沙盒公司 SM2", authority(), Wish(organisation="沙盒公司"))


def rsa_plan(**how: Any) -> Plan:
    return Plan(digest="sha256", certificates=[rsa_person().der, rsa_root().der], **how)


@cache
def dual() -> bytes:
    first = pdfs.signed(document(), rsa_person(), rsa_plan(), name="Gongzhang-RSA")
    return pdfs.signed(first, sm2_person(), Plan(claimed=NOW + SECOND), name="Gongzhang-SM2")


HONEST: dict[str, Callable[[], bytes]] = {
    "SM2 in CMS": lambda: pdfs.signed(document()),
    "SM2 in GB/T 35275's container": lambda: pdfs.signed(document(), plan=Plan(gm=True), sub_filter=pdfs.GM),
    "without signed attributes": lambda: pdfs.signed(document(), plan=Plan(attributes=False, reference="none")),
    "named by SM3": lambda: pdfs.signed(document(), plan=Plan(reference="v2-sm3")),
    "with a timestamp of SM2": lambda: pdfs.signed(document(), plan=pdfs.with_token()),
    "with a timestamp of RSA": lambda: pdfs.signed(
        document(), plan=pdfs.with_token(holder=stamper("rsa stamper"), imprint="sha256")
    ),
    "a seal of GB/T 38540": sealed,
    "a seal that names its users by digest": lambda: sealed(SealPlan(by_digest=True)),
    "a seal with a timestamp": lambda: sealed(SealPlan(stamp=token)),
    "a seal of GM/T 0031": lambda: sealed(FORMER),
    "two halves of one act": dual,
}


@pytest.mark.parametrize("name", HONEST)
def test_what_holds_passes(name: str) -> None:
    found = told(HONEST[name]())
    assert (found["verdict"], found["reason"]) == ("PASSED", "valid")
    last = found["signatures"][-1]
    assert (last["digest_algorithm"], last["signature_algorithm"], last["territory"]) == ("sm3", "sm2_sm3", "CN-44")
    assert last["legal_regime"]["law"].startswith("PRC Electronic Signature Law")
    Draft202012Validator(report_schema.schema()).validate(found)
    assert report_xml.render(verified(HONEST[name]()))


@pytest.mark.parametrize("name", HONEST)
def test_without_trust_nothing_is_concluded(name: str) -> None:
    found = told(HONEST[name](), snapshot=Snapshot(anchors=()))
    assert found["verdict"] == "INDETERMINATE"
    assert found["reason"] in {"NO_CERTIFICATE_CHAIN_FOUND", "seal_maker_not_trusted"}


@pytest.mark.parametrize("name", HONEST)
def test_what_was_changed_or_added_to_never_passes(name: str) -> None:
    pdf = HONEST[name]()
    changed = pdf.replace(b"(Page 1)", b"(Page 9)", 1)
    assert changed != pdf
    assert told(changed)["reason"] == "HASH_FAILURE"
    assert told(pdf + b"1 0 obj null endobj")["verdict"] == "FAILED"


def test_an_act_is_told_as_one_and_under_the_rules_for_seals() -> None:
    found = told(dual())
    assert found["acts"] == [
        {
            "halves": [
                {"signature": 1, "field": "Gongzhang-RSA", "key": "rsa"},
                {"signature": 2, "field": "Gongzhang-SM2", "key": "sm2"},
            ],
            "verdict": "PASSED",
        }
    ]
    # a seal allows nothing after it: the second half is not after it
    reasons = [one["reason"] for one in told(dual(), policy=SEAL)["signatures"]]
    assert reasons == ["time_not_proved", "time_not_proved"]


def test_an_act_is_as_good_as_its_worse_half() -> None:
    for trusted in (root(), rsa_root()):
        found = told(dual(), snapshot=anchored(trusted))
        assert {one["verdict"] for one in found["signatures"]} == {"PASSED", "INDETERMINATE"}
        assert (found["verdict"], found["acts"][0]["verdict"]) == ("INDETERMINATE", "INDETERMINATE")


def test_somebody_elses_signature_is_no_half_and_is_after_a_seal() -> None:
    first = pdfs.signed(document(), rsa_person(), rsa_plan(), name="First")
    found = told(pdfs.signed(first, person(), Plan(claimed=NOW + SECOND), name="Second"), policy=SEAL)
    assert found["acts"] == []
    assert found["signatures"][0]["reason"] == "signed_after_sealing"


def test_a_third_signature_after_an_act_counts_as_after_a_seal() -> None:
    third = pdfs.signed(dual(), person(), Plan(claimed=NOW + 2 * SECOND), name="Third")
    found = told(third, policy=SEAL)
    assert len(found["acts"]) == 1
    assert [one["reason"] for one in found["signatures"]][:2] == ["signed_after_sealing", "signed_after_sealing"]


def test_report_for_people_names_both_halves() -> None:
    report = verified(dual())
    for language, word in (
        ("en", "two halves of one act"),
        ("zh-Hant", "兩半"),
        ("zh-Hans", "两半"),
        ("pt", "metades"),
    ):
        line = next(line for line in in_words(report, language).splitlines() if word in line)
        assert "1 (RSA)" in line.replace("（", " (").replace("）", ")")
        assert "2 (SM2)" in line.replace("（", " (").replace("）", ")")
        assert report_pdf.render(report.as_json(), language).startswith(b"%PDF")


def other_signers_value() -> bytes:
    stranger = issue("Somebody else", authority())
    return pdfs.put_in(document(), lambda covered: message(covered, replace(stranger, signer=person().signer)))


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a key that is not the certificate's": (other_signers_value, "SIG_CRYPTO_FAILURE"),
    "a digest of something else": (
        lambda: pdfs.signed(document(), plan=Plan(told_digest=bytes(32))),
        "HASH_FAILURE",
    ),
    "content of its own inside": (
        lambda: pdfs.signed(document(), plan=Plan(carried=b"something else")),
        "HASH_FAILURE",
    ),
    "another identity than everybody's": (
        lambda: pdfs.signed(document(), plan=Plan(identity="somebody@example.test")),
        "SIG_CRYPTO_FAILURE",
    ),
    "another certificate named": (
        lambda: pdfs.signed(document(), plan=Plan(reference="other")),
        "SIG_CONSTRAINTS_FAILURE",
    ),
    "two signers": (lambda: pdfs.signed(document(), plan=Plan(signers=2)), "FORMAT_FAILURE"),
    "no certificate": (
        lambda: pdfs.signed(document(), plan=Plan(certificates=[authority().der])),
        "NO_SIGNING_CERTIFICATE_FOUND",
    ),
    "SM2 said to be over SHA-256": (
        lambda: pdfs.signed(document(), plan=Plan(digest_oid="2.16.840.1.101.3.4.2.1")),
        "algorithm_unsupported",
    ),
    "a seal put to something else": (lambda: sealed(SealPlan(hashed=bytes(32))), "HASH_FAILURE"),
    "a seal used by another": (
        lambda: sealed(SealPlan(listed=(issue("The owner", authority()),))),
        "seal_of_others",
    ),
    "a seal that its maker did not sign": (
        lambda: sealed(SealPlan(maker_identity="somebody@example.test")),
        "seal_not_genuine",
    ),
    "a seal of one version and a use of another": (lambda: sealed(SealPlan(version=5)), "FORMAT_FAILURE"),
    "a seal that has run out": (lambda: sealed(SealPlan(valid_until=NOW - SECOND)), "seal_out_of_use"),
    "a seal that was made later": (lambda: sealed(SealPlan(made_at=NOW + YEAR / 4)), "seal_out_of_use"),
    "a seal put to it in the future": (
        lambda: sealed(SealPlan(claimed=NOW + YEAR / 4)),
        "TIMESTAMP_ORDER_FAILURE",
    ),
    "a seal that asks for what nobody knows": (
        lambda: sealed(SealPlan(extensions=tlv(0xA0, extension("1.2.3.4", True)))),
        "seal_not_understood",
    ),
    "a seal with a timestamp over something else": (
        lambda: sealed(SealPlan(stamp=lambda _: token(b"something else"))),
        "seal_not_understood",
    ),
    "a maker of seals nobody knows": (
        lambda: sealed(SealPlan(maker_certificate=issue("Seal Maker", None, CA, key="Seal Maker").der)),
        "seal_maker_not_trusted",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_hostile_never_passes_and_says_why(name: str) -> None:
    make, reason = HOSTILE[name]
    found = told(make())
    assert (found["verdict"] != "PASSED", found["signatures"][0]["reason"]) == (True, reason)
    Draft202012Validator(report_schema.schema()).validate(found)
    assert sentence(reason, "pt") != reason.replace("_", " ")


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_flipped_bit_of_a_value_passes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(("SM2 in CMS", "a seal of GB/T 38540", "SM2 in GB/T 35275's container")))
    pdf = honest(name)
    opening = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    closing = pdf.index(b">", opening)
    flipped = bytearray.fromhex(pdf[opening:closing].decode())
    used = len(flipped.rstrip(b"\0"))
    version = flipped.index(b"\x02\x01") + 2  # signers write 1 or 3 there, whatever RFC 5652 §5.1 says
    place, bit = data.draw(st.integers(0, used - 1).filter(lambda each: each != version)), data.draw(st.integers(0, 7))
    flipped[place] ^= 1 << bit
    changed = pdf[:opening] + flipped.hex().encode() + pdf[closing:]
    assert told(changed)["verdict"] != "PASSED", (name, place, bit)


@cache
def honest(name: str) -> bytes:
    return HONEST[name]()


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def pointed(name: str) -> Holder:
    """A signer whose certificate says where its status can be asked."""
    place = {
        "access_method": "ocsp",
        "access_location": x509.GeneralName("uniform_resource_identifier", "http://o.test"),
    }
    listed = x509.AuthorityInfoAccessSyntax([place]).dump()
    return issue(name, authority(), Wish(extensions=[("1.3.6.1.5.5.7.1.1", False, listed)]))


@cache
def asked_about() -> Holder:
    return pointed("Asked about")


def test_evidence_of_sm2_authorities_counts_wherever_it_lies() -> None:
    holder = asked_about()
    good, bad = ocsp_answer(holder, authority(), digest="sm3"), ocsp_answer(holder, authority(), status="revoked")
    no_list, listed = revocation_list(authority()), revocation_list(authority(), [(holder.parsed.serial_number, "")])
    plain = pdfs.signed(document(), holder)
    assert told(plain)["reason"] == "TRY_LATER"
    for pdf, reason in (
        (pdfs.signed(document(), holder, Plan(more=[pdfs.with_archive([good])])), "valid"),
        (pdfs.signed(document(), holder, Plan(more=[pdfs.with_archive(crls=[no_list])])), "valid"),
        (pdfs.signed(document(), holder, Plan(crls=[no_list])), "valid"),
        (pdfs.with_store(plain, ocsps=[good]), "valid"),
        (pdfs.with_store(plain, crls=[no_list]), "valid"),
        (pdfs.with_store(plain, ocsps=[bad]), "REVOKED"),
        (pdfs.with_store(plain, crls=[listed]), "REVOKED"),
        (pdfs.with_store(plain, ocsps=[good], crls=[listed]), "REVOKED"),
        # another authority's word, and a stale one
        (pdfs.with_store(plain, ocsps=[ocsp_answer(holder, authority(), by=issue("Nobody", None, CA))]), "TRY_LATER"),
        (pdfs.with_store(plain, crls=[revocation_list(authority(), by=root())]), "TRY_LATER"),
        (
            pdfs.with_store(
                plain, crls=[revocation_list(authority(), this_update=NOW - YEAR / 4, next_update=NOW - YEAR / 8)]
            ),
            "TRY_LATER",
        ),
    ):
        assert told(pdf)["reason"] == reason


def test_sm2_authorities_are_asked_over_the_network() -> None:
    holder = asked_about()
    asked: list[str] = []

    def egress(method: str, url: str, *, headers: Any = None, body: bytes = b"") -> Answer:
        asked.append(f"{method} {url}")
        return Answer(status=200, body=ocsp_answer(holder, authority()))

    source = RemoteRevocationSource(egress, lambda: LATER)
    found = told(pdfs.signed(document(), holder), status=source)
    assert (found["reason"], found["signatures"][0]["revocation"][0], asked) == (
        "valid",
        "good",
        ["POST http://o.test"],
    )
    assert [each["kind"] for each in found["evidence"]] == ["ocsp"]


def test_a_document_timestamp_of_sm2_proves_its_time() -> None:
    pdf = pdfs.stamped_later(pdfs.signed(document()))
    found = told(pdf, policy=SEAL)
    assert (found["verdict"], found["signatures"][1]["reason"]) == ("PASSED", "stamp_holds")
    assert found["signatures"][0]["signing_time_source"] == "archive_timestamp"


def test_a_timestamp_by_a_certificate_that_is_not_for_it_proves_nothing() -> None:
    found = told(pdfs.stamped_later(pdfs.signed(document()), person()), policy=SEAL)
    assert found["verdict"] != "PASSED"


def test_many_signatures_cost_one_pass_of_sm3(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = document()
    for number in range(4):
        pdf = pdfs.signed(pdf, plan=Plan(claimed=NOW + number * SECOND), name=f"Signature{number}")
    hashed = Counting()
    monkeypatch.setattr("trust.pades.reader.HashedFile", hashed.over)
    assert told(pdf)["verdict"] == "PASSED"
    assert hashed.passes["sm3"] == 1


class Counting:
    """Counts how often a file is gone through from its beginning."""

    def __init__(self) -> None:
        self.passes: dict[str, int] = {}

    def over(self, data: bytes, gaps: Any) -> HashedFile:
        counting = self

        class Counted(HashedFile):
            def _pass(self, algorithm: str) -> Any:
                if algorithm not in self._passes:
                    counting.passes[algorithm] = counting.passes.get(algorithm, 0) + 1
                return super()._pass(algorithm)

        return Counted(data, gaps)
