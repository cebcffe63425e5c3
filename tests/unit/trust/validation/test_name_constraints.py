"""An authority speaks only for the names that it is constrained to."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from trust.validation import paths
from trust.validation.paths import Path

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())


def name(*parts: str) -> x509.Name:
    oids = (x509.NameOID.COUNTRY_NAME, x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME)
    return x509.Name([x509.NameAttribute(oid, part) for oid, part in zip(oids, parts, strict=False)])


def certificate(
    subject: x509.Name, *extensions: x509.ExtensionType, authority: bool = False, critical: bool = True
) -> bytes:
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(name("HK", "Root"))
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    for extension in extensions:
        made = made.add_extension(extension, critical=critical)
    return made.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def tree(*trees: x509.GeneralName, excluded: bool = False) -> x509.NameConstraints:
    return x509.NameConstraints(*((None, list(trees)) if excluded else (list(trees), None)))


HK = x509.DirectoryName(name("HK"))
MAIL, OTHER_MAIL = x509.RFC822Name("a@post.hk"), x509.RFC822Name("a@post.mo")
CASES: dict[str, tuple[x509.NameConstraints, x509.Name, list[x509.GeneralName], bool]] = {
    "within the permitted names": (tree(HK), name("HK", "Post"), [], True),
    "outside the permitted names": (tree(HK), name("MO", "Post"), [], False),
    "among the excluded names": (tree(HK, excluded=True), name("HK", "Post"), [], False),
    "beside the excluded names": (tree(HK, excluded=True), name("MO", "Post"), [], True),
    "a permitted mail host": (tree(x509.RFC822Name("post.hk")), name("MO"), [MAIL], True),
    "another mail host": (tree(x509.RFC822Name("post.hk")), name("MO"), [OTHER_MAIL], False),
    "a host below": (tree(x509.DNSName("gov.hk")), name("HK"), [x509.DNSName("www.gov.hk")], True),
    "a host that only ends alike": (tree(x509.DNSName("gov.hk")), name("HK"), [x509.DNSName("evilgov.hk")], False),
    "a form that cannot be compared": (
        tree(x509.UniformResourceIdentifier("gov.hk")), name("HK"), [x509.UniformResourceIdentifier("http://gov.hk/")],
        False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("critical", [True, False])
def test_a_path_holds_only_where_its_constraints_are_kept(case: str, critical: bool) -> None:
    constraints, subject, others, holds = CASES[case]
    alternatives = [x509.SubjectAlternativeName(others)] if others else []
    leaf = certificate(subject, *alternatives, critical=False)
    issuer = certificate(name("HK", "Issuing"), constraints, authority=True, critical=critical)
    root = certificate(name("HK", "Root"), authority=True)
    problem = paths.objection(Path((leaf, issuer, root)), NOW)
    assert problem == (None if holds else "CHAIN_CONSTRAINTS_FAILURE")
