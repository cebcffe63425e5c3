"""Only what the operator signed is read; every trick on a list is refused by its name."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.trust_lists import AT, OPERATOR, ROOT, certificate, device, signed
from trust.anchors.trust_list import LARGEST, TrustList
from trust.errors import TrustListRefused
from trust.trust_lists import markup, verify
from trust.trust_lists.files import XmlLists

LIST = signed()
TEXT = LIST.decode()
SIGNATURE = TEXT[TEXT.index("<ds:Signature ") : TEXT.index("</TrustServiceStatusList>")]
END = "</TrustServiceStatusList>"
EXCLUSIVE = '<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'


def read(data: bytes, signers: tuple[bytes, ...] = OPERATOR.chain) -> TrustList:
    return XmlLists().read(data, signers)


def refusal(data: bytes | str, signers: tuple[bytes, ...] = OPERATOR.chain) -> str:
    with pytest.raises(TrustListRefused) as refused:
        read(data if isinstance(data, bytes) else data.encode(), signers)
    return refused.value.reason


def replaced(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_a_signed_list_is_read() -> None:
    assert read(LIST).sequence == 1


@pytest.mark.parametrize("bits", [2048, 3072])
def test_an_rsa_key_signs_too(bits: int) -> None:
    holder = device(rsa.generate_private_key(public_exponent=65537, key_size=bits))
    assert read(signed(by=holder), holder.chain).territory == "HK"


def test_one_of_several_known_signers_is_enough() -> None:
    assert read(LIST, (*device().chain, *OPERATOR.chain)).territory == "HK"


INNER = TEXT[TEXT.index("<TrustServiceStatusList") :]
TRICKS: dict[str, tuple[str, Callable[[], str]]] = {
    "a word changed": ("signature_invalid", lambda: replaced("Example Issuing", "Another Issuing")),
    "an attribute changed": ("signature_invalid", lambda: replaced('versionNodes="3"', 'versionNodes="1"')),
    "a service taken out": (
        "signature_invalid",
        lambda: re.sub(r"<TSPService>.*?</TSPService>", "", TEXT, count=1, flags=re.DOTALL),
    ),
    "a date moved": (
        "signature_invalid",
        lambda: replaced("2026-11-21T08:00:00Z</ListIssue", "2026-11-22T08:00:00Z</ListIssue"),
    ),
    "the signature taken off": ("not_signed", lambda: replaced(SIGNATURE, "")),
    "a second signature": ("signature_misplaced", lambda: replaced(END, SIGNATURE + END)),
    "the signature not last": ("signature_misplaced", lambda: replaced(END, "<Extra/>" + END)),
    "the signed list wrapped in another": (
        "signature_misplaced",
        lambda: INNER.replace("<SchemeInformation>", f"<SchemeInformation>{INNER}", 1)[: -len(SIGNATURE + END)] + END,
    ),
    "the signature moved inwards": (
        "signature_misplaced",
        lambda: TEXT.replace(SIGNATURE, "").replace("</SchemeInformation>", SIGNATURE + "</SchemeInformation>"),
    ),
    "two elements of one name": (
        "identifiers_ambiguous",
        lambda: replaced("<NextUpdate>", '<NextUpdate Id="signature">'),
    ),
    "a name in another spelling": (
        "identifiers_ambiguous",
        lambda: replaced("<NextUpdate>", '<NextUpdate ID="signed-properties">'),
    ),
    "a reference to a part alone": (
        "references_unexpected",
        lambda: replaced('URI="" Id="list"', 'URI="#part" Id="list"'),
    ),
    "a reference to elsewhere": (
        "references_unexpected",
        lambda: replaced('URI="" Id="list"', 'URI="https://list.example/" Id="list"'),
    ),
    "properties that are not signed": (
        "references_unexpected",
        lambda: re.sub(r"<ds:Reference URI=\"#signed-properties\".*?</ds:Reference>", "", TEXT, flags=re.DOTALL),
    ),
    "other properties beside the signed ones": (
        "references_unexpected",
        lambda: replaced(
            "</ds:Object>",
            '<xades:SignedProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Id="x"/></ds:Object>',
        ),
    ),
    "a transform that chooses": (
        "transforms_unexpected",
        lambda: replaced(
            EXCLUSIVE, f'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>{EXCLUSIVE}'
        ),
    ),
    "a transform with an inner expression": (
        "transforms_unexpected",
        lambda: replaced(EXCLUSIVE, EXCLUSIVE.replace("/>", "><ds:XPath>1</ds:XPath></ds:Transform>")),
    ),
    "no canonical form": ("transforms_unexpected", lambda: replaced(EXCLUSIVE, "")),
    "a digest that is broken": (
        "signature_invalid",
        lambda: TEXT.replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"),
    ),
    "a signature without a key": (
        "signature_invalid",
        lambda: replaced("xmldsig-more#ecdsa-sha256", "xmldsig-more#hmac-sha256"),
    ),
    "another signer's certificate inside": (
        "signature_invalid",
        lambda: re.sub(
            r"(<ds:X509Certificate>)[^<]*", rf"\g<1>{base64.b64encode(ROOT.der).decode()}", TEXT, count=1
        ).replace("ecdsa-sha256", "ecdsa-sha384"),
    ),
    "an entity": (
        "document_type_present",
        lambda: TEXT.replace("<TrustServiceStatusList", '<!DOCTYPE x [<!ENTITY e "x">]><TrustServiceStatusList', 1),
    ),
    "entities that grow": (
        "document_type_present",
        lambda: (
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#">&b;</TrustServiceStatusList>'
        ),
    ),
    "a file from this machine": (
        "document_type_present",
        lambda: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>',
    ),
    "a page instead of a list": ("not_a_trust_list", lambda: "<html><body>Not found</body></html>"),
    "no XML": ("not_xml", lambda: "<!doctype html><p>Not found"),
    "nothing": ("not_xml", lambda: ""),
    "too deep": ("too_deep", lambda: "<a>" * 100 + "</a>" * 100),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_is_refused(trick: str) -> None:
    reason, make = TRICKS[trick]
    assert refusal(make()) == reason


def test_every_rule_about_the_signatures_shape_has_an_example() -> None:
    assert verify.SHAPE.keys() <= {reason for reason, _ in TRICKS.values()}


def test_a_list_that_somebody_else_signed_is_refused() -> None:
    assert refusal(signed(by=device())) == "signature_invalid"


def test_a_certificate_of_the_same_name_is_not_the_operators() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    assert refusal(LIST, (certificate("Operator", key, ca=False),)) == "signature_invalid"


def test_another_certificate_over_the_same_key_is_not_the_one_that_was_signed() -> None:
    """The signing-certificate property binds the certificate, not only the key (EN 319 132-1 §5.2.2)."""
    assert refusal(LIST, (certificate("Somebody Else", OPERATOR.key, ca=False),)) == "signature_invalid"


def test_without_a_known_signer_nothing_is_believed() -> None:
    assert refusal(LIST, ()) == "no_signer_known"


def test_a_signer_that_cannot_be_read_is_no_signer() -> None:
    assert refusal(LIST, (b"no certificate",)) == "signature_invalid"


def test_a_certificate_that_has_run_out_signs_nothing_new() -> None:
    late = AT + timedelta(days=9999)
    with pytest.raises(TrustListRefused, match="signature_invalid"):
        XmlLists().read(LIST, OPERATOR.chain, at=late)


def test_a_list_that_is_too_large_is_not_parsed() -> None:
    assert refusal(b" " * (LARGEST + 1)) == "list_too_large"


def test_too_many_elements_are_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MOST_ELEMENTS", 10)
    assert refusal(LIST) == "too_many_elements"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(LIST) - 1), st.integers(1, 255))
def test_no_changed_byte_makes_another_list(place: int, by: int) -> None:
    """A change either is refused or left everything that is read as it was (white space around the root, say)."""
    changed = bytearray(LIST)
    changed[place] ^= by
    try:
        found = read(bytes(changed))
    except TrustListRefused:
        return
    assert (found.providers, found.scheme, found.sequence) == (read(LIST).providers, read(LIST).scheme, 1)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"<a>{text}</a>".encode()))
def test_no_bytes_do_anything_but_be_refused(data: bytes) -> None:
    with pytest.raises(TrustListRefused):
        read(data)


def test_a_comment_put_in_afterwards_cuts_no_word_in_two() -> None:
    """Comments are not signed; a reader that stops at one would read another word than was signed."""
    found = read(replaced(">Example Issuing<", ">Example<!-- --> Issuing<").encode())
    assert {dict(each.names)["en"] for each in found.services()} == {"Example Root", "Example Issuing"}
    assert found.providers == read(LIST).providers
