"""A consent's receipt: what the person holds, and anybody can check without asking us (ISO/IEC TS 27560 §6.5).

It is signed JSON (a compact JWS over RFC 8785 bytes). Checking it proves: the signature; that the chain of events is
whole from the record's head on; and that the text in it is the text whose hash the events name.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.frozen import Frozen
from gateway.identity.canonical import canonical
from gateway.identity.consent import ConsentRecord, State, event_hash, genesis, stamp
from gateway.identity.notice import Block, text_sha256

TYP = "gba-consent-receipt+jws"
SCHEMA = "urn:gba:consent-receipt:1"
MAX_LENGTH = 262_144


class Proved(Frozen):
    """A receipt that holds. `content` is the receipt's JSON."""

    record: str
    state: str
    content: Mapping[str, Any]


class Disproved(Frozen, kw_only=False):
    """A receipt that does not hold, and why, as a slug."""

    reason: str


def compose(record: ConsentRecord, *, receipt_id: str, issuer: str, at: datetime) -> bytes:
    """The receipt's bytes: head, texts and the events so far."""
    return canonical(
        {
            "schema_version": SCHEMA,
            "receipt_id": receipt_id,
            "issued_at": stamp(at),
            "issuer": issuer,
            "record_id": record.id,
            "items": list(record.items),
            "valid_until": None if record.valid_until is None else stamp(record.valid_until),
            "single_use": record.single_use,
            "head": _plain(record.head),
            "notices": [
                {
                    "notice_id": shown.id,
                    "notice_version": shown.version,
                    "language": shown.language,
                    "binding_language": shown.binding_language,
                    "languages": list(shown.languages),
                    "title": shown.title,
                    "blocks": [{"id": block.id, "kind": block.kind, "text": block.text} for block in shown.blocks],
                    "parameters": dict(shown.parameters),
                    "text_sha256": shown.text_sha256,
                    "text_set_sha256": shown.text_set_sha256,
                }
                for shown in sorted(record.notices.values(), key=lambda shown: shown.text_sha256)
            ],
            "events": [
                {
                    "seq": event.seq,
                    "state": event.state.value,
                    "at": stamp(event.at),
                    "by": event.by,
                    "facts": _plain(event.facts),
                    "prev_hash": event.prev_hash,
                    "hash": event.hash,
                }
                for event in record.events
            ],
        }
    )


def verify(receipt: str, keys: Mapping[str, Mapping[str, object]]) -> Proved | Disproved:
    """Check a receipt against the published keys (JWK by kid). Never raises for what a stranger hands in."""
    if len(receipt) > MAX_LENGTH:
        return Disproved("receipt_too_long")
    try:
        head, payload, signature = receipt.strip().split(".")
        header = json.loads(_decode(head))
        if not isinstance(header, dict) or header.get("alg") != "ES256" or header.get("typ") != TYP:
            return Disproved("receipt_of_another_kind")
        key = keys.get(str(header.get("kid")))
        if key is None:
            return Disproved("receipt_key_unknown")
        _check_signature(key, f"{head}.{payload}".encode("ascii"), _decode(signature))
        content = json.loads(_decode(payload))
    except InvalidSignature:
        return Disproved("receipt_signature_wrong")
    except (ValueError, binascii.Error, RecursionError):
        return Disproved("receipt_unreadable")
    return _judge(content)


def _judge(content: object) -> Proved | Disproved:
    if not isinstance(content, dict) or content.get("schema_version") != SCHEMA:
        return Disproved("receipt_of_another_kind")
    try:
        texts = {
            notice["text_sha256"]: text_sha256(
                tuple(Block(block["id"], block["kind"], block["text"]) for block in notice["blocks"])
            )
            for notice in content["notices"]
        }
        if any(named != found for named, found in texts.items()):
            return Disproved("receipt_text_changed")
        prev = genesis(content["record_id"], content["head"])
        for seq, event in enumerate(content["events"], start=1):
            if _event_objection(event, seq, prev):
                return Disproved("receipt_events_broken")
            if event["facts"].get("text_sha256", next(iter(texts), None)) not in texts:
                return Disproved("receipt_text_missing")
            prev = event["hash"]
        return Proved(record=content["record_id"], state=content["events"][-1]["state"], content=content)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return Disproved("receipt_unreadable")


def _event_objection(event: Mapping[str, Any], seq: int, prev: str) -> bool:
    due = event_hash(
        state=State(event["state"]),
        seq=seq,
        prev_hash=prev,
        at=datetime.fromisoformat(event["at"]),
        by=event["by"],
        facts=event["facts"],
    )
    return bool(event["seq"] != seq or event["prev_hash"] != prev or event["hash"] != due)


def _check_signature(key: Mapping[str, object], signed: bytes, signature: bytes) -> None:
    if key.get("kty") != "EC" or key.get("crv") != "P-256" or len(signature) != 64:
        raise InvalidSignature
    x, y = (int.from_bytes(_decode(str(key[name]))) for name in ("x", "y"))
    public = EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    public.verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _plain(value: object) -> Any:
    """Mappings and tuples as JSON has them."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
