"""The report on a file as a JSON object: the same bytes for the same file, snapshot, policy and time."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any

from msgspec import field

from trust.anchors.recognition import MutualRecognition
from trust.anchors.snapshot import Snapshot
from trust.anchors.trust_list import Standing
from trust.frozen import Frozen, Hidden
from trust.validation import acts, attack_kinds, indications, legal, paths, recognition
from trust.validation.assess import Evidence, SignatureFindings, StampFindings
from trust.validation.facts import FileFacts
from trust.validation.judge import EMPTY
from trust.validation.policy import Policy
from trust.validation.verdict import Verdict

FORM = "gba-verification/1"


class Report(Frozen):
    """One file's verdict and everything that it rests on."""

    file: str
    verdict: Verdict
    facts: Hidden[FileFacts]
    signatures: Hidden[tuple[tuple[SignatureFindings, Verdict], ...]]
    snapshot: str
    policy: str
    at: datetime
    recognitions: tuple[MutualRecognition | None, ...] = ()  # one a signature
    standings: tuple[Standing, ...] = ()
    asked: Hidden[Evidence] = field(default_factory=Evidence)  # what authorities answered when they were asked

    def as_json(self) -> dict[str, Any]:
        """The object, in a steady order of keys."""
        return {
            "form": FORM,
            "file": self.file,
            "subject": "digest" if self.facts.digest_only else "document",
            "verdict": str(self.verdict.indication),
            "reason": self.verdict.reason,
            "sub_indication": indications.sub_indication(self.verdict),
            "sha256": self.facts.sha256,
            "size": self.facts.size,
            "pages": self.facts.pages,
            "signatures": [
                _signature(found, verdict) | {"mutual_recognition": recognition.as_json(recognised)}
                for (found, verdict), recognised in zip_longest(self.signatures, self.recognitions)
            ],
            "acts": [_act(each) for each in acts.of(self.signatures)],
            "findings": list(self.facts.findings),
            "attack_kinds": list(attack_kinds.kinds(self.facts, self.signatures, self.verdict)),
            "trust_snapshot": self.snapshot,
            "trust_lists": [recognition.standing_as_json(each) for each in self.standings],
            "evidence": [{"kind": kind, "digest": digest(der)} for kind, der in answers(self.asked)],
            "policy": self.policy,
            "at": instant(self.at),
        }

    def as_line(self) -> str:
        """One line of JSON; a file name that is no text in any encoding is escaped, so that the line always is."""
        told = self.as_json()
        line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return line if _is_text(line) else json.dumps(told, separators=(",", ":"))


