"""The report as XML after ETSI TS 119 102-2 (v1.2.1): for those who read reports of validators by program.

The order of elements is that of clause 4 and its schema. What the standard has no word for, our own reason and what
happened to the document after the signature, stands among the additional report data (clause 4.3.13).
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from trust.validation import attack_kinds, indications, judge, paths
from trust.validation.assess import ChainFindings, SignatureFindings, StampFindings
from trust.validation.policy import BY_NAME
from trust.validation.report import Report, coverage, instant
from trust.validation.report_xml_objects import (
    Element,
    Objects,
    additional,
    digest_of,
    element,
    own,
    reference,
    text,
    written,
)
from trust.validation.verdict import Indication, Verdict, passed, undecided

NAMESPACES = {
    "xmlns:vr": "http://uri.etsi.org/19102/v1.2.1#",
    "xmlns:ds": "http://www.w3.org/2000/09/xmldsig#",
    "xmlns:xades": "http://uri.etsi.org/01903/v1.3.2#",
}
MAIN = "urn:etsi:019102:mainindication:"
# of a whole signature, and of one constraint or one object (clause 4.3.4.2)
TOTAL = {Indication.PASSED: "total-passed", Indication.FAILED: "total-failed"}
PART = {Indication.PASSED: "passed", Indication.FAILED: "failed"}
PROCESSES = {"basic": "Basic", "with_time": "LTVM", "long_term": "LTA"}


def render(report: Report) -> bytes:
    """The same bytes for the same report."""
    objects = Objects()
    asked = [objects.ocsp(der) for der in report.asked.ocsps] + [objects.crl(der) for der in report.asked.crls]
    several = [
        _signature(report, found, verdict, objects, asked)
        for found, verdict in report.signatures
        if not found.facts.is_stamp
    ]
    for found, _ in report.signatures:
        if found.own_stamp is not None:
            _stamp(found.own_stamp, found, objects)
    several = several or [_nothing(report)]
    return written(element("ValidationReport", *several, objects.all()), NAMESPACES)


def _signature(
    report: Report, found: SignatureFindings, verdict: Verdict, objects: Objects, asked: list[str]
) -> Element:
    facts = found.facts
    signer = objects.certificate(facts.cms.signer) if facts.cms.signer else ""
    stamps = {stamp.facts.at: _stamp(stamp, found, objects) for stamp in found.stamps}
    proof = stamps.get(found.at) or _covering_stamp(report, found, objects)
    process = indications.process(found.level, proved=found.proved)
    return element(
        "SignatureValidationReport",
        _identifier(found),
        _constraints(report, found),
        _time(report, found, proof),
        _document(report, objects),
        _attributes(found, signer, stamps),
        element("SignerInformation", reference("SignerCertificate", [signer]), _named(found)) if signer else None,
        element(
            "SignatureValidationProcess",
            text("SignatureValidationProcessID", "urn:etsi:019102:validationprocess:" + PROCESSES[process]),
        ),
        _status("SignatureValidationStatus", verdict, TOTAL, _basis(report, found, verdict, objects, asked)),
    )


def _nothing(report: Report) -> Element:
    """A file in which nobody signed: the schema asks for a report all the same."""
    verdict = report.verdict if not report.verdict.passed else undecided(report.verdict.reason)
    return element(
        "SignatureValidationReport",
        element(
            "ValidationTimeInfo",
            text("ValidationTime", _utc(report)),
            _proof_of_existence("BestSignatureTime", _utc(report), ""),
        ),
        _status(
            "SignatureValidationStatus",
            verdict,
            TOTAL,
            element(
                "AssociatedValidationReportData", additional([("reason", verdict.reason), *_about_the_file(report)])
            ),
        ),
    )


def _identifier(found: SignatureFindings) -> Element:
    return element(
        "SignatureIdentifier",
        text("HashOnly", "false"),
        text("DocHashOnly", "true" if found.facts.digest_only else "false"),
        text("DAIdentifier", found.facts.field_name) if found.facts.field_name else None,
        id=f"S-{found.facts.revision}",
    )


def _constraints(report: Report, found: SignatureFindings) -> Element:
    """The policy by name, and its rules in the order in which they were asked, up to the one that objected."""
    policy = BY_NAME[report.policy]
    asked = []
    for name, rule in judge.RULES.items():
        objection = rule(found, policy)
        asked.append(
            element(
                "ValidationConstraint",
                text("ValidationConstraintIdentifier", own(f"rule:{name}")),
                element("ConstraintStatus", text("Status", "urn:etsi:019102:constraintStatus:applied")),
                _status("ValidationStatus", objection or passed(), PART),
            )
        )
        if objection is not None:
            break
    return element(
        "ValidationConstraintsEvaluationReport",
        element(
            "SignatureValidationPolicy",
            element("SignaturePolicyIdentifier", element("xades:SignaturePolicyImplied")),
            text("PolicyName", report.policy),
        ),
        *asked,
    )


def _time(report: Report, found: SignatureFindings, proof: str) -> Element:
    return element(
        "ValidationTimeInfo",
        text("ValidationTime", _utc(report)),
        _proof_of_existence("BestSignatureTime", instant(found.at) or "", proof if found.proved else ""),
    )


def _proof_of_existence(name: str, moment: str, proof: str) -> Element:
    return element(
        name,
        text("POETime", moment),
        text("TypeOfProof", "urn:etsi:019102:poetype:validation"),
        reference("POEObject", [proof] if proof else []),
    )


def _covering_stamp(report: Report, found: SignatureFindings, objects: Objects) -> str:
    """The document timestamp that proves when a signature existed."""
    for other, _ in report.signatures:
        own_stamp = other.own_stamp
        if own_stamp is not None and own_stamp.proves and own_stamp.facts.at == found.at:
            return _stamp(own_stamp, other, objects)
    return ""


def _document(report: Report, objects: Objects) -> Element | None:
    if not report.facts.sha256:
        return None
    digest = bytes.fromhex(report.facts.sha256)
    return element(
        "SignersDocument",
        digest_of("DigestAlgAndValue", digest),
        reference("SignersDocumentRepresentation", [objects.document(digest)]),
    )


def _attributes(found: SignatureFindings, signer: str, stamps: Mapping[datetime | None, str]) -> Element | None:
    facts = found.facts
    told: list[Element] = []
    if claimed := instant(facts.claimed_at or facts.cms.claimed_at):  # as the JSON has it
        told.append(element("SigningTime", text("Time", claimed), Signed="true"))
    if facts.cms.names_signer == "matches":
        attribute = element("SigningCertificate", reference("AttributeObject", [signer]), Signed="true")
        told.append(attribute)
    for stamp in found.stamps:
        if moment := instant(stamp.facts.at):
            at = stamps[stamp.facts.at]
            told.append(
                element("SignatureTimeStamp", reference("AttributeObject", [at]), text("TimeStampValue", moment))
            )
    if facts.reason:
        told.append(element("Reason", text("ReasonElement", facts.reason), Signed="true"))
    if facts.sub_filter:
        told.append(element("SubFilter", text("SubFilterElement", facts.sub_filter), Signed="true"))
    return element("SignatureAttributes", *told) if told else None


def _named(found: SignatureFindings) -> Element:
    return text("Signer", paths.name(found.facts.cms.signer))


def _status(name: str, verdict: Verdict, words: dict[Indication, str], *data: Element | None) -> Element:
    word = indications.sub_indication(verdict)
    return element(
        name,
        text("MainIndication", MAIN + words.get(verdict.indication, "indeterminate")),
        text("SubIndication", f"urn:etsi:019102:subindication:{word}") if word else None,
        *data,
    )


def _basis(report: Report, found: SignatureFindings, verdict: Verdict, objects: Objects, asked: list[str]) -> Element:
    """What a verdict rests on: the path, a revocation, and what the standard has no word for."""
    facts = found.facts
    return element(
        "AssociatedValidationReportData",
        *_path(found.chain, objects),
        additional(
            [
                ("reason", verdict.reason),
                ("detail", facts.problem or facts.cms.problem),
                ("level", found.level),
                ("proved_level", found.proved_level),
                ("coverage", coverage(found)),
                ("modifications", facts.change.name.lower()),
                *(("modification_note", note) for note in facts.changes),
                ("territory", found.chain.anchor.territory if found.chain.anchor else ""),
                ("trust_entry", found.chain.anchor.entry if found.chain.anchor else ""),
                *_about_the_file(report),
                *_mainland(found),
                ("answers", " ".join(asked)),
            ]
        ),
    )


def _mainland(found: SignatureFindings) -> Iterator[tuple[str, str]]:
    """The other half of an act of two signatures, and the electronic seal that was put to the document."""
    if found.other_half:
        yield "act_with", f"S-{found.other_half}"
    if (seal := found.facts.cms.seal) is not None:
        yield "electronic_seal", seal.identifier
        yield "electronic_seal_standard", seal.standard


def _path(chain: ChainFindings, objects: Objects) -> Iterator[Element | None]:
    if chain.path is None:
        return
    named = [objects.certificate(der) for der in chain.path.certificates]
    yield reference("TrustAnchor", named[-1:])
    yield element(
        "CertificateChain",
        reference("SigningCertificate", named[:1]),
        *(reference("IntermediateCertificate", [each]) for each in named[1:-1]),
        reference("TrustAnchor", named[-1:]),
    )
    if chain.revoked_at is not None:
        revoked = next((at for at, how in enumerate(chain.revocation) if how == "revoked"), 0)
        yield element(
            "RevocationStatusInformation",
            reference("ValidationObjectId", [named[revoked]]),
            text("RevocationTime", instant(chain.revoked_at) or ""),
        )


def _stamp(stamp: StampFindings, over: SignatureFindings, objects: Objects) -> str:
    """A timestamp as an object with a report of its own; its identity."""
    moment = instant(stamp.facts.at) or ""
    signer = stamp.facts.cms.signer
    key = f"{over.facts.revision}|{moment}|{signer.hex()}"
    verdict = passed() if stamp.proves else undecided(stamp.problem or "GENERIC")
    own_report = element(
        "ValidationReport",
        element("SignerInformation", reference("SignerCertificate", [objects.certificate(signer)])) if signer else None,
        _status(
            "SignatureValidationStatus",
            verdict,
            PART,
            element(
                "AssociatedValidationReportData",
                *_path(stamp.chain, objects),
                additional([("time", moment), ("policy", stamp.facts.policy), ("reason", stamp.problem)]),
            ),
        ),
    )
    proves = (
        element(
            "POEProvisioning",
            text("POETime", moment),
            element("SignatureReference", text("PAdESFieldName", over.facts.field_name))
            if over.facts.field_name
            else None,
        )
        if stamp.proves
        else None
    )
    return objects.timestamp(key, text("direct", moment), proves, own_report)


def _about_the_file(report: Report) -> Iterator[tuple[str, str]]:
    yield "file", report.file
    yield "file_verdict", str(report.verdict.indication)
    yield "file_reason", report.verdict.reason
    yield from (("finding", finding) for finding in report.facts.findings)
    kinds = attack_kinds.kinds(report.facts, report.signatures, report.verdict)
    yield from (("attack_kind", kind) for kind in kinds)
    yield "trust_snapshot", report.snapshot


def _utc(report: Report) -> str:
    return instant(report.at) or ""
