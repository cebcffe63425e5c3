"""Validation policies as data: what may follow a signature, and which algorithms held until when."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from msgspec import field

from trust.frozen import Frozen
from trust.validation import paths
from trust.validation.facts import Change


def _until(year: int) -> datetime:
    return datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)


# Digest → the last moment at which it could be relied on (after ETSI TS 119 312); absent: not yet broken
DIGESTS = {"md5": _until(2008), "sha1": _until(2016), "sha224": _until(2025)}


class Policy(Frozen):
    """The rules of one kind of check; named in every report."""

    name: str
    # Where a signature does not say what may follow it: the worst change that still passes
    tolerated: Change
    # Whatever a signature says may follow it: the worst change that passes
    most: Change = Change.ANNOTATIONS
    # The baseline levels that are asked for; empty: any
    levels: frozenset[str] = frozenset()
    # Whether a timestamp must prove when it was signed
    proved_time: bool = False
    digests: dict[str, datetime] = field(default_factory=DIGESTS.copy)
    # RSA modulus below this many bits → the last moment
    short_rsa: tuple[tuple[int, datetime], ...] = ((1024, _until(2006)), (1900, _until(2013)))


# An ordinary signature: others may sign after it, evidence and what no page shows may change; nothing else may happen.
ORDINARY = Policy(name="ordinary/1", tolerated=Change.SIGNATURES)
# An electronic seal on a record: nothing may follow but evidence, and its time must be proved.
SEAL = Policy(name="seal/1", tolerated=Change.VALIDATION_DATA, most=Change.VALIDATION_DATA, proved_time=True)
# What is to be kept: judged like an ordinary signature, and the file itself must hold the evidence.
ARCHIVE = Policy(name="archive/1", tolerated=Change.SIGNATURES, levels=frozenset({"B-LT", "B-LTA"}), proved_time=True)
POLICIES = {"seal": SEAL, "ordinary": ORDINARY, "archive": ARCHIVE}
BY_NAME = {policy.name: policy for policy in POLICIES.values()}


def outlived(policy: Policy, digest: str, at: datetime) -> bool:
    """Whether a digest could no longer be relied on at the moment."""
    return at > policy.digests.get(digest, at)


def weakness(policy: Policy, leaf: bytes, digest: str, at: datetime) -> str | None:
    """Which algorithm could no longer be relied on at the moment, or None."""
    if outlived(policy, digest, at):
        return digest
    certificate = paths.load(leaf)
    return "key" if certificate is None else _weak_key(policy, certificate, at)


def weak_path(policy: Policy, certificates: Sequence[bytes], at: datetime) -> str | None:
    """Which algorithm of a path could no longer be relied on; the last is an anchor, which nobody's signature makes."""
    for der in certificates[:-1]:
        certificate = paths.load(der)
        if certificate is None:
            return "key"
        if outlived(policy, _digest_of(certificate), at):
            return _digest_of(certificate)
        if weak := _weak_key(policy, certificate, at):
            return weak
    return None


def _digest_of(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""  # SM3
    return algorithm.name.replace("-", "_") if algorithm is not None else ""


def _weak_key(policy: Policy, certificate: x509.Certificate, at: datetime) -> str | None:
    try:
        key = certificate.public_key()
    except UnsupportedAlgorithm:
        return None  # SM2: one length, and no date on which it gave way
    except ValueError:
        return "key"
    if isinstance(key, rsa.RSAPublicKey):
        for bits, until in policy.short_rsa:
            if key.key_size < bits and at > until:
                return f"rsa{key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < 224 and at > _until(2013):
        return f"ec{key.key_size}"
    return None
