"""A signed trusted list's element as a value (ETSI TS 119 612 §5): strict about what is relied on, calm about the rest.

Lists of other schemes, those of the Union among them, are read by the same rules: a service whose type is not known
here, or that carries a critical extension not understood here, is kept and is never an anchor (§5.5.9).
"""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from trust.anchors import certificate as certificates
from trust.anchors import vocabulary as words
from trust.anchors.trust_list import Address, Period, Provider, Recognition, Scheme, Service, Texts, TrustList
from trust.anchors.vocabulary import Kind
from trust.errors import TrustListRefused
from trust.trust_lists import pointers
from trust.trust_lists.markup import TSL, XML_LANG, Element, name

SIE = "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"
ADDITIONAL_TYPES = "http://uri.etsi.org/02231/v2/additionaltypes#"
# Extensions that say nothing against using a service as an anchor
UNDERSTOOD = frozenset(
    {
        name(TSL, "AdditionalServiceInformation"),
        name(TSL, "ExpiredCertsRevocationInfo"),
        name(ADDITIONAL_TYPES, "TakenOverBy"),
        name(SIE, "Qualifications"),  # narrows what is qualified, not what is issued
    }
)
MOST_CERTIFICATES = 64  # of one service
LONGEST = 4000  # characters of one text
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")


def read(root: Element, *, digest: str) -> TrustList:
    """The list. Raises TrustListRefused."""
    scheme = _one(root, "SchemeInformation")
    version = _number(scheme, "TSLVersionIdentifier")
    if version not in words.READABLE_VERSIONS or root.get("TSLTag") != words.TAG:
        raise TrustListRefused("version_unsupported")
    update = _one(scheme, "NextUpdate").find(name(TSL, "dateTime"))
    listed = root.find(name(TSL, "TrustServiceProviderList"))
    return TrustList(
        territory=_text(scheme, "SchemeTerritory"),
        sequence=_number(scheme, "TSLSequenceNumber"),
        issued_at=_instant(_text(scheme, "ListIssueDateTime")),
        next_update=_instant((update.text or "").strip()) if update is not None else None,
        scheme=_scheme(scheme),
        providers=tuple(_provider(each, place) for place, each in enumerate(_many(listed, "TrustServiceProvider"))),
        digest=digest,
        pointers=pointers.read(scheme),
    )


def _scheme(element: Element) -> Scheme:
    notice = element.find(name(TSL, "PolicyOrLegalNotice"))
    return Scheme(
        operator=_texts(_one(element, "SchemeOperatorName"), "Name"),
        address=_address(_one(element, "SchemeOperatorAddress")),
        name=_texts(_one(element, "SchemeName"), "Name"),
        information=next(iter(_uris(element, "SchemeInformationURI")), ""),
        legal_notice=_texts(notice, "TSLLegalNotice"),
        type_uri=_text(element, "TSLType"),
        determination=_text(element, "StatusDeterminationApproach"),
        rules=_uris(element, "SchemeTypeCommunityRules"),
    )


def _address(element: Element) -> Address:
    postal = next(element.iter(name(TSL, "PostalAddress")), None)
    return Address(
        street=_text(postal, "StreetAddress", may_miss=True),
        locality=_text(postal, "Locality", may_miss=True),
        country=_text(postal, "CountryName", may_miss=True),
        electronic=_uris(element, "ElectronicAddress"),
    )


def _provider(element: Element, place: int) -> Provider:
    facts = _one(element, "TSPInformation")
    services = _many(element.find(name(TSL, "TSPServices")), "TSPService")
    return Provider(
        names=_texts(_one(facts, "TSPName"), "Name"),
        trade_names=_texts(facts.find(name(TSL, "TSPTradeName")), "Name"),
        address=_address(_one(facts, "TSPAddress")),
        information=next(iter(_uris(facts, "TSPInformationURI")), ""),
        services=tuple(_service(each, f"{place}.{number}") for number, each in enumerate(services)),
    )


def _service(element: Element, place: str) -> Service:
    current = _one(element, "ServiceInformation")
    past = _many(element.find(name(TSL, "ServiceHistory")), "ServiceHistoryInstance")
    history = sorted((_period(each) for each in (current, *past)), key=lambda each: each.since, reverse=True)
    if history[0] != _period(current):
        raise TrustListRefused("history_after_present")
    type_uri = _text(current, "ServiceTypeIdentifier")
    additional = dict(_additional(current))
    is_clear = all(
        extension.get("Critical") == "false" or {child.tag for child in extension} <= UNDERSTOOD
        for extension in _extensions(current)
    )
    return Service(
        id=additional.get(words.ENTRY) or place,
        names=_texts(_one(current, "ServiceName"), "Name"),
        kind=words.kind(type_uri, frozenset(additional)) if is_clear else Kind.OTHER,
        type_uri=type_uri,
        certificates=_certificates(_one(current, "ServiceDigitalIdentity")),
        history=tuple(history),
        recognitions=tuple(_recognitions(current)),
    )


