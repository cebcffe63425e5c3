"""A report has three forms for programs: JSON by a published schema, XML by the standard's, and neither says less.

The XML is held against the types that pyHanko generated from the standard's own schema: which elements there are, in
which order, how often, and of what type. (The schema file itself has no licence that lets it travel with this code.)
"""

import dataclasses
import json
import typing
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from lxml import etree
from msgspec.structs import replace
from pyhanko.generated.etsi import ts_11910202
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from tests.fakes.sealing_world import SAMPLES, SealingWorld, plain_pdf
from trust.anchors.snapshot import Snapshot
from trust.signing.profile import Level
from trust.validation import report_schema, report_xml
from trust.validation.facts import FileFacts
from trust.validation.policy import ORDINARY
from trust.validation.report import Report, make
from trust.validation.verdict import undecided

DAY = timedelta(days=1)
VR = "{http://uri.etsi.org/19102/v1.2.1#}"


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def at_level(level: Level, world: SealingWorld) -> Report:
    return world.verify(world.seal_at(level, plain_pdf()))


def changed(world: SealingWorld) -> Report:
    sealed = world.seal(plain_pdf(compress_streams=False)).content
    return world.verify(sealed.replace(b"(Page 1)", b"(Page 7)"))


def revoked(world: SealingWorld) -> Report:
    device = world.device()
    sealed = world.seal_at(Level.B, plain_pdf(), device=device)
    world.later(hours=2)
    from cryptography import x509  # noqa: PLC0415

    world.authorities.revoke("CN-44", x509.load_der_x509_certificate(device.chain[0]).serial_number)
    world.later(hours=2)
    return world.verify(sealed)


def unreadable(world: SealingWorld) -> Report:
    facts = FileFacts(sha256="", size=0, problem="file_unreadable")
    return make(
        "a\x00b\x0b名.pdf", facts, undecided("file_unreadable"), (), snapshot=Snapshot(anchors=()), policy=ORDINARY,
        at=world.now,
    )  # fmt: skip


REPORTS: dict[str, Callable[[SealingWorld], Report]] = {
    **{str(level): partial(at_level, level) for level in Level},
    "changed": changed,
    "revoked": revoked,
    "without a network": lambda world: world.verify(world.seal_at(Level.B, plain_pdf()), online=False),
    "of a stranger": lambda world: world.verifier(snapshot=Snapshot(anchors=()))(world.seal(plain_pdf()).content),
    "nobody signed": lambda world: world.verify(plain_pdf()),
    "no PDF": lambda world: world.verify(b"text"),
    "unreadable": unreadable,
}


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_has_the_published_form(world: SealingWorld, kind: str) -> None:
    schema = report_schema.schema("https://gateway.test")
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(REPORTS[kind](world).as_json())


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_in_xml_has_the_standards_form(world: SealingWorld, kind: str) -> None:
    written = report_xml.render(REPORTS[kind](world))
    parser = XmlParser(config=ParserConfig(fail_on_unknown_properties=True, fail_on_converter_warnings=True))
    parser.from_bytes(written, ts_11910202.ValidationReport)
    root = etree.fromstring(written)
    fits(root, ts_11910202.ValidationReport)
    identities = {node.get("id") for node in root.iter() if node.get("id")}
    named = {one for node in root.iter() for one in (node.get("VOReference") or "").split()}
    assert named <= identities
    assert len(identities) == sum(node.get("id") is not None for node in root.iter())


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared/samples is not there")
def test_reports_on_foreign_files_have_their_forms(world: SealingWorld) -> None:
    validator = Draft202012Validator(report_schema.schema())
    verify = world.verifier(online=False)
    files = sorted(SAMPLES.rglob("*.pdf"))[::7]
    assert files
    for file in files:
        report = verify(file.read_bytes(), name=file.name)
        validator.validate(report.as_json())
        fits(etree.fromstring(report_xml.render(report)), ts_11910202.ValidationReport)


@given(st.text(max_size=80))
def test_whatever_a_file_is_called_both_forms_can_be_read(name: str) -> None:
    facts = FileFacts(sha256="", size=0, problem="unreadable", findings=(name,))
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    report = make(name, facts, undecided("unreadable"), (), snapshot=Snapshot(anchors=()), policy=ORDINARY, at=moment)
    fits(etree.fromstring(report_xml.render(report)), ts_11910202.ValidationReport)
    assert json.loads(report.as_line())["file"] == name


