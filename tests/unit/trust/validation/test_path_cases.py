"""Paths and their revocation in the manner of the NIST test suite (PKITS): each case is a scene with one peculiarity.

The scenes are made here, from a PKI in memory; what is judged is a signature that holds in itself, so that the verdict
speaks of the path alone.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.fakes import pki
from tests.fakes.path_scene import CA, LONG_AGO, ROOT, Scene
from tests.fakes.pki import DAY, NOW, Holder, authority, certified, named, signatory

UNKNOWN_EXTENSION = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
ONE_POLICY = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.16.344.8.2.2008.810.2"), None)])
COUNTRY = x509.NameOID.COUNTRY_NAME
SERVERS, MAIL = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION

VALID = ("PASSED", "valid")


def undecided(reason: str) -> tuple[str, str]:
    return "INDETERMINATE", reason


NO_CHAIN = undecided("NO_CERTIFICATE_CHAIN_FOUND")
BROKEN = undecided("CHAIN_CONSTRAINTS_FAILURE")
EXPIRED = undecided("OUT_OF_BOUNDS_NO_POE")
EARLY = undecided("NOT_YET_VALID")
UNTOLD = undecided("TRY_LATER")
WEAK = undecided("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")


def below(issuer: Holder, *above: Holder) -> Scene:
    """A signatory of this authority; the ones above come along."""
    return Scene(leaf=signatory(issuer), pool=(issuer, *above))


def chain_of(count: int, **first: int | None) -> Scene:
    """A signatory under so many authorities below the root."""
    made: list[Holder] = []
    for number in range(count):
        made.append(authority(f"Level {number}", made[-1] if made else ROOT, **(first if not made else {})))
    return Scene(leaf=signatory(made[-1]), pool=tuple(made))


def with_wrong_signature() -> Scene:
    return Scene(leaf=signatory(CA, signing_key=pki.p256()))


def with_authority_of_a_stranger() -> Scene:
    stranger = authority("Issuing", ROOT, signing_key=pki.p256())
    return Scene(leaf=signatory(stranger), pool=(stranger,))


def of_other_keys(key: pki.PrivateKey, **told: Any) -> Scene:
    root = authority("Other root", key=key, **told)
    return Scene(leaf=signatory(root, **told), pool=(), anchors=(root,))


def anchored_on_the_past() -> Scene:
    """Whether an anchor is to be trusted still is the trust list's word."""
    root = authority("Past", ends=NOW - DAY)
    return Scene(leaf=signatory(root), pool=(), anchors=(root,))


def pss() -> Scene:
    key = rsa.generate_private_key(65537, 2048)
    return of_other_keys(key, rsa_padding=padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH))


def rolled_over() -> Scene:
    """The new key, certified by the old one under the same name (self-issued)."""
    old = authority("Rolling", ROOT, path_length=0)
    new = authority("Rolling", old)
    return below(new, old)


def two_of_one_name() -> Scene:
    first, second = authority("Twin", ROOT), authority("Twin", ROOT)
    return Scene(leaf=signatory(second), pool=(first, second))


def crossed() -> Scene:
    """Another root certifies the authority too; only that one is trusted."""
    other = authority("Other root")
    across = authority("Issuing", other, key=CA.key)
    return Scene(leaf=signatory(CA), pool=(CA, across), anchors=(other,))


def in_a_circle() -> Scene:
    one_key, two_key = pki.p256(), pki.p256()
    one = authority("One", issuer_name=named("Two"), signing_key=two_key, key=one_key)
    two = authority("Two", issuer_name=named("One"), signing_key=one_key, key=two_key)
    return Scene(leaf=signatory(one), pool=(one, two))


def in_a_crowd() -> Scene:
    """Five hundred authorities of one name that lead nowhere."""
    key = pki.p256()
    crowd = tuple(authority("Issuing", issuer_name=named("Issuing"), signing_key=key, key=key) for _ in range(500))
    return Scene(leaf=signatory(crowd[0]), pool=crowd)


