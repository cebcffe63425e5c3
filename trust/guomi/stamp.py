"""Timestamp tokens (RFC 3161, GB/T 20520) over SM3 or other imprints: their cryptography and what they cover."""

from asn1crypto import tsp

from trust.guomi import der, message, signed_data, sm2, sm3
from trust.guomi.der import Malformed
from trust.guomi.facts import GuomiFacts, StampFacts
from trust.guomi.instant import instant
from trust.guomi.message import DigestOf

TOKEN_INFO = "1.2.840.113549.1.9.16.1.4"  # noqa: S105 - an object identifier, not a password


def read(data: bytes, digest_of: DigestOf, *, identity: bytes = sm2.DISTINGUISHED_ID) -> StampFacts:
    """The facts about a token that claims to cover what digest_of gives the digests of."""
    try:
        whole = signed_data.read(data)
    except Malformed as problem:
        return StampFacts(cms=GuomiFacts(problem=problem.reason))
    carried = whole.carried
    if whole.content_type != TOKEN_INFO or carried is None or der.objection(carried):
        return StampFacts(cms=GuomiFacts(problem="not_a_timestamp"))
    if whole.attributes is None:
        # nothing would say that it is a timestamp that was signed, nor by whom (RFC 3161 §2.4.2)
        return StampFacts(cms=GuomiFacts(problem="attributes_malformed"))
    try:
        told = tsp.TSTInfo.load(carried, strict=True)
        imprint = told["message_imprint"]
        oid, hashed = imprint["hash_algorithm"]["algorithm"].dotted, imprint["hashed_message"].native
        at, policy = instant(told["gen_time"].native), told["policy"].dotted
    except Exception:  # a parser of foreign bytes: whatever it raises, this is no timestamp
        return StampFacts(cms=GuomiFacts(problem="not_a_timestamp"))
    name = sm3.NAMES.get(oid, "")
    return StampFacts(
        cms=message.facts(
            whole, lambda known: sm3.named(known, carried) or b"", identity=identity, content_inside=True
        ),
        at=at,
        covers=bool(name) and hashed == digest_of(name),
        imprint_algorithm=name or oid,
        policy=policy,
    )
