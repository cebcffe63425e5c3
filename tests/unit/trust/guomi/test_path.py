"""Paths of SM2 certificates: which hold, and the one reason why each of the others does not."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path as File

import pytest
from msgspec import structs

from tests.unit.trust.guomi import making
from tests.unit.trust.guomi.making import CA, NOW, YEAR, Holder, Wish, authority, issue, person, root
from trust.guomi import certificate, path
from trust.guomi.certificate import Certificate
from trust.guomi.der import Malformed
from trust.guomi.path import Purpose

SECOND = timedelta(seconds=1)
STAMPING = "1.3.6.1.5.5.7.3.8"


def read(*holders: Holder) -> list[Certificate]:
    return [certificate.read(holder.der) for holder in holders]


def objection(
    *holders: Holder, anchors: tuple[Holder, ...] | None = None, at: datetime = NOW, purpose: Purpose = Purpose.DOCUMENT
) -> str | None:
    """What is said of the first certificate, given all as a pool."""
    leaf, *pool = read(*holders)
    return path.best(leaf, pool=pool, anchors=read(*(anchors or (root(),))), at=at, purpose=purpose)[1]


def test_a_path_through_an_authority_to_the_anchor_holds() -> None:
    leaf, middle, top = read(person(), authority(), root())
    found, problem = path.best(leaf, pool=[middle], anchors=[top], at=NOW)
    assert problem is None
    assert found.certificates == (leaf, middle, top)
    assert found.anchored


def test_a_path_made_by_openssl_holds(tmp_path: File) -> None:
    def made(name: str) -> File:
        return tmp_path / name

    sign = ("-sm3", "-sigopt", f"distid:{making.DEFAULT_ID}")
    for name in ("root", "leaf"):
        making.run("genpkey", "-algorithm", "SM2", "-out", made(f"{name}.key"))
    top = ("-x509", "-key", made("root.key"), "-subj", "/CN=OpenSSL Root", "-days", "30", "-outform", "DER")
    making.run("req", *top, *sign, "-out", made("root.der"))
    request = ("-key", made("leaf.key"), "-subj", "/C=CN/O=Sandbox/CN=Leaf", *sign)
    making.run("req", "-new", *request, "-out", made("leaf.csr"))
    issued = ("-CA", made("root.der"), "-CAkey", made("root.key"), "-CAcreateserial", "-days", "20", *sign)
    vouched = ("-vfyopt", f"distid:{making.DEFAULT_ID}")
    making.run("x509", "-req", "-in", made("leaf.csr"), *vouched, *issued, "-outform", "DER", "-out", made("leaf.der"))
    leaf, anchor = (certificate.read(made(f"{name}.der").read_bytes()) for name in ("leaf", "root"))
    assert leaf.key.kind == "sm2"
    assert leaf.named(certificate.ORGANISATION) == ("Sandbox",)
    assert path.best(leaf, pool=[], anchors=[anchor], at=leaf.not_before)[1] is None


def test_another_identity_than_the_signer_s_breaks_the_path() -> None:
    leaf, middle, top = read(person(), authority(), root())
    found, problem = path.best(leaf, pool=[middle], anchors=[top], at=NOW, identity=b"somebody@example.cn")
    assert problem == "no_anchor"
    assert found.certificates == (leaf,)


def test_an_anchor_may_be_the_signer_s_own_certificate() -> None:
    assert objection(person(), anchors=(person(),)) is None


def test_an_anchor_outlives_its_certificate() -> None:
    # RFC 5280 §6.1.1 d: an anchor is a name and a key
    old = issue("Old Root", None, replace(CA, not_after=NOW - YEAR / 2))
    assert objection(issue("Somebody", old), anchors=(old,)) is None


def test_rsa_and_sm2_may_stand_in_one_path() -> None:
    top = issue("RSA Root", None, CA)
    assert objection(issue("Leaf", issue("SM2 Below", top, CA)), issue("SM2 Below", top, CA), anchors=(top,)) is None


def test_without_an_anchor_there_is_no_path() -> None:
    assert objection(person(), authority(), anchors=(issue("Stranger", None, CA),)) == "no_anchor"
    assert objection(person(), anchors=(root(),)) == "no_anchor"


def test_a_namesake_of_the_anchor_is_no_anchor() -> None:
    impostor = issue("Sandbox Root", None, CA, key="impostor")
    below = issue("Sandbox Issuing", impostor, CA, key="impostor below")
    assert objection(issue("Victim", below), below, impostor) == "no_anchor"


def test_namesakes_do_not_hide_the_true_issuer() -> None:
    unnamed = replace(CA, key_named=False)
    namesakes = [issue("Sandbox Issuing", root(), unnamed, key=f"namesake {number}") for number in range(4)]
    leaf = issue("Unnamed", authority(), Wish(key_named=False))
    assert objection(leaf, *namesakes, authority(), *namesakes) is None


def test_a_pool_of_namesakes_costs_a_bounded_number_of_signatures() -> None:
    one = issue("Sandbox Issuing", root(), replace(CA, key_named=False), key="namesake 0")
    (template,) = read(one)
    crowd = [structs.replace(template, serial=number) for number in range(500)]
    (leaf,) = read(issue("Unnamed", authority(), Wish(key_named=False)))
    assert path.best(leaf, pool=crowd, anchors=read(root()), at=NOW)[1] == "no_anchor"


def test_a_circle_of_authorities_ends() -> None:
    one = issue("Circle One", None, CA)
    two = issue("Circle Two", one, CA)
    back = issue("Circle One", two, CA)
    assert objection(issue("Leaf", one), back, two, one) == "no_anchor"


def test_a_path_has_a_longest_length() -> None:
    chain = [root()]
    for number in range(path.LONGEST):
        chain.insert(0, issue(f"Deep {number}", chain[0], CA))
    assert objection(issue("Leaf", chain[2]), *chain) is None
    assert objection(issue("Leaf", chain[0]), *chain) == "no_anchor"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW - YEAR - SECOND, "not_yet_valid"),
        (NOW - YEAR, None),
        (NOW + YEAR, None),
        (NOW + YEAR + SECOND, "expired"),
    ],
)
def test_validity_counts_at_the_time_that_is_asked_about(at: datetime, expected: str | None) -> None:
    assert objection(person(), authority(), at=at) == expected


def below(wish: Wish) -> tuple[Holder, Holder]:
    middle = issue("Odd Issuing", root(), wish)
    return issue("Leaf", middle), middle


def leaf(wish: Wish) -> tuple[Holder, Holder]:
    return issue("Odd Leaf", authority(), wish), authority()


UNKNOWN = ("1.2.3.4.5", True, b"\x05\x00")
BROKEN: dict[str, tuple[str, tuple[str, Wish]]] = {
    "an authority that has expired": ("expired", ("below", replace(CA, not_after=NOW - SECOND))),
    "an authority that is none": ("issuer_not_authority", ("below", Wish())),
    "an authority that says it is none": ("issuer_not_authority", ("below", replace(CA, ca=False))),
    "an authority that may not certify": (
        "issuer_may_not_certify",
        ("below", replace(CA, usages=frozenset({"crl_sign", "digital_signature"}))),
    ),
    "a critical extension of an authority that nobody knows": (
        "critical_extension_unknown",
        ("below", replace(CA, extensions=[UNKNOWN])),
    ),
    "a critical extension that nobody knows": ("critical_extension_unknown", ("leaf", Wish(extensions=[UNKNOWN]))),
    "name constraints, which we do not process": (
        "critical_extension_unknown",
        ("below", replace(CA, extensions=[("2.5.29.30", False, b"\x30\x00")])),
    ),
    "an extension twice": (
        "extension_repeated",
        ("leaf", Wish(extensions=[("2.5.29.15", True, bytes.fromhex("03020780"))])),
    ),
    "two algorithms": ("algorithm_differs", ("leaf", Wish(inner_algorithm="1.2.840.10045.4.3.2"))),
    "an encryption certificate": (
        "use_not_allowed",
        ("leaf", Wish(usages=frozenset({"key_encipherment", "data_encipherment", "key_agreement"}))),
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_path_is_refused_for(case: str) -> None:
    expected, (place, wish) = BROKEN[case]
    assert objection(*(below(wish) if place == "below" else leaf(wish))) == expected


def test_every_rule_has_an_example() -> None:
    elsewhere = {"no_anchor", "path_too_long", "not_yet_valid"}
    assert {expected for expected, _ in BROKEN.values()} | elsewhere == path.RULES.keys()


def test_private_extensions_without_weight_may_hold_anything() -> None:
    # identity codes of mainland authorities are often no DER at all
    assert objection(*leaf(Wish(extensions=[("1.2.156.10260.4.1.1", False, b"91440000")]))) is None


def test_an_authority_of_length_zero_issues_to_signers_only() -> None:
    last = issue("Last", root(), replace(CA, path_length=0))
    further = issue("One Too Many", last, CA)
    assert objection(issue("Leaf", last), last) is None
    assert objection(issue("Leaf", further), further, last) == "path_too_long"


def test_an_authority_s_own_renewal_does_not_count_as_one_more() -> None:
    first = issue("Renewed", root(), replace(CA, path_length=0))
    renewed = issue("Renewed", first, CA, key="renewed key")
    assert objection(issue("Leaf", renewed), renewed, first) is None


@pytest.mark.parametrize(
    ("wish", "purpose", "expected"),
    [
        (Wish(extended=[STAMPING]), Purpose.STAMP, None),
        (Wish(extended=[STAMPING], extended_critical=False), Purpose.STAMP, "use_not_allowed"),
        (Wish(extended=[STAMPING, path.OCSP_SIGNING]), Purpose.STAMP, "use_not_allowed"),
        (Wish(), Purpose.STAMP, "use_not_allowed"),
        (Wish(extended=[path.OCSP_SIGNING]), Purpose.STATUS, None),
        (Wish(), Purpose.STATUS, "use_not_allowed"),
        (CA, Purpose.AUTHORITY, None),
        (Wish(), Purpose.AUTHORITY, "use_not_allowed"),
        (CA, Purpose.DOCUMENT, "use_not_allowed"),
        (Wish(usages=None), Purpose.DOCUMENT, None),
    ],
)
def test_a_certificate_is_good_for_what_it_says(wish: Wish, purpose: Purpose, expected: str | None) -> None:
    assert objection(*leaf(wish), purpose=purpose) == expected


def test_another_path_is_taken_when_the_first_does_not_hold() -> None:
    old = issue("Crossed", root(), replace(CA, not_after=NOW - SECOND), key="crossed")
    new = issue("Crossed", root(), CA, key="crossed")
    signer = issue("Leaf", new)
    assert objection(signer, old, new) is None
    assert objection(signer, new, old) is None
    assert objection(signer, old) == "expired"


def test_every_changed_byte_of_a_certificate_is_noticed() -> None:
    middle, top = read(authority(), root())
    data = person().der
    for place in range(len(data)):
        changed = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
        try:
            found = certificate.read(changed)
        except Malformed:
            continue
        problem = path.best(found, pool=[middle], anchors=[top], at=NOW)[1]
        assert problem is not None, f"byte {place}"


def test_a_certificate_prints_nothing_about_its_holder() -> None:
    (found,) = read(person())
    assert "Chan" not in repr(found)
    assert str(found.serial) not in repr(found)


@pytest.mark.parametrize("data", [b"", b"\x30\x00", b"\x30\x80\x00\x00", b"0" * 70_000, b"\x30\x03\x02\x01\x01"])
def test_what_is_no_certificate_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        certificate.read(data)
    with pytest.raises(Malformed):
        certificate.read(person().der + b"\0")
