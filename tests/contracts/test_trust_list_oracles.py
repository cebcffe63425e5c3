"""Others read our trust lists: pyHanko verifies and understands them, the schemas' order and XAdES's schema hold."""

from datetime import timedelta
from importlib.resources import files
from typing import Any

import pytest
from asn1crypto import x509 as asn1_x509
from lxml import etree
from pyhanko.generated.etsi import ts_119612
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.qualified.eutl_parse import trust_list_to_registry
from pyhanko_certvalidator.authority import AuthorityWithCert
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig
from xsdata.formats.dataclass.serializers import XmlSerializer

from tests.fakes.trust_lists import (
    AT,
    BEGAN,
    ISSUING,
    OPERATOR,
    device,
    listed,
    recognition,
    root_service,
    service,
    signed,
    table,
)
from trust.anchors.vocabulary import CA_QC, TSA_QTST
from trust.trust_lists.markup import DS, TSL, XADES, canonical, name, parse
from trust.trust_lists.write import build

HISTORY = [{"is": "recognised", "since": BEGAN}, {"is": "deprecated", "since": AT - timedelta(days=9)}]
FULL = table(root_service(), service(status=HISTORY, recognition=[recognition()]), service("waiting", certificate=""))
FULL["provider"][0]["trade_name"] = {"en": "Trade"}
GRANTED = [{"is": "granted", "since": BEGAN}]


def operator() -> list[asn1_x509.Certificate]:
    return [asn1_x509.Certificate.load(der) for der in OPERATOR.chain]


def test_pyhanko_verifies_the_signature_and_finds_the_services() -> None:
    values = table(
        service(type=CA_QC, status=GRANTED),
        service("stamps", kind="timestamps", type=TSA_QTST, certificate="other.pem", status=GRANTED),
    )
    registry, errors = trust_list_to_registry(signed(values).decode(), operator())
    assert errors == []
    authorities = [found for found in registry.known_certificate_authorities if isinstance(found, AuthorityWithCert)]
    assert [found.certificate.dump() for found in authorities] == [ISSUING.der]
    assert len(list(registry.known_timestamp_authorities)) == 1


def test_pyhanko_reads_a_list_with_everything_in_it() -> None:
    _, errors = trust_list_to_registry(signed(FULL).decode(), operator())
    assert errors == []


def test_pyhanko_refuses_what_we_refuse() -> None:
    changed = signed(FULL).decode().replace("Provider &amp;", "Another &amp;")
    with pytest.raises(SignatureValidationError):
        trust_list_to_registry(changed, operator())
    with pytest.raises(SignatureValidationError):
        trust_list_to_registry(signed(FULL, by=device()).decode(), operator())


def test_every_element_is_one_of_the_schema_and_in_its_place() -> None:
    """A model generated from the schema reads the list strictly, and writes it again in the same order."""
    strict = ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True)
    unsigned = build(listed(FULL))
    model = XmlParser(config=strict).from_bytes(etree.tostring(unsigned), ts_119612.TrustServiceStatusList)
    again = parse(XmlSerializer().render(model).encode())
    assert _shape(again) == _shape(unsigned)


def test_the_signature_is_valid_by_the_schemas_of_xades() -> None:
    folder = files("signxml.xades") / "schemas"
    schema = etree.XMLSchema(etree.parse(str(folder / "XAdES01903v132-201601.xsd"), _offline(folder)))
    signature = parse(signed(FULL)).find(name(DS, "Signature"))
    assert signature is not None
    for element in signature.iter(name(XADES, "QualifyingProperties")):
        schema.assertValid(etree.fromstring(etree.tostring(element)))


def test_what_is_signed_is_canonical_whoever_computes_it() -> None:
    root = parse(signed(FULL))
    again = parse(etree.tostring(root, pretty_print=False))
    assert canonical(root) == canonical(again)


def _shape(root: Any) -> list[tuple[Any, ...]]:
    """Every element that the schema names, in document order, with its own text."""
    return [
        (element.tag, (element.text or "").strip())
        for element in root.iter()
        if isinstance(element.tag, str) and element.tag.startswith(f"{{{TSL}}}")
    ]


def _offline(folder: Any) -> etree.XMLParser:
    """Schemas import others by address; those that come with the library stand in."""

    class Local(etree.Resolver):  # type: ignore[misc]  # lxml has no types
        def resolve(self, address: str, _: Any, context: Any) -> Any:
            if "xmldsig-core-schema" in address:
                path = files("signxml") / "schemas" / "xmldsig-core-schema.xsd"
                return self.resolve_string(path.read_bytes(), context)
            return None

    parser = etree.XMLParser(load_dtd=False, no_network=True)
    parser.resolvers.add(Local())
    return parser
