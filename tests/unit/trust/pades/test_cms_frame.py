"""What nobody signs in a message must fit together: each way in which it does not is named, and what does is taken."""

from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import algos, cms, core, parser

from tests.attacks.documents import world
from tests.fakes.foreign_signing import ForeignSigner
from trust.pades import cms_frame

pytestmark = pytest.mark.filterwarnings("ignore")
Change = Callable[[Any, Any], None]  # of what is signed, and of its signer
ATTRIBUTE_CERTIFICATE = b"\xa2\x02\x05\x00"  # by its tag alone: what it says is nobody's matter here
EXTENDED_CERTIFICATE = b"\xa0\x02\x05\x00"
OTHER_REVOCATION = b"\xa1\x05\x30\x03\x06\x01\x2a"


def objection(change: Change | None = None, *, kind: str = "P-256") -> str | None:
    """Of a message that another program made, changed."""
    whole = cms.ContentInfo.load(ForeignSigner(world=world(), kind=kind).message(b"content"))
    if change is not None:
        change(whole["content"], whole["content"]["signer_infos"][0])
    der = whole.dump()
    info = cms.ContentInfo.load(der)
    return cms_frame.objection(der, info, info["content"]["signer_infos"][0])


def version(text: str) -> Change:
    return lambda signed, _: signed.__setitem__("version", text)


def signer_version(text: str) -> Change:
    return lambda _, signer: signer.__setitem__("version", text)


def by_key(text: str) -> Change:
    def change(_: Any, signer: Any) -> None:
        signer["sid"] = cms.SignerIdentifier({"subject_key_identifier": core.OctetString(b"key")})
        signer["version"] = text

    return change


def digests(*algorithms: str) -> Change:
    return lambda signed, _: signed.__setitem__("digest_algorithms", [{"algorithm": each} for each in algorithms])


def parameters(part: str) -> Change:
    """With a parameter where there is none; of a digest for which the reader of ASN.1 does not itself refuse one."""

    def change(signed: Any, signer: Any) -> None:
        if part == "signature_algorithm":
            signer[part] = _with_parameter(signer[part], signer[part]["algorithm"].dump())
            return
        odd = _with_parameter(signer["digest_algorithm"], algos.DigestAlgorithmId("sha3_256").dump())
        signed["digest_algorithms"] = [odd, signer["digest_algorithm"]] if part == "digest_algorithms" else []
        if part == "digest_algorithm":
            signer[part] = odd

    return change


def _with_parameter(algorithm: Any, identifier: bytes) -> Any:
    content = identifier + core.OctetString(b"?").dump()
    return type(algorithm).load(b"\x30" + bytes([len(content)]) + content)


def beside(value: bytes, stated: str) -> Change:
    """Another kind of certificate beside the signer's, and a version."""

    def change(signed: Any, _: Any) -> None:
        listed = [choice.dump() for choice in signed["certificates"]]
        content = b"".join([*listed, value])
        head = b"\xa0\x82" + len(content).to_bytes(2, "big")
        signed["certificates"] = cms.CertificateSet.load(head + content, tag_type="implicit", tag=0)
        signed["version"] = stated

    return change


def revocation(stated: str) -> Change:
    def change(signed: Any, _: Any) -> None:
        head = b"\xa1" + bytes([len(OTHER_REVOCATION)])
        signed["crls"] = cms.RevocationInfoChoices.load(head + OTHER_REVOCATION, tag_type="implicit", tag=1)
        signed["version"] = stated

    return change


TAKEN: dict[str, Change | None] = {
    "as it was made": None,
    "version 3": version("v3"),
    "no digest listed": digests(),
    "several listed": digests("sha512", "sha256"),
    "version 4 beside an attribute certificate": beside(ATTRIBUTE_CERTIFICATE, "v4"),
    "version 5 beside other revocation data": revocation("v5"),
    "a signer named by key, in version 3": by_key("v3"),
}
REFUSED: dict[str, tuple[str, Change]] = {
    "version 0": ("version_unknown", version("v0")),
    "version 2": ("version_unknown", version("v2")),
    "version 4 beside nothing": ("version_unknown", version("v4")),
    "version 5 beside nothing": ("version_unknown", version("v5")),
    "version 5 beside an attribute certificate": ("version_unknown", beside(ATTRIBUTE_CERTIFICATE, "v5")),
    "version 4 beside other revocation data": ("version_unknown", revocation("v4")),
    "a signer named by issuer, in version 3": ("signer_version_unknown", signer_version("v3")),
    "a signer named by key, in version 1": ("signer_version_unknown", by_key("v1")),
    "another digest listed": ("digest_not_listed", digests("sha512")),
    "a listed digest with parameters": ("digest_with_parameters", parameters("digest_algorithms")),
    "the signer's digest with parameters": ("digest_with_parameters", parameters("digest_algorithm")),
    "a signature with parameters": ("signature_with_parameters", parameters("signature_algorithm")),
    "an extended certificate": ("certificate_of_old_kind", beside(EXTENDED_CERTIFICATE, "v3")),
    "a certificate that is none": ("certificate_malformed", beside(b"\x30\x03\x02\x01\x01", "v3")),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_frame_that_fits_is_taken(what: str) -> None:
    assert objection(TAKEN[what]) is None


@pytest.mark.parametrize("kind", ["RSA", "RSA-PSS", "P-384"])
def test_it_fits_whatever_the_key_signs_with(kind: str) -> None:
    assert objection(kind=kind) is None


@pytest.mark.parametrize("what", REFUSED)
def test_a_frame_that_does_not_fit_is_named(what: str) -> None:
    reason, change = REFUSED[what]
    assert objection(change) == reason


def within(der: bytes, place: tuple[int, ...], more: bytes) -> bytes:
    """With one more value behind those of the value that lies at a place, counted at each depth."""
    _, _, _, head, content, _ = parser.parse(der)
    if place:
        values, at = [], 0
        while at < len(content):
            values.append(content[at : at + parser.peek(content[at:])])
            at += len(values[-1])
        values[place[0]] = within(values[place[0]], place[1:], more)
        content = b"".join(values)
    else:
        content += more
    return bytes(head[:1] + b"\x83" + len(content).to_bytes(3, "big") + content)


NULL = b"\x05\x00"


@pytest.mark.parametrize(
    ("place", "more"),
    [((), NULL), ((1,), NULL), ((1, 0), NULL * 2)],
    ids=["beside what is signed", "behind what is signed", "within what is signed"],
)
def test_a_frame_that_holds_more_than_a_message_is_named(place: tuple[int, ...], more: bytes) -> None:
    der = ForeignSigner(world=world()).message(b"content")
    info = cms.ContentInfo.load(der)
    signer = info["content"]["signer_infos"][0]
    assert cms_frame.objection(within(der, place, b""), info, signer) is None
    assert cms_frame.objection(within(der, place, more), info, signer) == "more_than_a_message"
    assert cms_frame.objection(der + bytes(50), info, signer) is None
    assert cms_frame.objection(der + NULL * 2, info, signer) == "more_than_a_message"


def test_every_rule_has_an_example() -> None:
    assert {reason for reason, _ in REFUSED.values()} == cms_frame.RULES.keys()
