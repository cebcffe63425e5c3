"""Messages signed with SM2 over SM3 (GB/T 32918, GB/T 35275), read by trust.guomi, as the same facts as all others."""

from trust.guomi import GuomiFacts, verify_cms
from trust.guomi.facts import StampFacts as GuomiStamp
from trust.pades.content import Content
from trust.validation.facts import CmsFacts, StampFacts

KNOWN = frozenset({"sm3", "sha1", "sha256", "sha384", "sha512"})


def read(der: bytes, content: Content) -> CmsFacts | None:
    """The facts, or None where it is no such message: one of another kind is not judged more mildly here."""
    seen = verify_cms(der, lambda name: content.digest(name) if name in KNOWN else b"")
    return _facts(seen) if seen.digest_algorithm == "sm3" else None


def _facts(seen: GuomiFacts) -> CmsFacts:
    return CmsFacts(
        problem=seen.problem,
        intact=seen.intact,
        genuine=seen.genuine,
        signer=seen.signer,
        certificates=seen.certificates,
        names_signer=seen.names_signer,
        digest_algorithm=seen.digest_algorithm,
        signature_algorithm="sm2_sm3",
        claimed_at=seen.claimed_at,
        ocsps=seen.ocsps,
        crls=seen.crls,
        stamps=tuple(map(_stamp, seen.stamps)),
    )


def _stamp(seen: GuomiStamp) -> StampFacts:
    return StampFacts(cms=_facts(seen.cms), at=seen.at, covers=seen.covers, policy=seen.policy)
