"""What each policy lets pass, and until when it relied on which algorithm."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec.structs import replace

from tests.fakes import pki
from tests.fakes.path_scene import CA
from tests.fakes.pki import NOW
from trust.validation.assess import ChainFindings, SignatureFindings
from trust.validation.facts import Change, CmsFacts, SignatureFacts
from trust.validation.judge import judge
from trust.validation.policy import ORDINARY, POLICIES, weak_path, weakness

LEAF = pki.signatory(CA)
CMS = CmsFacts(intact=True, genuine=True, signer=LEAF.der, names_signer="matches", digest_algorithm="sha256")
FACTS = SignatureFacts(field_name="S", sub_filter="ETSI.CAdES.detached", end=9, revision=1, cms=CMS)
# The worst change that passes, by policy and by what the signature certifies may follow (0: nothing is certified)
WORST = {
    ("ordinary", 0): Change.SIGNATURES,
    ("ordinary", 1): Change.VALIDATION_DATA,
    ("ordinary", 2): Change.FORM,
    ("ordinary", 3): Change.FORM,  # an annotation may cover what was signed: allowed, and still undecided
    ("archive", 0): Change.SIGNATURES,
    ("archive", 2): Change.FORM,
    ("seal", 0): Change.VALIDATION_DATA,
    ("seal", 1): Change.VALIDATION_DATA,
    ("seal", 2): Change.VALIDATION_DATA,
    ("seal", 3): Change.VALIDATION_DATA,
}


def findings(**changed: object) -> SignatureFindings:
    facts = replace(FACTS, **changed)  # by name
    return SignatureFindings(
        facts=facts, chain=ChainFindings(), at=NOW, proved="signature_timestamp", proved_level="B-LT"
    )


@pytest.mark.parametrize(("policy", "permits"), WORST)
def test_a_policy_lets_no_worse_change_pass_than_it_says_whatever_is_certified(policy: str, permits: int) -> None:
    passing = [change for change in Change if judge(findings(change=change, permits=permits), POLICIES[policy]).passed]
    assert passing == [change for change in Change if change <= WORST[policy, permits]]


@pytest.mark.parametrize(
    ("policy", "level", "proved", "reason"),
    [
        ("archive", "B-LT", "signature_timestamp", "valid"),
        ("archive", "B-LTA", "archive_timestamp", "valid"),
        ("archive", "B-T", "signature_timestamp", "level_below_policy"),
        ("archive", "B-LT", "", "time_not_proved"),
        ("seal", "B-T", "signature_timestamp", "valid"),
        ("seal", "B-B", "", "time_not_proved"),
        ("ordinary", "B-B", "", "valid"),
    ],
)
def test_a_policy_asks_for_evidence_and_time_as_it_says(policy: str, level: str, proved: str, reason: str) -> None:
    found = replace(findings(), proved_level=level, proved=proved)
    assert judge(found, POLICIES[policy]).reason == reason


@pytest.mark.parametrize(("digest", "year"), [("md5", 2008), ("sha1", 2016), ("sha224", 2025)])
def test_a_digest_serves_to_the_end_of_its_last_year(digest: str, year: int) -> None:
    assert weakness(ORDINARY, LEAF.der, digest, datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)) is None
    assert weakness(ORDINARY, LEAF.der, digest, datetime(year + 1, 1, 1, tzinfo=UTC)) == digest


def test_a_digest_that_nobody_broke_serves() -> None:
    for digest in ("sha256", "sha384", "sha512", "sha3_256"):
        assert weakness(ORDINARY, LEAF.der, digest, NOW) is None


@pytest.mark.parametrize(
    ("key", "year", "weak"),
    [
        (rsa.generate_private_key(65537, 1024), 2013, "rsa1024"),
        (rsa.generate_private_key(65537, 2048), None, None),
        (ec.generate_private_key(ec.SECP192R1()), 2013, "ec192"),
        (ec.generate_private_key(ec.SECP256R1()), None, None),
    ],
    ids=["RSA 1024", "RSA 2048", "P-192", "P-256"],
)
def test_a_key_that_is_too_short_serves_to_its_year_at_the_leaf_and_above_it(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, year: int | None, weak: str | None
) -> None:
    holder = pki.certified("Somebody", CA, key=key)
    path = (LEAF.der, holder.der, CA.der)
    assert (weakness(ORDINARY, holder.der, "sha256", NOW), weak_path(ORDINARY, path, NOW)) == (weak, weak)
    if year is not None:
        last = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
        assert (weakness(ORDINARY, holder.der, "sha256", last), weak_path(ORDINARY, path, last)) == (None, None)


def test_an_anchor_is_asked_for_no_strength_since_nobodys_signature_makes_it_one() -> None:
    weak = pki.authority("Old root", key=rsa.generate_private_key(65537, 1024))
    assert weak_path(ORDINARY, (LEAF.der, weak.der), NOW) is None
    assert weak_path(ORDINARY, (LEAF.der, weak.der, CA.der), NOW) == "rsa1024"


def test_a_certificate_that_nobody_can_read_is_weak() -> None:
    assert weakness(ORDINARY, b"none", "sha256", NOW) == "key"
    assert weak_path(ORDINARY, (b"none", CA.der), NOW) == "key"
