"""Messages and seals of the mainland's cryptography, read by trust.guomi, as the same facts as all others.

Told by what they are, never by the name of a format: SM2 over SM3 in CMS or GB/T 35275's container, seals of
GB/T 38540 and GM/T 0031 straight in /Contents, and timestamp tokens of GB/T 20520.
"""

from trust.guomi import der, judging, ses, stamp
from trust.guomi.facts import GuomiFacts, SealFacts
from trust.guomi.facts import StampFacts as GuomiStamp
from trust.guomi.signature import SM2_IN_MESSAGES
from trust.guomi.verifying import verify_cms, verify_seal
from trust.pades.content import Content
from trust.validation import facts as plain
from trust.validation.facts import CmsFacts, StampFacts

KNOWN = frozenset({"sm3", "sha1", "sha256", "sha384", "sha512"})
STANDARDS = {ses.CURRENT: "GB/T 38540", ses.FORMER: "GM/T 0031"}


def read(message: bytes, content: Content) -> CmsFacts | None:
    """The facts, or None where it is no such message: one of another kind is not judged more mildly here."""
    if _is_seal(message):
        return _sealed(verify_seal(message, lambda name: _digest(content, name)))
    seen = verify_cms(
        message,
        lambda name: _digest(content, name),
        digest_after=lambda prefix: content.digest_after("sm3", prefix),
    )
    return _facts(seen) if _ours(seen) else None


def read_stamp(token: bytes, content: Content) -> StampFacts | None:
    """The facts about a token that claims to cover this content, or None where nothing of it is SM2 or SM3."""
    seen = stamp.read(token, lambda name: _digest(content, name))
    return _stamp(seen) if _ours(seen.cms) or seen.imprint_algorithm == "sm3" else None


def _digest(content: Content, name: str) -> bytes:
    return content.digest(name) if name in KNOWN else b""


def _ours(seen: GuomiFacts) -> bool:
    return seen.digest_algorithm == "sm3"


def _is_seal(message: bytes) -> bool:
    """A seal begins with what is signed; every message with an identifier of its kind (RFC 5652 §3)."""
    try:
        outer = der.part(message, 0, len(message), ber=True)
        return outer.tag == der.SEQUENCE and der.part(message, outer.body, len(message), ber=True).tag == der.SEQUENCE
    except der.Malformed:
        return False


def _facts(seen: GuomiFacts) -> CmsFacts:
    sm2 = seen.signature_algorithm in SM2_IN_MESSAGES and _ours(seen)
    return CmsFacts(
        problem=_problem(seen.problem),
        intact=seen.intact,
        genuine=seen.genuine,
        signer=seen.signer,
        certificates=seen.certificates,
        names_signer=seen.names_signer,
        digest_algorithm=seen.digest_algorithm,
        signature_algorithm="sm2_sm3" if sm2 else seen.signature_algorithm,
        claimed_at=seen.claimed_at,
        ocsps=seen.ocsps,
        crls=seen.crls,
        stamps=tuple(map(_stamp, seen.stamps)),
    )


def _problem(told: str) -> str:
    # a signature over the content itself cannot be checked by digests alone
    return "format_unsupported" if told == "content_needed" else told


def _stamp(seen: GuomiStamp) -> StampFacts:
    return StampFacts(
        cms=_facts(seen.cms), at=seen.at, covers=seen.covers, imprint=seen.imprint_algorithm, policy=seen.policy
    )


def _sealed(seen: SealFacts) -> CmsFacts:
    made = seen.seal
    begins = max((at for at in (made.made_at, made.valid_from) if at), default=None) if made is not None else None
    return CmsFacts(
        problem=seen.problem,
        intact=seen.intact,
        genuine=seen.genuine,
        signer=seen.signer,
        certificates=tuple(filter(None, (seen.signer, made.maker if made is not None else b""))),
        # the certificate stands within what is signed, or beside it: GB/T 38540 has the seal name it instead
        names_signer="matches" if seen.signer_listed else "",
        digest_algorithm="sm3",
        signature_algorithm="sm2_sm3",
        claimed_at=seen.claimed_at,
        stamps=tuple(map(_stamp, seen.stamps)),
        seal=plain.SealFacts(
            standard=STANDARDS[seen.layout],
            objection=judging.objection_to_seal_itself(seen) or "",
            maker=made.maker,
            identifier=made.identifier,
            name=made.name,
            begins=begins,
            ends=made.valid_until,
            picture=made.picture.digest if made.picture is not None else "",
        )
        if made is not None
        else None,
    )
