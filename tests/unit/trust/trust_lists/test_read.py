"""Lists of other schemes are read by the same rules; what is relied on must be there, and once."""

from base64 import b64encode
from collections.abc import Callable

import pytest
from lxml import etree

from tests.fakes.trust_lists import AT, BEGAN, ISSUING, OPERATOR, OTHER_ROOT, listed, service, table
from trust.anchors.snapshot import from_lists
from trust.anchors.trust_list import ListState, TrustList, standing
from trust.anchors.vocabulary import CA_QC, GRANTED, Kind
from trust.errors import TrustListRefused
from trust.trust_lists.files import XmlLists
from trust.trust_lists.markup import Element
from trust.trust_lists.sign import sign
from trust.trust_lists.write import build

UNION = table(service(type=CA_QC, status=[{"is": "granted", "since": BEGAN}]), territory="PT")


def read(change: Callable[[str], str]) -> TrustList:
    """The list as its operator would have signed it after the change."""
    text = etree.tostring(build(listed(UNION))).decode()
    changed = change(text)
    assert changed != text
    root: Element = etree.fromstring(changed.encode())
    return XmlLists().read(sign(root, OPERATOR, at=AT), OPERATOR.chain)


def put(before: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(before, new + before, 1)


def swap(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def extension(critical: bool, content: str) -> Callable[[str], str]:
    word = str(critical).lower()
    return put("</ServiceInformationExtensions>", f'<Extension Critical="{word}">{content}</Extension>')


def the_service(found: TrustList) -> Kind:
    [only] = found.services()
    return only.kind


QUALIFICATIONS = (
    '<q:Qualifications xmlns:q="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#">'
    "<q:QualificationElement/></q:Qualifications>"
)


def test_a_list_of_the_unions_shape_gives_its_authorities_as_anchors() -> None:
    found = read(swap("<TSLVersionIdentifier>6<", "<TSLVersionIdentifier>5<"))
    assert [anchor.certificate for anchor in from_lists((found,)).anchors] == [ISSUING.der]


@pytest.mark.parametrize(
    "change",
    [
        put("<ListIssueDateTime>", "<PointersToOtherTSL><OtherTSLPointer/></PointersToOtherTSL>"),
        put("</ServiceDigitalIdentity>", "<DigitalId><X509SubjectName>CN=x</X509SubjectName></DigitalId>"),
        put("</ServiceDigitalIdentity>", "<DigitalId><X509SKI>AAAA</X509SKI></DigitalId>"),
        put("</SchemeInformation>", "<SchemeExtensions/>"),
        extension(critical=True, content=QUALIFICATIONS),
        extension(critical=False, content='<x:Unheard xmlns:x="urn:x"/>'),
        swap("08:00:00Z</ListIssueDateTime>", "08:00:00.123Z</ListIssueDateTime>"),
    ],
)
def test_what_is_not_relied_on_does_not_matter(change: Callable[[str], str]) -> None:
    assert the_service(read(change)) is Kind.ISSUING


def test_a_critical_extension_that_is_not_understood_keeps_a_service_from_being_an_anchor() -> None:
    found = read(extension(critical=True, content='<x:Unheard xmlns:x="urn:x"/>'))
    assert the_service(found) is Kind.OTHER
    assert from_lists((found,)).anchors == ()


def test_a_service_of_another_kind_is_no_anchor() -> None:
    found = read(swap("/Svctype/CA/QC", "/Svctype/Certstatus/OCSP/QC"))
    assert from_lists((found,)).anchors == ()


def test_a_closed_list_is_read_and_never_current() -> None:
    found = read(lambda text: text[: text.index("<dateTime>")] + text[text.index("</NextUpdate>") :])
    assert found.next_update is None
    assert standing(found, AT).state is ListState.EXPIRED


SECOND_KEY = b64encode(OTHER_ROOT.der).decode()
OTHER = f"<DigitalId><X509Certificate>{SECOND_KEY}</X509Certificate></DigitalId>"
REFUSED: dict[str, tuple[str, Callable[[str], str]]] = {
    "a version from the future": ("version_unsupported", swap("Identifier>6<", "Identifier>7<")),
    "another format's tag": ("version_unsupported", swap("19612/TSLTag", "02231/TSLTag")),
    "two numbers": ("element_repeated", put("<TSLType>", "<TSLSequenceNumber>9</TSLSequenceNumber>")),
    "no territory": ("element_missing", lambda text: text.replace("<SchemeTerritory>PT</SchemeTerritory>", "")),
    "a number that is none": ("number_unfit", swap("Number>1<", "Number>-1<")),
    "a date without its zone": ("moment_unfit", swap("08:00:00Z</ListIssue", "08:00:00</ListIssue")),
    "a date that never was": (
        "moment_unfit",
        swap("2026-11-21T08:00:00Z</ListIssue", "2026-02-30T08:00:00Z</ListIssue"),
    ),
    "no status": ("text_unfit", swap(f"{GRANTED}</ServiceStatus>", "</ServiceStatus>")),
    "an identity of two keys": ("identity_of_several_keys", put("</ServiceDigitalIdentity>", OTHER)),
    "a certificate that is not base64": ("certificate_not_base64", swap("<X509Certificate>", "<X509Certificate>!")),
    "a text without end": ("text_unfit", swap("<TSLType>", f"<TSLType>{'x' * 5000}")),
    "a recognition without conditions": (
        "recognition_without_conditions",
        extension(
            critical=False,
            content="<AdditionalServiceInformation><URI>tag:gba.example,2026:trust-list/mutual-recognition</URI>"
            "<InformationValue>hk-guangdong</InformationValue></AdditionalServiceInformation>",
        ),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_even_a_signed_list_is_refused_for(what: str) -> None:
    reason, change = REFUSED[what]
    with pytest.raises(TrustListRefused) as refused:
        read(change)
    assert refused.value.reason == reason