def expired_but_another_is_not() -> Scene:
    key = pki.p256()
    old = authority("Renewed", ROOT, key=key, ends=NOW - DAY)
    new = authority("Renewed", ROOT, key=key)
    return Scene(leaf=signatory(old), pool=(old, new))


def under_a_short_root() -> Scene:
    root = authority("Short root", path_length=0)
    issuer = authority("One too many", root)
    return Scene(leaf=signatory(issuer), pool=(issuer,), anchors=(root,))


def in_version_1(*, anchor: bool) -> Scene:
    assert isinstance(ROOT.key, ec.EllipticCurvePrivateKey)
    if anchor:
        made = certified("Old root")
        assert isinstance(made.key, ec.EllipticCurvePrivateKey)
        old = pki.version_1(made, made.key)
        return Scene(leaf=signatory(old), pool=(), anchors=(old,))
    old = pki.version_1(certified("Old", ROOT), ROOT.key)
    return below(old)


def signed_with_sha1_long_ago() -> Scene:
    leaf = pki.with_sha1(signatory(CA, begins=LONG_AGO), CA.key)
    return Scene(leaf=leaf, stamped=datetime(2016, 1, 1, tzinfo=UTC))


def answered_with_sha1_long_ago() -> Scene:
    leaf, then = signatory(CA, asked=True, begins=LONG_AGO), datetime(2016, 1, 1, tzinfo=UTC)
    told = pki.answered_with_sha1(pki.answer(leaf, CA, said=then, until=then + DAY), CA)
    return Scene(leaf=leaf, ocsps=(told,), stamped=then)


def constrained(name: x509.Name, *, permitted: bool) -> Scene:
    tree = [x509.DirectoryName(named_only(COUNTRY, "HK"))]
    constraints = x509.NameConstraints(tree if permitted else None, None if permitted else tree)
    issuer = authority("Constrained", ROOT, (constraints, True))
    uses = (pki.usage("digital_signature"), True)
    return Scene(leaf=certified(name, issuer, [uses]), pool=(issuer,))


def named_only(oid: x509.ObjectIdentifier, text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text)])


def hongkong(common_name: str = "Somebody") -> x509.Name:
    return named(common_name, (COUNTRY, "HK"))


def macao() -> x509.Name:
    return named("Somebody", (COUNTRY, "MO"))


LEAF = signatory(CA, asked=True)
OVER = signatory(CA, asked=True, ends=NOW - 10 * DAY)
LISTED_CA = authority("Listed", ROOT, (pki.SOURCE, False))
NO_CRL_SIGN = certified("Keeps no list", ROOT, pki.authority_extensions(uses=pki.usage("key_cert_sign")))
GOOD_RESPONDER = pki.responder(CA, ExtendedKeyUsageOID.OCSP_SIGNING)
REVOKED = ocsp.OCSPCertStatus.REVOKED


def listed(*crls: bytes, leaf: Holder = LEAF, **told: datetime) -> Scene:
    return Scene(leaf=leaf, crls=crls, **told)  # type: ignore[arg-type]  # moments by name


def answered(*ocsps: bytes, **told: datetime) -> Scene:
    return Scene(leaf=LEAF, ocsps=ocsps, **told)  # type: ignore[arg-type]  # as above


def without_a_next_update(said: datetime) -> Scene:
    return answered(pki.answer(LEAF, CA, said=said, until=None))


def by_who_keeps_no_list() -> Scene:
    leaf = signatory(NO_CRL_SIGN, asked=True)
    return Scene(leaf=leaf, pool=(NO_CRL_SIGN,), crls=(pki.crl(NO_CRL_SIGN),))


def for_a_twin(by: Holder | None = None) -> Scene:
    """An answer about a certificate with the same serial number of an authority with the same name and another key."""
    twin = authority("Issuing", ROOT)
    return answered(pki.answer(LEAF, twin, by))