def _is_text(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def answers(asked: Evidence) -> Iterator[tuple[str, bytes]]:
    """Each answer with its kind, in a steady order."""
    yield from (("ocsp", der) for der in asked.ocsps)
    yield from (("crl", der) for der in asked.crls)


def digest(der: bytes) -> str:
    """How an answer is named."""
    return "sha256:" + hashlib.sha256(der).hexdigest()


def make(
    file: str,
    facts: FileFacts,
    verdict: Verdict,
    judged: tuple[tuple[SignatureFindings, Verdict], ...],
    *,
    snapshot: Snapshot,
    policy: Policy,
    at: datetime,
    asked: Evidence | None = None,
) -> Report:
    """The report on a file."""
    standings = snapshot.standings(at)
    return Report(
        file=file,
        verdict=verdict,
        facts=facts,
        signatures=judged,
        snapshot=snapshot.id,
        policy=policy.name,
        at=at,
        recognitions=tuple(recognition.of_signature(found, snapshot, standings) for found, _ in judged),
        standings=standings,
        asked=asked or Evidence(),
    )


def _signature(found: SignatureFindings, verdict: Verdict) -> dict[str, Any]:
    facts = found.facts
    empty = verdict.reason == EMPTY
    time, source = (None, None) if empty else _signing_time(found)
    certificate = paths.load(facts.cms.signer) if facts.cms.signer else None
    subject, issuer = paths.distinguished_names(facts.cms.signer) or (None, None)
    anchor = found.chain.anchor
    return {
        "field": facts.field_name,
        "kind": "document_timestamp" if facts.is_stamp else "signature",
        "verdict": str(verdict.indication),
        "reason": verdict.reason,
        "sub_indication": indications.sub_indication(verdict),
        "process": None if facts.is_stamp or empty else indications.process(found.level, proved=found.proved),
        "signer": paths.name(facts.cms.signer) if facts.cms.signer else None,
        "signer_subject": subject,
        "issuer": issuer,
        "serial": f"{certificate.serial_number:x}" if certificate else None,
        "territory": (anchor.territory or None) if anchor else None,
        "trust_entry": anchor.entry if anchor else None,
        "level": None if facts.is_stamp or empty else found.level,
        "proved_level": None if empty else found.proved_level or None,
        "signing_time": instant(time),
        "signing_time_source": source,
        "claimed_time": instant(facts.claimed_at or facts.cms.claimed_at),
        "examined_as_of": instant(found.at),
        "stated_reason": facts.reason or None,
        "coverage": coverage(found),
        "modifications": facts.change.name.lower(),
        "modification_notes": list(facts.changes),
        "certification": facts.permits or None,
        "digest_algorithm": facts.cms.digest_algorithm or None,
        "signature_algorithm": facts.cms.signature_algorithm or None,
        "revocation": list(found.chain.revocation),
        "revoked_at": instant(found.chain.revoked_at),
        "detail": facts.problem or facts.cms.problem or None,
        "timestamps": [_stamp(stamp) for stamp in found.stamps],
        "electronic_seal": _seal(found),
        "legal_regime": legal.regime(found),
    }


def _act(found: acts.Act) -> dict[str, Any]:
    return {
        "halves": [
            {"signature": number, "field": field_name, "key": key}
            for number, field_name, key in zip(found.halves, found.fields, found.keys, strict=True)
        ],
        "verdict": str(found.verdict),
    }


def _seal(found: SignatureFindings) -> dict[str, Any] | None:
    """The electronic seal of the mainland that was put to the document."""
    seal = found.facts.cms.seal
    if seal is None:
        return None
    return {
        "standard": seal.standard,
        "identifier": seal.identifier,
        "name": seal.name,
        "maker": paths.name(seal.maker) or None,
        "maker_trusted": found.seal_maker is not None and not found.seal_maker.problem,
        "valid_from": instant(seal.begins),
        "valid_until": instant(seal.ends),
        "picture": f"sm3:{seal.picture}" if seal.picture else None,
        "reason": seal.objection or None,
    }


def _signing_time(found: SignatureFindings) -> tuple[datetime | None, str | None]:
    """The best that is known: proved by a timestamp, else claimed by the signer."""
    if found.own_stamp is not None:
        return found.own_stamp.facts.at, "document_timestamp" if found.own_stamp.proves else "claimed"
    if found.proved:
        return found.at, found.proved
    claimed = found.facts.claimed_at or found.facts.cms.claimed_at
    return claimed, "claimed" if claimed else None


def coverage(found: SignatureFindings) -> str:
    if found.facts.problem:
        return "UNCLEAR"
    if found.facts.digest_only:
        return "DIGEST_SUPPLIED"
    return "ENTIRE_FILE" if found.facts.covers_file else "ENTIRE_REVISION"


def _stamp(stamp: StampFindings) -> dict[str, Any]:
    signer = stamp.facts.cms.signer
    return {
        "time": instant(stamp.facts.at),
        "authority": paths.name(signer) if signer else None,
        "territory": (stamp.chain.anchor.territory or None) if stamp.chain.anchor else None,
        "proves": stamp.proves,
        "reason": stamp.problem or None,
        "policy": stamp.facts.policy or None,
    }


def instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value is not None else None