def test_both_forms_say_the_same(world: SealingWorld) -> None:
    for kind, main in (("B-LTA", "total-passed"), ("changed", "total-failed"), ("without a network", "indeterminate")):
        report = REPORTS[kind](world)
        root = etree.fromstring(report_xml.render(report))
        one = report.as_json()["signatures"][0]
        status = root.find(f"{VR}SignatureValidationReport/{VR}SignatureValidationStatus")
        assert status is not None
        assert status.findtext(f"{VR}MainIndication") == f"urn:etsi:019102:mainindication:{main}"
        sub = status.findtext(f"{VR}SubIndication")
        assert sub == (f"urn:etsi:019102:subindication:{one['sub_indication']}" if one["sub_indication"] else None)
        assert root.findtext(f".//{VR}BestSignatureTime/{VR}POETime") == one["examined_as_of"]
        process = {"basic": "Basic", "with_time": "LTVM", "long_term": "LTA"}[one["process"]]
        assert root.findtext(f".//{VR}SignatureValidationProcessID") == f"urn:etsi:019102:validationprocess:{process}"


@pytest.mark.parametrize(
    ("level", "process"), [("B-B", "basic"), ("B-T", "with_time"), ("B-LT", "with_time"), ("B-LTA", "long_term")]
)
def test_the_process_chooses_itself(world: SealingWorld, level: str, process: str) -> None:
    told = REPORTS[level](world).as_json()
    assert (told["verdict"], told["signatures"][0]["process"]) == ("PASSED", process)


def test_a_form_that_is_not_the_standards_is_noticed(world: SealingWorld) -> None:
    root = etree.fromstring(report_xml.render(REPORTS["B-B"](world)))
    one = root[0]
    one.insert(0, one[-1])  # the status first
    with pytest.raises(AssertionError):
        fits(root, ts_11910202.ValidationReport)


def fits(node: Any, kind: type) -> None:
    """Whether an element's children are those of its type, in order and number, all the way down."""
    hints = typing.get_type_hints(kind)
    expected = [field for field in dataclasses.fields(kind) if field.metadata.get("type") == "Element"]
    places = {field.metadata.get("name", field.name): place for place, field in enumerate(expected)}
    free = any(field.metadata.get("type") == "Wildcard" for field in dataclasses.fields(kind))
    seen: list[int] = []
    for child in node:
        name = etree.QName(child).localname
        assert name in places or free, (etree.QName(node).localname, name)
        if name not in places:
            continue
        field = expected[places[name]]
        assert etree.QName(child).namespace == field.metadata["namespace"]
        seen.append(places[name])
        inner = [arm for arm in arms(hints[field.name]) if dataclasses.is_dataclass(arm)]
        if inner:
            fits(child, typing.cast(type, inner[0]))
    assert seen == sorted(seen), (etree.QName(node).localname, [etree.QName(child).localname for child in node])
    for place, field in enumerate(expected):
        several = typing.get_origin(hints[field.name]) is tuple
        least = field.metadata.get("min_occurs", 1 if field.metadata.get("required") else 0)
        assert seen.count(place) >= least, (etree.QName(node).localname, field.name)
        assert several or seen.count(place) <= 1, (etree.QName(node).localname, field.name)


def arms(hint: Any) -> list[Any]:
    found = typing.get_args(hint)
    return [leaf for arm in found for leaf in arms(arm)] if found else [hint]


def test_of_two_times_that_a_signer_claims_each_form_tells_the_same(world: SealingWorld) -> None:
    report = at_level(Level.B, world)
    (found, verdict), *_ = report.signatures
    twice = replace(found.facts, claimed_at=world.now, cms=replace(found.facts.cms, claimed_at=world.now - DAY))
    report = replace(report, signatures=((replace(found, facts=twice), verdict),))
    told = etree.fromstring(report_xml.render(report)).findtext(f".//{VR}SigningTime/{VR}Time")
    assert told == report.as_json()["signatures"][0]["claimed_time"]