def revoked_authority(stamped: datetime | None = None) -> Scene:
    leaf = signatory(LISTED_CA)
    return Scene(leaf=leaf, pool=(LISTED_CA,), crls=(pki.crl(ROOT, LISTED_CA),), stamped=stamped)


def critical(extension: x509.ExtensionType) -> bytes:
    return pki.crl(CA, extensions=[(extension, True)])


HERE, ELSEWHERE = "http://ca.test/list.crl", "http://ca.test/other.crl"


def scope(place: str | None = None, **told: Any) -> x509.IssuingDistributionPoint:
    whole: dict[str, Any] = {
        "full_name": [x509.UniformResourceIdentifier(place)] if place else None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**whole | told)


CASES: dict[str, tuple[Callable[[], Scene], tuple[str, str]]] = {
    # signatures (PKITS 4.1)
    "a sound chain": (lambda: Scene(leaf=signatory(CA)), VALID),
    "an end entity that its issuer did not sign": (with_wrong_signature, NO_CHAIN),
    "an authority that the root did not sign": (with_authority_of_a_stranger, NO_CHAIN),
    "a chain of RSA keys": (lambda: of_other_keys(rsa.generate_private_key(65537, 2048)), VALID),
    "a chain signed with RSA-PSS": (pss, VALID),
    "a chain of Ed25519 keys": (lambda: of_other_keys(ed25519.Ed25519PrivateKey.generate()), VALID),
    "a chain of P-384 keys": (lambda: of_other_keys(ec.generate_private_key(ec.SECP384R1())), VALID),
    "a certificate signed with SHA-1 today": (lambda: Scene(leaf=pki.with_sha1(signatory(CA), CA.key)), WEAK),
    "a certificate signed with SHA-1 while that held": (signed_with_sha1_long_ago, VALID),
    "an authority with RSA of 1024 bits today": (
        lambda: below(authority("Short", ROOT, key=rsa.generate_private_key(65537, 1024))), WEAK),
    # how long certificates are valid, PKITS 4.2
    "an end entity before its time": (lambda: Scene(leaf=signatory(CA, begins=NOW + DAY)), EARLY),
    "an end entity past its time": (lambda: Scene(leaf=signatory(CA, ends=NOW - DAY)), EXPIRED),
    "an end entity in its last second": (lambda: Scene(leaf=signatory(CA, ends=NOW)), VALID),
    "an end entity in its first second": (lambda: Scene(leaf=signatory(CA, begins=NOW)), VALID),
    "an end entity that lasts beyond 2050": (
        lambda: Scene(leaf=signatory(CA, ends=datetime(2051, 1, 1, tzinfo=UTC))), VALID),
    "an authority before its time": (lambda: below(authority("Early", ROOT, begins=NOW + DAY)), EARLY),
    "an authority past its time": (lambda: below(authority("Late", ROOT, ends=NOW - DAY)), EXPIRED),
    "an anchor past its own dates": (anchored_on_the_past, VALID),
    "past its time, but stamped before": (
        lambda: Scene(leaf=signatory(CA, ends=NOW - DAY), stamped=NOW - 2 * DAY), VALID),
    "past its time, and stamped after": (
        lambda: Scene(leaf=signatory(CA, ends=NOW - 2 * DAY), stamped=NOW - DAY), EXPIRED),
    "stamped before its time": (
        lambda: Scene(leaf=signatory(CA, begins=NOW - DAY), stamped=NOW - 2 * DAY), ("FAILED", "NOT_YET_VALID")),
    "before its time, and stamped in a time to come": (
        lambda: Scene(leaf=signatory(CA, begins=NOW + DAY), stamped=NOW + 2 * DAY), EARLY),
    "an expired certificate of an authority beside a valid one": (expired_but_another_is_not, VALID),
    # how names follow, PKITS 4.3
    "an issuer of another name": (
        lambda: Scene(leaf=signatory(CA, issuer_name=named("Issuing", (COUNTRY, "HK")))), NO_CHAIN),
    "an issuer whose name has its parts in another order": (
        lambda: Scene(
            leaf=signatory(CA, issuer_name=x509.Name(reversed(list(named("Issuing", (COUNTRY, "HK"))))))), NO_CHAIN),
    "two authorities of one name": (two_of_one_name, VALID),
    # revocation lists (4.4)
    "nobody says how it stands": (listed, UNTOLD),
    "a list that does not name it": (lambda: listed(pki.crl(CA)), VALID),
    "a list that names it": (lambda: listed(pki.crl(CA, LEAF)), undecided("REVOKED_NO_POE")),
    "revoked before the signer says to have signed": (
        lambda: listed(pki.crl(CA, LEAF), claimed=NOW - DAY), ("FAILED", "REVOKED")),
    "revoked after the timestamp": (lambda: listed(pki.crl(CA, LEAF), stamped=NOW - 3 * DAY), VALID),
    "revoked before the timestamp": (
        lambda: listed(pki.crl(CA, LEAF), stamped=NOW - DAY), undecided("REVOKED_NO_POE")),
    "an authority that was revoked": (revoked_authority, undecided("REVOKED_CA_NO_POE")),
    "an authority that was revoked after the timestamp": (lambda: revoked_authority(NOW - 3 * DAY), VALID),
    "a list of an authority of the same name": (
        lambda: listed(pki.crl(CA, signing_key=pki.p256())), UNTOLD),
    "a list of another authority": (lambda: listed(pki.crl(ROOT)), UNTOLD),
    "a list past its next update": (
        lambda: listed(pki.crl(CA, said=NOW - 9 * DAY, until=NOW - 8 * DAY)), UNTOLD),
    "a list past its next update, but newer than the timestamp": (
        lambda: listed(pki.crl(CA, said=NOW - 9 * DAY, until=NOW - 8 * DAY), stamped=NOW - 10 * DAY), VALID),
    "an old list that does not name it beside a new one that does": (
        lambda: listed(pki.crl(CA, said=NOW - 3 * DAY), pki.crl(CA, LEAF)), undecided("REVOKED_NO_POE")),
    "a list by an authority that may keep none": (by_who_keeps_no_list, UNTOLD),
    "a list for authorities alone": (lambda: listed(critical(scope(only_contains_ca_certs=True))), UNTOLD),
    "a list for end entities alone": (lambda: listed(critical(scope(only_contains_user_certs=True))), VALID),
    "a list of the place that the certificate names": (lambda: listed(critical(scope(HERE))), VALID),
    "a list of another place": (lambda: listed(critical(scope(ELSEWHERE))), UNTOLD),
    "a list for some reasons alone": (
        lambda: listed(critical(scope(only_some_reasons=frozenset([x509.ReasonFlags.key_compromise])))), UNTOLD),
    "a list kept for others": (lambda: listed(critical(scope(indirect_crl=True))), UNTOLD),
    "a list of changes alone": (lambda: listed(critical(x509.DeltaCRLIndicator(1))), UNTOLD),
    "a list with an unknown critical extension": (lambda: listed(critical(UNKNOWN_EXTENSION)), UNTOLD),
    "bytes that are no list": (lambda: listed(b"\x30\x03\x02\x01\x00"), UNTOLD),
    # answers (RFC 6960)
    "an answer of the issuer itself": (lambda: answered(pki.answer(LEAF, CA)), VALID),
    "an answer signed with SHA-1 today": (lambda: answered(pki.answered_with_sha1(pki.answer(LEAF, CA), CA)), UNTOLD),
    "an answer signed with SHA-1 while that held": (answered_with_sha1_long_ago, VALID),
    "a revocation signed with SHA-1 today": (
        lambda: answered(pki.answered_with_sha1(pki.answer(LEAF, CA, status=REVOKED, revoked_at=NOW - DAY), CA)),
        undecided("REVOKED_NO_POE")),
    "an answer of whom the issuer names for it": (lambda: answered(pki.answer(LEAF, CA, GOOD_RESPONDER)), VALID),
    "an answer of whom the issuer did not name for it": (
        lambda: answered(pki.answer(LEAF, CA, pki.responder(CA))), UNTOLD),
    "an answer of whom the issuer named for something else": (
        lambda: answered(pki.answer(LEAF, CA, pki.responder(CA, ExtendedKeyUsageOID.TIME_STAMPING))), UNTOLD),
    "an answer of whom another authority names": (
        lambda: answered(pki.answer(LEAF, CA, pki.responder(ROOT, ExtendedKeyUsageOID.OCSP_SIGNING))), UNTOLD),
    "an answer of somebody past his time": (
        lambda: answered(
            pki.answer(LEAF, CA, pki.responder(CA, ExtendedKeyUsageOID.OCSP_SIGNING, ends=NOW - 50 * DAY))), UNTOLD),
    "an answer that says revoked": (
        lambda: answered(pki.answer(LEAF, CA, status=REVOKED, revoked_at=NOW - 2 * DAY)), undecided("REVOKED_NO_POE")),
    "an answer that says unknown": (
        lambda: answered(pki.answer(LEAF, CA, status=ocsp.OCSPCertStatus.UNKNOWN)), UNTOLD),
    "an answer about another certificate": (lambda: answered(pki.answer(OVER, CA)), UNTOLD),
    "an answer under an authority of the same name": (for_a_twin, UNTOLD),
    "the same by who may answer for the right one": (lambda: for_a_twin(GOOD_RESPONDER), UNTOLD),
    "an answer past its next update": (
        lambda: answered(pki.answer(LEAF, CA, said=NOW - 9 * DAY, until=NOW - 8 * DAY)), UNTOLD),
    "a fresh answer without a next update": (lambda: without_a_next_update(NOW - DAY / 2), VALID),
    "an old answer without a next update": (lambda: without_a_next_update(NOW - 30 * DAY), UNTOLD),
    "a good list and an answer that says revoked": (
        lambda: Scene(
            leaf=LEAF, crls=(pki.crl(CA),),
            ocsps=(pki.answer(LEAF, CA, status=REVOKED, revoked_at=NOW - 2 * DAY),)), undecided("REVOKED_NO_POE")),
    # key rollover and building of paths (4.5)
    "a self-issued certificate for a new key": (rolled_over, VALID),
    "an authority certified across": (crossed, VALID),
    "authorities that certify one another": (in_a_circle, NO_CHAIN),
    "a crowd of authorities that leads nowhere": (in_a_crowd, NO_CHAIN),
    "an end entity that is trusted itself": (lambda: Scene(leaf=LEAF, pool=(), anchors=(LEAF,)), VALID),
    "an authority that nobody sent along": (lambda: Scene(leaf=signatory(CA), pool=()), NO_CHAIN),
    "the longest chain that is followed": (lambda: chain_of(6), VALID),
    "a chain that is longer than any honest one": (lambda: chain_of(9), NO_CHAIN),
    # basic constraints (4.6)
    "an authority without basic constraints": (
        lambda: below(certified("Bare", ROOT, [(pki.usage("key_cert_sign"), True)])), BROKEN),
    "an authority that is called none": (
        lambda: below(certified("None", ROOT, [(x509.BasicConstraints(ca=False, path_length=None), True)])), BROKEN),
    "an authority that is called none, not critically": (
        lambda: below(certified("None", ROOT, [(x509.BasicConstraints(ca=False, path_length=None), False)])), BROKEN),
    "a signatory who acts as an authority": (lambda: below(signatory(CA), CA), BROKEN),
    "an authority of version 1 below the anchor": (lambda: in_version_1(anchor=False), BROKEN),
    "an anchor of version 1": (lambda: in_version_1(anchor=True), VALID),
    "a path length of none with no authority below": (lambda: below(authority("Short", ROOT, path_length=0)), VALID),
    "a path length of none with an authority below": (lambda: chain_of(2, path_length=0), BROKEN),
    "a path length of one with an authority below": (lambda: chain_of(2, path_length=1), VALID),
    "a path length of one with two below": (lambda: chain_of(3, path_length=1), BROKEN),
    "a path length of the anchor": (under_a_short_root, BROKEN),
    # key usage (4.7)
    "an authority whose key may not certify": (
        lambda: below(certified("Idle", ROOT, pki.authority_extensions(uses=pki.usage("crl_sign")))), BROKEN),
    "an authority whose key usage is not told": (
        lambda: below(certified("Free", ROOT, [(x509.BasicConstraints(ca=True, path_length=None), True)])), VALID),
    "a signatory whose key may only encipher": (
        lambda: Scene(leaf=certified("Cipher", CA, [(pki.usage("key_encipherment"), True)])), BROKEN),
    "a signatory whose key may only commit to content": (
        lambda: Scene(leaf=certified("Commits", CA, [(pki.usage("content_commitment"), True)])), VALID),
    "a signatory whose key usage is not told": (lambda: Scene(leaf=certified("Free", CA)), VALID),
    "a timestamp unit that signs a document": (lambda: Scene(leaf=pki.stamper(CA)), BROKEN),
    "a responder that signs a document": (
        lambda: Scene(leaf=pki.responder(CA, ExtendedKeyUsageOID.OCSP_SIGNING)), BROKEN),
    "a server that signs a document": (
        lambda: Scene(leaf=signatory(CA, (x509.ExtendedKeyUsage([SERVERS]), False))), BROKEN),
    "a signatory who may sign mail, and be a server": (
        lambda: Scene(leaf=signatory(CA, (x509.ExtendedKeyUsage([SERVERS, MAIL]), False))), VALID),
    # certificate policies (4.8 to 4.12): none is asked for, and what restricts them is not understood here
    "critical certificate policies": (lambda: Scene(leaf=signatory(CA, (ONE_POLICY, True))), VALID),
    "an authority that demands explicit policies": (
        lambda: below(authority("P", ROOT, (x509.PolicyConstraints(0, None), True))), BROKEN),
    "an authority that inhibits any policy": (
        lambda: below(authority("P", ROOT, (x509.InhibitAnyPolicy(0), True))), BROKEN),
    "an authority that maps policies": (
        lambda: below(
            authority("P", ROOT, (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.33"), b"\x30\x00"), True))),
        BROKEN),
    # name constraints (4.13)
    "a name among the permitted": (lambda: constrained(hongkong(), permitted=True), VALID),
    "a name not among the permitted": (lambda: constrained(macao(), permitted=True), BROKEN),
    "a name among the excluded": (lambda: constrained(hongkong(), permitted=False), BROKEN),
    "a name beside the excluded": (lambda: constrained(macao(), permitted=False), VALID),
    # extensions that nobody knows (4.16)
    "an unknown extension": (lambda: Scene(leaf=signatory(CA, (UNKNOWN_EXTENSION, False))), VALID),
    "an unknown critical extension of the end entity": (
        lambda: Scene(leaf=signatory(CA, (UNKNOWN_EXTENSION, True))), BROKEN),
    "an unknown critical extension of an authority": (
        lambda: below(authority("Strange", ROOT, (UNKNOWN_EXTENSION, True))), BROKEN),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_path_is_judged_by_its_peculiarity(case: str) -> None:
    scene, expected = CASES[case]
    assert scene().verdict() == expected


def test_there_are_enough_cases_to_rely_on() -> None:
    assert len(CASES) >= 40
    assert {expected[1] for _, expected in CASES.values()} >= {"valid", "TRY_LATER", "REVOKED", "NOT_YET_VALID"}
