"""The two questions asked from outside: what holds of this message, and what holds of this seal, over this content."""

from collections.abc import Callable

from msgspec.structs import replace

from trust.guomi import message, seal, ses, signed_data, sm2, sm3, stamp
from trust.guomi.der import Malformed
from trust.guomi.facts import GuomiFacts, SealFacts
from trust.guomi.message import DigestOf
from trust.guomi.signed_data import TIMESTAMP

MOST_STAMPS = 10


def verify_cms(
    data: bytes,
    digest_of: DigestOf,
    *,
    digest_after: Callable[[bytes], bytes] | None = None,
    identity: bytes = sm2.DISTINGUISHED_ID,
) -> GuomiFacts:
    """The facts about a message over a content that digest_of gives the digests of, by name ("sm3", "sha256").

    Only a message without signed attributes needs `digest_after`: the SM3 digest of some bytes and then the content.
    """
    try:
        whole = signed_data.read(data)
    except Malformed as problem:
        return GuomiFacts(problem=problem.reason)
    seen = message.facts(whole, digest_of, digest_after=digest_after, identity=identity)
    tokens = whole.unsigned.get(TIMESTAMP, ())[:MOST_STAMPS]
    return replace(seen, stamps=tuple(stamp.read(token, _over(whole.value), identity=identity) for token in tokens))


def verify_seal(data: bytes, digest_of: DigestOf, *, identity: bytes = sm2.DISTINGUISHED_ID) -> SealFacts:
    """The facts about a GB/T 38540 or GM/T 0031 signature over a content that digest_of gives the digests of."""
    try:
        whole = ses.read(data)
    except Malformed as problem:
        return SealFacts(problem=problem.reason)
    seen = seal.facts(whole, digest_of, identity=identity)
    tokens = (whole.stamp,) if whole.stamp is not None else ()
    over = _over(whole.value) if whole.layout == ses.CURRENT else digest_of
    return replace(seen, stamps=tuple(stamp.read(token, over, identity=identity) for token in tokens))


def _over(value: bytes) -> DigestOf:
    return lambda name: sm3.named(name, value) or b""
