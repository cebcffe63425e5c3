"""The published form of a verification report: a JSON Schema (2020-12) whose words are those of the code."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from trust.anchors.recognition import CONDITIONS, Conclusion
from trust.anchors.recognition import Outcome as Met
from trust.anchors.trust_list import ListState
from trust.validation import attack_kinds
from trust.validation.facts import Change
from trust.validation.indications import PROCESSES, STANDARD
from trust.validation.legal import REGIMES, Outcome
from trust.validation.policy import BY_NAME
from trust.validation.report import FORM
from trust.validation.revocation import Standing
from trust.validation.sentences import SENTENCES
from trust.validation.verdict import Indication

PATH = "/schemas/verification-report-1.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
INSTANT: Schema = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"}
DIGEST: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
SLUG: Schema = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_.:-]*$"}


def schema(origin: str = "") -> Schema:
    """The schema of one report; `origin` is the gateway's own address, for the schema's identity."""
    properties: dict[str, Schema] = {
        "form": {"const": FORM},
        "file": TEXT | {"description": "What the file was called; empty where it had no name."},
        "subject": _of(("document", "digest")) | {"description": "digest: the document itself was never seen."},
        "verdict": _of(Indication),
        "reason": _of(SENTENCES) | {"description": "Why, in one word; a sentence in four languages belongs to each."},
        "sub_indication": _or_none(_of(_sub_indications()))
        | {"description": "The same in the words of EN 319 102-1 §5.1.3."},
        "sha256": {"type": "string", "pattern": "^([0-9a-f]{64})?$"},
        "size": COUNT,
        "pages": COUNT,
        "signatures": _list(_signature()),
        "acts": _list(_act())
        | {"description": "Two signatures that are one act, by SM2 for mainland law and by another key."},
        "findings": _list(SLUG) | {"description": "What was noticed about the file itself."},
        "attack_kinds": _list(_of(attack_kinds.KINDS))
        | {"description": "Of which published attacks the findings are the marks; careless programs leave some too."},
        "trust_snapshot": DIGEST | {"description": "The trust lists that the verdict rests on, by their identity."},
        "trust_lists": _list(_list_standing()),
        "evidence": _list(_object({"kind": _of(("ocsp", "crl")), "digest": DIGEST}))
        | {"description": "What authorities answered when they were asked for this report."},
        "policy": _of(BY_NAME),
        "at": INSTANT | {"description": "The moment as of which it was judged."},
    }
    return {
        "$schema": DIALECT,
        "$id": origin + PATH,
        "title": "Verification report",
        "description": "The verdict on one file, on each signature in it, and everything that it rests on. "
        "The same file, trust lists, policy, moment and evidence give the same bytes.",
    } | _object(properties)


def _signature() -> Schema:
    return _object(
        {
            "field": TEXT,
            "kind": _of(("signature", "document_timestamp")),
            "verdict": _of(Indication),
            "reason": _of(SENTENCES),
            "sub_indication": _or_none(_of(_sub_indications())),
            "process": _or_none(_of(sorted(set(PROCESSES.values())))),
            "signer": _or_none(TEXT),
            "signer_subject": _or_none(TEXT),
            "issuer": _or_none(TEXT),
            "serial": _or_none({"type": "string", "pattern": "^-?[0-9a-f]+$"}),
            "territory": _or_none(TEXT),
            "trust_entry": _or_none(TEXT),
            "level": _or_none(_of((*PROCESSES, "not PAdES"))) | {"description": "What it is built for."},
            "proved_level": _or_none(_of(PROCESSES))
            | {"description": "What is proved, by timestamps of listed authorities and by evidence in the file."},
            "signing_time": _or_none(INSTANT),
            "signing_time_source": _or_none(
                _of(("claimed", "signature_timestamp", "archive_timestamp", "document_timestamp"))
            ),
            "claimed_time": _or_none(INSTANT),
            "examined_as_of": INSTANT,
            "stated_reason": _or_none(TEXT),
            "coverage": _of(("ENTIRE_FILE", "ENTIRE_REVISION", "DIGEST_SUPPLIED", "UNCLEAR")),
            "modifications": _of(change.name.lower() for change in Change),
            "modification_notes": _list(TEXT),
            "certification": _or_none({"type": "integer", "minimum": 1, "maximum": 3}),
            "digest_algorithm": _or_none(TEXT),
            "signature_algorithm": _or_none(TEXT),
            "revocation": _list(_of(Standing)),
            "revoked_at": _or_none(INSTANT),
            "detail": _or_none(SLUG),
            "timestamps": _list(_timestamp()),
            "electronic_seal": _or_none(_seal()),
            "legal_regime": _or_none(_regime()),
            "mutual_recognition": _or_none(_mutual_recognition()),
        }
    )


def _act() -> Schema:
    half = _object(
        {"signature": {"type": "integer", "minimum": 1}, "field": TEXT, "key": _of(("sm2", "rsa", "ec", "other"))}
    )
    return _object({"halves": _list(half) | {"minItems": 2, "maxItems": 2}, "verdict": _of(Indication)})


def _seal() -> Schema:
    return _object(
        {
            "standard": _of(("GB/T 38540", "GM/T 0031")),
            "identifier": TEXT,
            "name": TEXT,
            "maker": _or_none(TEXT),
            "maker_trusted": {"type": "boolean"},
            "valid_from": _or_none(INSTANT),
            "valid_until": _or_none(INSTANT),
            "picture": _or_none({"type": "string", "pattern": "^sm3:[0-9a-f]{64}$"}),
            "reason": _or_none(SLUG),
        }
    )


def _timestamp() -> Schema:
    return _object(
        {
            "time": _or_none(INSTANT),
            "authority": _or_none(TEXT),
            "territory": _or_none(TEXT),
            "proves": {"type": "boolean"},
            "reason": _or_none(SLUG),
            "policy": _or_none(TEXT),
        }
    )


def _regime() -> Schema:
    laws = [law for law, _ in REGIMES.values()]
    conditions = [name for _, found in REGIMES.values() for name in found]
    return _object({"law": _of(laws), "conditions": _list(_condition(conditions, Outcome))})


def _mutual_recognition() -> Schema:
    return _object(
        {
            "territory": TEXT,
            "scheme": _or_none(TEXT),
            "conclusion": _of(Conclusion),
            "reason": _or_none(SLUG),
            "entry": _or_none(TEXT),
            "list": _or_none(DIGEST),
            "conditions": _list(_condition(CONDITIONS, Met)),
        }
    )


def _list_standing() -> Schema:
    return _object(
        {
            "territory": TEXT,
            "state": _of(ListState),
            "reason": _or_none(SLUG),
            "sequence": _or_none(COUNT),
            "list": _or_none(DIGEST),
        }
    )


def _condition(names: Iterable[str], outcomes: type[Enum]) -> Schema:
    return _object({"condition": _of(names), "outcome": _of(outcomes), "reason": _or_none(SLUG)})


def _sub_indications() -> list[str]:
    return sorted(frozenset[str]().union(*STANDARD.values()))


def _object(properties: Mapping[str, Schema]) -> Schema:
    """Every member is always there, and there is no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _of(values: Iterable[object] | type[Enum]) -> Schema:
    return {"enum": [str(getattr(value, "value", value)) for value in values]}


def _or_none(told: Schema) -> Schema:
    return {"anyOf": [told, {"type": "null"}]}