def _period(element: Element) -> Period:
    return Period(status=_text(element, "ServiceStatus"), since=_instant(_text(element, "StatusStartingTime")))


def _certificates(identity: Element) -> tuple[bytes, ...]:
    """Certificates of one key (§5.5.3); one that nobody can read is left out, as nothing can rest on it."""
    found: dict[bytes, None] = {}
    for element in list(identity.iter(name(TSL, "X509Certificate")))[:MOST_CERTIFICATES]:
        try:
            der = base64.b64decode("".join((element.text or "").split()), validate=True)
        except ValueError:
            raise TrustListRefused("certificate_not_base64") from None
        if certificates.load(der) is not None:
            found.setdefault(der)
    keys = {certificates.public_key(der) for der in found}
    if len(keys) > 1:
        raise TrustListRefused("identity_of_several_keys")
    return tuple(found)


def _extensions(current: Element) -> Iterator[Element]:
    yield from _many(current.find(name(TSL, "ServiceInformationExtensions")), "Extension")


def _additional(current: Element) -> Iterator[tuple[str, str]]:
    """Additional service information: URI and value (§5.5.9.4)."""
    for extension in _extensions(current):
        for element in extension.iterfind(name(TSL, "AdditionalServiceInformation")):
            yield _text(element, "URI"), _text(element, "InformationValue", may_miss=True)


def _recognitions(current: Element) -> Iterator[Recognition]:
    for extension in _extensions(current):
        for element in extension.iterfind(name(TSL, "AdditionalServiceInformation")):
            if _text(element, "URI") == words.RECOGNITION:
                said = element.find(f"{name(TSL, 'OtherInformation')}/{name(words.NAMESPACE, 'Recognition')}")
                if said is None:
                    raise TrustListRefused("recognition_without_conditions")
                yield _recognition(said, _text(element, "InformationValue"))


def _recognition(said: Element, scheme: str) -> Recognition:
    try:
        until, reviewed_on = said.get("until"), said.get("reviewedOn")
        return Recognition(
            scheme=scheme,
            certificate_type=said.attrib["certificateType"],
            policy_prefix=said.attrib["policyPrefix"],
            version_nodes=int(said.attrib["versionNodes"]),
            policy_exact=said.get("policyExact", ""),
            root=said.attrib["root"],
            since=_instant(said.attrib["from"]),
            until=_instant(until) if until else None,
            legal_basis=said.attrib["legalBasis"],
            source=said.attrib["source"],
            source_digest=said.get("sourceDigest", ""),
            reviewer=said.get("reviewer", ""),
            reviewed_on=date.fromisoformat(reviewed_on) if reviewed_on else None,
        )
    except (KeyError, ValueError):
        raise TrustListRefused("recognition_without_conditions") from None


def _one(element: Element, local: str) -> Element:
    found = element.findall(name(TSL, local))
    if len(found) != 1:
        raise TrustListRefused("element_missing" if not found else "element_repeated")
    return found[0]


def _many(element: Element | None, local: str) -> list[Element]:
    return [] if element is None else element.findall(name(TSL, local))


def _text(element: Element | None, local: str, *, may_miss: bool = False) -> str:
    if may_miss and (element is None or element.find(name(TSL, local)) is None):
        return ""
    if element is None:
        raise TrustListRefused("element_missing")
    found = (_one(element, local).text or "").strip()
    if (not found and not may_miss) or len(found) > LONGEST:
        raise TrustListRefused("text_unfit")
    return found


def _texts(element: Element | None, local: str) -> Texts:
    return tuple((each.get(XML_LANG, ""), (each.text or "").strip()[:LONGEST]) for each in _many(element, local))


def _uris(element: Element, local: str) -> tuple[str, ...]:
    return tuple((each.text or "").strip()[:LONGEST] for each in _many(element.find(name(TSL, local)), "URI"))


def _number(element: Element, local: str) -> int:
    text = _text(element, local)
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise TrustListRefused("number_unfit")
    return int(text)


def _instant(text: str) -> datetime:
    """Moments are written in UTC (§5.1.3)."""
    if not INSTANT.fullmatch(text):
        raise TrustListRefused("moment_unfit")
    try:
        return datetime.fromisoformat(text[:19]).replace(tzinfo=UTC)
    except ValueError:
        raise TrustListRefused("moment_unfit") from None


def issued_at(root: Element) -> datetime:
    """The date of issue that a list claims, before anything about it is verified. Raises TrustListRefused."""
    if root.tag != name(TSL, "TrustServiceStatusList"):
        raise TrustListRefused("not_a_trust_list")
    return _instant(_text(_one(root, "SchemeInformation"), "ListIssueDateTime"))
