"""A trusted list as XML, element by element in the order of the schema (ETSI TS 119 612 §5, annex C)."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml import etree

from trust.anchors import vocabulary as words
from trust.anchors.trust_list import Address, Period, Provider, Recognition, Scheme, Service, Texts, TrustList
from trust.anchors.vocabulary import Kind
from trust.guomi import certificate as guomi
from trust.trust_lists.markup import DS, TSL, XML_LANG, Element, name

PREFIXES = {None: TSL, "ds": DS, "gba": words.NAMESPACE}


def build(found: TrustList) -> Element:
    """The list, unsigned."""
    root = etree.Element(name(TSL, "TrustServiceStatusList"), nsmap=PREFIXES)
    root.set("TSLTag", words.TAG)
    root.set("Id", f"list-{found.territory}-{found.sequence}")
    _scheme(root, found)
    if found.providers:
        listed = _child(root, "TrustServiceProviderList")
        for provider in found.providers:
            _provider(listed, provider)
    etree.indent(root)
    return root


def instant(value: datetime) -> str:
    """A moment in UTC, whole seconds (§5.1.3)."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _scheme(root: Element, found: TrustList) -> None:
    scheme: Scheme = found.scheme
    into = _child(root, "SchemeInformation")
    _child(into, "TSLVersionIdentifier", str(words.VERSION))
    _child(into, "TSLSequenceNumber", str(found.sequence))
    _child(into, "TSLType", scheme.type_uri)
    _names(into, "SchemeOperatorName", scheme.operator)
    _address(into, "SchemeOperatorAddress", scheme.address)
    _names(into, "SchemeName", scheme.name)
    _uris(into, "SchemeInformationURI", [scheme.information])
    _child(into, "StatusDeterminationApproach", scheme.determination)
    _uris(into, "SchemeTypeCommunityRules", scheme.rules)
    _child(into, "SchemeTerritory", found.territory)
    notice = _child(into, "PolicyOrLegalNotice")
    for language, text in scheme.legal_notice:
        _child(notice, "TSLLegalNotice", text, language=language)
    _child(into, "HistoricalInformationPeriod", str(words.KEPT_FOR_EVER))
    _child(into, "ListIssueDateTime", instant(found.issued_at))
    update = _child(into, "NextUpdate")
    if found.next_update is not None:
        _child(update, "dateTime", instant(found.next_update))


def _provider(into: Element, provider: Provider) -> None:
    element = _child(into, "TrustServiceProvider")
    facts = _child(element, "TSPInformation")
    _names(facts, "TSPName", provider.names)
    if provider.trade_names:
        _names(facts, "TSPTradeName", provider.trade_names)
    _address(facts, "TSPAddress", provider.address)
    _uris(facts, "TSPInformationURI", [provider.information])
    services = _child(element, "TSPServices")
    for service in provider.services:
        _service(services, service)


def _service(into: Element, service: Service) -> None:
    element = _child(into, "TSPService")
    current = _child(element, "ServiceInformation")
    _state(current, service, service.history[0])
    identity = _child(_digital_identity(current), "DigitalId")
    if service.certificates:
        for place, der in enumerate(service.certificates):
            holder = identity if place == 0 else _child(_identity_of(current), "DigitalId")
            _child(holder, "X509Certificate", base64.b64encode(der).decode())
    else:
        _bare(identity)
    extensions = _child(current, "ServiceInformationExtensions")
    _additional(extensions, words.ENTRY, service.id)
    if service.kind is Kind.ROOT:
        _additional(extensions, words.ROOT)
    for recognition in service.recognitions:
        _recognition(extensions, recognition)
    if len(service.history) > 1:
        history = _child(element, "ServiceHistory")
        for period in service.history[1:]:
            past = _child(history, "ServiceHistoryInstance")
            _state(past, service, period)
            _past_identity(_child(_digital_identity(past), "DigitalId"), service)


def _state(into: Element, service: Service, period: Period) -> None:
    """Type, name, (identity,) status and since when; the identity is put between afterwards."""
    _child(into, "ServiceTypeIdentifier", service.type_uri)
    _names(into, "ServiceName", service.names)
    _child(into, "ServiceStatus", period.status)
    _child(into, "StatusStartingTime", instant(period.since))


def _digital_identity(into: Element) -> Element:
    """The identity, in its place after the name."""
    element = etree.Element(name(TSL, "ServiceDigitalIdentity"))
    into.insert(2, element)
    return element


def _identity_of(into: Element) -> Element:
    return into[2]


def _past_identity(into: Element, service: Service) -> None:
    """The past is told by the key alone (§5.6.3)."""
    if not service.certificates:
        _bare(into)
        return
    _child(into, "X509SKI", base64.b64encode(_key_identifier(service.certificates[0])).decode())


def _key_identifier(der: bytes) -> bytes:
    """RFC 5280 §4.2.1.2 (1)."""
    try:
        key = x509.load_der_x509_certificate(der).public_key()
    except UnsupportedAlgorithm:  # SM2
        return hashlib.sha1(guomi.read(der).key_bits, usedforsecurity=False).digest()
    return x509.SubjectKeyIdentifier.from_public_key(key).digest


def _bare(into: Element) -> None:
    """A certificate that is not public and has not been supplied: nothing is invented in its place."""
    etree.SubElement(_child(into, "Other"), name(words.NAMESPACE, "CertificateToBeSupplied"))


def _additional(into: Element, uri: str, value: str = "") -> Element:
    extension = _child(into, "Extension")
    extension.set("Critical", "false")
    element = _child(extension, "AdditionalServiceInformation")
    _child(element, "URI", uri, language="en")
    if value:
        _child(element, "InformationValue", value)
    return element


def _recognition(into: Element, found: Recognition) -> None:
    element = _child(_additional(into, words.RECOGNITION, found.scheme), "OtherInformation")
    said = etree.SubElement(element, name(words.NAMESPACE, "Recognition"))
    values = {
        "certificateType": found.certificate_type,
        "policyPrefix": found.policy_prefix,
        "versionNodes": str(found.version_nodes),
        "policyExact": found.policy_exact,
        "root": found.root,
        "from": instant(found.since),
        "until": instant(found.until) if found.until else "",
        "legalBasis": found.legal_basis,
        "source": found.source,
        "sourceDigest": found.source_digest,
        "reviewer": found.reviewer,
        "reviewedOn": found.reviewed_on.isoformat() if found.reviewed_on else "",
    }
    for key, value in values.items():
        if value:
            said.set(key, value)


def _names(into: Element, local: str, texts: Texts) -> None:
    element = _child(into, local)
    for language, text in texts:
        _child(element, "Name", text, language=language)


def _uris(into: Element, local: str, uris: Iterable[str]) -> None:
    element = _child(into, local)
    for uri in uris:
        _child(element, "URI", uri, language="en")


def _address(into: Element, local: str, found: Address) -> None:
    element = _child(into, local)
    postal = _child(_child(element, "PostalAddresses"), "PostalAddress", language="en")
    _child(postal, "StreetAddress", found.street)
    _child(postal, "Locality", found.locality)
    _child(postal, "CountryName", found.country)
    _uris(element, "ElectronicAddress", found.electronic)


def _child(into: Element, local: str, text: str = "", *, language: str = "") -> Element:
    element = etree.SubElement(into, name(TSL, local))
    if text:
        element.text = text
    if language:
        element.set(XML_LANG, language)
    return element
