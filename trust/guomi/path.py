"""Paths from a certificate to an anchor (RFC 5280 §6), with SM2 or other keys on the way.

A path is built from names, key identifiers and signatures alone; whether it holds at a time and for a purpose is
asked afterwards, rule by rule. Policies and name constraints are not processed: a certificate that carries name
constraints is refused, policies are compared by the trust lists. Revocation is asked of crl.py and ocsp.py.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from trust.frozen import Frozen
from trust.guomi import signature, sm2
from trust.guomi.certificate import EXTENDED_KEY_USAGE, Certificate

LONGEST = 8
MOST_SIGNATURES = 64  # looked at for one leaf, so that a pool full of namesakes costs no more
STAMPING = "1.3.6.1.5.5.7.3.8"
OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
DOCUMENT_USAGES = frozenset({"digital_signature", "non_repudiation"})


class Purpose(StrEnum):
    """What the first certificate of a path is to be good for."""

    DOCUMENT = "document"  # signatures and seals, the seal maker's too
    STAMP = "stamp"  # timestamps (RFC 3161 §2.3)
    STATUS = "status"  # OCSP answers (RFC 6960 §4.2.2.2)
    AUTHORITY = "authority"  # itself an issuer


class Path(Frozen):
    """Certificates from the leaf upwards, each signed with the key of the next."""

    certificates: tuple[Certificate, ...]
    anchored: bool  # the last one is an anchor

    @property
    def leaf(self) -> Certificate:
        """The certificate that the path is for."""
        return self.certificates[0]

    @property
    def bound(self) -> tuple[Certificate, ...]:
        """Those that rules apply to: an anchor is trusted for its name and key alone (RFC 5280 §6.1.1 d)."""
        return self.certificates[:-1] if self.anchored and len(self.certificates) > 1 else self.certificates


Rule = Callable[[Path, datetime, Purpose], bool]


def _authorities(path: Path) -> tuple[Certificate, ...]:
    return path.bound[1:]


def _lengths_kept(path: Path, _at: datetime, _purpose: Purpose) -> bool:
    """RFC 5280 §4.2.1.9: how many authorities may follow, not counting those that issue to themselves."""
    below = 0
    for certificate in path.certificates[1:]:
        if certificate.path_length is not None and below > certificate.path_length:
            return False
        if not certificate.own_issuer:
            below += 1
    return True


def _fit(path: Path, _at: datetime, purpose: Purpose) -> bool:
    leaf = path.leaf
    signs = leaf.usages is None or bool(leaf.usages & DOCUMENT_USAGES)
    extended = leaf.extended_usages or frozenset()
    if purpose is Purpose.STAMP:
        return signs and extended == {STAMPING} and EXTENDED_KEY_USAGE in leaf.critical
    if purpose is Purpose.STATUS:
        return signs and OCSP_SIGNING in extended
    if purpose is Purpose.AUTHORITY:
        return leaf.authority and (leaf.usages is None or "key_cert_sign" in leaf.usages)
    return signs


# First broken rule wins: what is wrong for ever comes before what is wrong at a time.
RULES: dict[str, Rule] = {
    "no_anchor": lambda path, _at, _purpose: path.anchored,
    "algorithm_differs": lambda path, _at, _purpose: not any(c.algorithm_differs for c in path.bound),
    "extension_repeated": lambda path, _at, _purpose: not any(c.extension_repeated for c in path.bound),
    "critical_extension_unknown": lambda path, _at, _purpose: not any(c.unknown_critical for c in path.bound),
    "issuer_not_authority": lambda path, _at, _purpose: all(c.authority for c in _authorities(path)),
    "issuer_may_not_certify": lambda path, _at, _purpose: all(
        c.usages is None or "key_cert_sign" in c.usages for c in _authorities(path)
    ),
    "path_too_long": _lengths_kept,
    "use_not_allowed": _fit,
    "not_yet_valid": lambda path, at, _purpose: all(c.not_before <= at for c in path.bound),
    "expired": lambda path, at, _purpose: all(at <= c.not_after for c in path.bound),
}


def objection(path: Path, at: datetime, purpose: Purpose = Purpose.DOCUMENT) -> str | None:
    """The first rule that the path breaks at this time and for this purpose, or None if it holds."""
    return next((name for name, holds in RULES.items() if not holds(path, at, purpose)), None)


def best(
    leaf: Certificate,
    *,
    pool: Sequence[Certificate],
    anchors: Sequence[Certificate],
    at: datetime,
    purpose: Purpose = Purpose.DOCUMENT,
    identity: bytes = sm2.DISTINGUISHED_ID,
) -> tuple[Path, str | None]:
    """The path that holds, with None; where none holds, the one that comes nearest, with its objection."""
    nearest: tuple[Path, str] | None = None
    order = list(RULES)
    for path in paths(leaf, pool=pool, anchors=anchors, identity=identity):
        problem = objection(path, at, purpose)
        if problem is None:
            return path, None
        if nearest is None or order.index(problem) > order.index(nearest[1]):
            nearest = (path, problem)
    assert nearest is not None  # the leaf alone is always a path
    return nearest


def paths(
    leaf: Certificate,
    *,
    pool: Sequence[Certificate],
    anchors: Sequence[Certificate],
    identity: bytes = sm2.DISTINGUISHED_ID,
) -> Iterator[Path]:
    """Every path within bounds, anchored ones first; when there is none, the longest that can be had."""
    trusted = frozenset(anchor.der for anchor in anchors)
    waiting: list[tuple[Certificate, ...]] = [(leaf,)]
    longest: tuple[Certificate, ...] = (leaf,)
    left, found = MOST_SIGNATURES, False
    while waiting:
        so_far = waiting.pop()
        if len(so_far) > len(longest):
            longest = so_far
        if so_far[-1].der in trusted:
            found = True
            yield Path(certificates=so_far, anchored=True)
            continue
        if len(so_far) == LONGEST:
            continue
        # what is put last is looked at first: anchors before the pool
        for issuer in (*pool, *anchors):
            if issuer in so_far or not _may_have_issued(issuer, so_far[-1]):
                continue
            if not left:
                break
            left -= 1
            if signed_by(so_far[-1], issuer, identity=identity):
                waiting.append((*so_far, issuer))
    if not found:
        yield Path(certificates=longest, anchored=False)


def signed_by(certificate: Certificate, issuer: Certificate, *, identity: bytes = sm2.DISTINGUISHED_ID) -> bool:
    """Whether the issuer's key signed this certificate."""
    value, message = certificate.signature, certificate.signed
    return signature.objection(issuer.key, certificate.algorithm, message, value, identity=identity) is None


def _may_have_issued(issuer: Certificate, certificate: Certificate) -> bool:
    if issuer.subject != certificate.issuer:
        return False
    named, own = certificate.authority_key, issuer.subject_key
    return named is None or own is None or named == own
