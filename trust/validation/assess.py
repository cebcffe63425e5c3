"""From facts to findings: chains, times, revocation (EN 319 102-1 §5.2 to §5.6); nothing is decided here.

1. Document timestamps are examined from the outermost inwards. Each one that holds proves that everything it
   covers existed at its time, and the next one is examined as of that moment.
2. A signature's own timestamps are examined as of the best proof that covers the signature.
3. The signature is examined as of the earliest moment at which it is proved to have existed; without any
   proof, as of the moment of validation. So B-B, B-T, B-LT and B-LTA take the same way.
"""

from collections.abc import Iterable
from datetime import datetime
from operator import ne

from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from trust.anchors.snapshot import Anchor, Snapshot
from trust.frozen import Frozen, Hidden
from trust.validation import paths, revocation
from trust.validation.facts import Change, CmsFacts, FileFacts, SignatureFacts, StampFacts
from trust.validation.paths import Path
from trust.validation.policy import Policy, outlived, weak_path, weakness
from trust.validation.revocation import Standing


class Evidence(Frozen):
    """Everything that may speak about certificates."""

    certificates: Hidden[tuple[bytes, ...]] = ()
    ocsps: Hidden[tuple[bytes, ...]] = ()
    crls: Hidden[tuple[bytes, ...]] = ()


class ChainFindings(Frozen):
    """How a certificate stood at a moment."""

    path: Path | None = None
    anchor: Anchor | None = None
    problem: str = ""  # a sub-indication, or nothing
    revoked_at: datetime | None = None
    altered: bool = False  # a certificate that came along was changed on the way
    revocation: tuple[str, ...] = ()  # for each certificate below the anchor: good, not_asked, unknown, …
    unanswered: Hidden[tuple[tuple[bytes, bytes], ...]] = ()


class StampFindings(Frozen):
    """Whether a timestamp proves its time."""

    facts: StampFacts
    chain: ChainFindings
    proves: bool
    problem: str = ""


class SignatureFindings(Frozen):
    """Everything found out about one signature."""

    facts: SignatureFacts
    chain: ChainFindings
    at: datetime  # the moment as of which it was examined
    proved: str = ""  # signature_timestamp or archive_timestamp, where a timestamp proves that moment
    stamps: tuple[StampFindings, ...] = ()
    own_stamp: StampFindings | None = None  # for a document timestamp
    weak: str = ""
    level: str = ""  # by how it is built
    proved_level: str = ""  # by what is proved
    seal_maker: ChainFindings | None = None  # of the electronic seal that was put to the document, if there is one
    other_half: int = 0  # the signature that is the other half of the same act, as the file counts them
    changed_after_act: Change = Change.NONE  # and what happened after both


def assess(
    facts: FileFacts, snapshot: Snapshot, extra: Evidence, policy: Policy, at: datetime
) -> tuple[SignatureFindings, ...]:
    """Findings for each signature, in the file's order."""
    known = _known(facts, extra)
    found: dict[int, SignatureFindings] = {}
    proofs: list[tuple[int, datetime]] = []  # (end of what is covered, time)
    for item in sorted(facts.signatures, key=lambda item: -item.end):
        best = min((time for end, time in proofs if end > item.end), default=at)
        source = "archive_timestamp" if best != at else ""
        if item.is_stamp:
            findings = _document_stamp(item, snapshot, known, policy, best)
            if findings.own_stamp is not None and findings.own_stamp.proves and item.stamp is not None:
                assert item.stamp.at is not None
                proofs.append((item.end, item.stamp.at))
        else:
            findings = _signature(item, snapshot, known, policy, best, source)
        found[item.revision] = findings
    in_order = tuple(found[item.revision] for item in facts.signatures)
    levels = (_levels(facts, each, in_order) for each in in_order)
    return tuple(
        replace(each, level=built, proved_level=proved) for each, (built, proved) in zip(in_order, levels, strict=True)
    )


def unanswered(findings: Iterable[SignatureFindings]) -> tuple[tuple[bytes, bytes], ...]:
    """(certificate, issuer) pairs on trusted paths of which nobody has said how they stand."""
    pairs: dict[tuple[bytes, bytes], None] = {}
    for item in findings:
        chains = [item.chain, *(stamp.chain for stamp in item.stamps)]
        if item.seal_maker is not None:
            chains.append(item.seal_maker)
        if item.own_stamp is not None:
            chains.append(item.own_stamp.chain)
        for chain in chains:
            pairs.update(dict.fromkeys(chain.unanswered))
    return tuple(pairs)


def _known(facts: FileFacts, extra: Evidence) -> Evidence:
    certificates = dict.fromkeys((*facts.certificates, *extra.certificates))
    ocsps = dict.fromkeys((*facts.ocsps, *extra.ocsps))
    crls = dict.fromkeys((*facts.crls, *extra.crls))
    for message in _messages(facts):
        certificates.update(dict.fromkeys(message.certificates))
        ocsps.update(dict.fromkeys(message.ocsps))
        crls.update(dict.fromkeys(message.crls))
    return Evidence(certificates=tuple(certificates), ocsps=tuple(ocsps), crls=tuple(crls))


def _messages(facts: FileFacts) -> Iterable[CmsFacts]:
    for item in facts.signatures:
        yield item.cms
        for stamp in item.cms.stamps:
            yield stamp.cms


def _signature(  # noqa: PLR0917 - one call, in one place
    item: SignatureFacts, snapshot: Snapshot, known: Evidence, policy: Policy, best: datetime, source: str
) -> SignatureFindings:
    stamps = tuple(_stamp(stamp, snapshot, known, policy, best) for stamp in item.cms.stamps)
    times = [stamp.facts.at for stamp in stamps if stamp.proves and stamp.facts.at is not None]
    if times and min(times) <= best:
        best, source = min(times), "signature_timestamp"
    leaf = item.cms.signer
    chain = (
        _chain(leaf, snapshot, known, best, item.cms.certificates)
        if leaf
        else ChainFindings(problem="NO_SIGNING_CERTIFICATE_FOUND")
    )
    weak = _weak(policy, leaf, item.cms, chain, best) if leaf else None
    seal = item.cms.seal
    maker = _chain(seal.maker, snapshot, known, best, ()) if seal is not None else None
    return SignatureFindings(
        facts=item, chain=chain, at=best, proved=source, stamps=stamps, weak=weak or "", seal_maker=maker
    )


def _document_stamp(
    item: SignatureFacts, snapshot: Snapshot, known: Evidence, policy: Policy, at: datetime
) -> SignatureFindings:
    if item.stamp is None:
        return SignatureFindings(facts=item, chain=ChainFindings(), at=at)
    stamp = _stamp(item.stamp, snapshot, known, policy, at)
    proves = stamp.proves and not item.problem
    own = StampFindings(facts=stamp.facts, chain=stamp.chain, proves=proves, problem=stamp.problem)
    return SignatureFindings(facts=item, chain=stamp.chain, at=at, own_stamp=own)


def _stamp(facts: StampFacts, snapshot: Snapshot, known: Evidence, policy: Policy, at: datetime) -> StampFindings:
    cms = facts.cms
    problem = ""
    chain = ChainFindings()
    if cms.problem:
        problem = cms.problem
    elif not facts.covers or not cms.intact:
        problem = "HASH_FAILURE"
    elif not cms.genuine:
        problem = "SIG_CRYPTO_FAILURE"
    elif facts.at is None or facts.at > at:
        problem = "TIMESTAMP_ORDER_FAILURE"
    elif cms.names_signer == "differs":  # RFC 5816: the token names its certificate, and this is another one
        problem = "SIG_CONSTRAINTS_FAILURE"
    elif not paths.may_stamp(cms.signer):
        problem = "CHAIN_CONSTRAINTS_FAILURE"
    elif not paths.begun(cms.signer, facts.at):  # nobody stamps before there is anybody to do it
        problem = "NOT_YET_VALID"
    else:
        chain = _chain(cms.signer, snapshot, known, at, cms.certificates, stamps=True)
        problem = chain.problem
        if chain.altered or (chain.path is None and _damaged(cms.certificates, snapshot, known, at)):
            problem = "FORMAT_FAILURE"
        # two contents with one digest could have been made ready beforehand, and either be shown for what was stamped
        elif not problem and (_weak(policy, cms.signer, cms, chain, at) or outlived(policy, facts.imprint, at)):
            problem = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    return StampFindings(facts=facts, chain=chain, proves=not problem, problem=problem)


def _weak(policy: Policy, leaf: bytes, cms: CmsFacts, chain: ChainFindings, at: datetime) -> str | None:
    above = chain.path.certificates if chain.path is not None else ()
    return weakness(policy, leaf, cms.digest_algorithm, at) or weak_path(policy, above, at)


def _chain(
    leaf: bytes,
    snapshot: Snapshot,
    known: Evidence,
    at: datetime,
    carried: tuple[bytes, ...],
    *,
    stamps: bool = False,
) -> ChainFindings:
    """`stamps`: of a timestamp, for which more is listed than for signers."""
    anchors = [each.certificate for each in snapshot.anchors_at(at) if stamps or snapshot.vouches_for_signers(each)]
    pool = (*known.certificates, *snapshot.intermediates)
    path = paths.find(leaf, pool, anchors, at)
    if path is None:
        # somebody on a list that has run out is nobody on a list; but a newer list may say otherwise
        withheld = [each for each in snapshot.withheld if stamps or snapshot.vouches_for_signers(each)]
        lapsed = [anchor.certificate for anchor in withheld if anchor.stands(at)]
        known_once = lapsed and paths.find(leaf, pool, lapsed, at) is not None
        return ChainFindings(problem="trust_list_expired" if known_once else "NO_CERTIFICATE_CHAIN_FOUND")
    closed = snapshot.closed_at(at) if stamps else (*snapshot.closed_at(at), *snapshot.only_stamps)
    if _closed(path, closed):
        return ChainFindings(problem="NO_CERTIFICATE_CHAIN_FOUND")
    problem = paths.objection(path, at) or ""
    standings: list[str] = []
    unanswered_: list[tuple[bytes, bytes]] = []
    revoked_at: datetime | None = None
    for place, (der, issuer) in enumerate(zip(path.certificates, path.certificates[1:], strict=False)):
        status = revocation.status(der, issuer, known.ocsps, known.crls, at)
        standings.append(str(status.standing))
        if status.standing is Standing.UNKNOWN:
            unanswered_.append((der, issuer))
            problem = problem or "TRY_LATER"
        elif status.standing is Standing.REVOKED and status.since is not None and status.since <= at:
            revoked_at = status.since
            # a revocation says more than dates do
            problem = "REVOKED_NO_POE" if place == 0 else "REVOKED_CA_NO_POE"
    return ChainFindings(
        path=path,
        altered=any(_altered(der, path, known.certificates) for der in carried),
        anchor=snapshot.of(path.anchor),
        problem=problem,
        revoked_at=revoked_at,
        revocation=tuple(standings),
        unanswered=tuple(unanswered_),
    )


def _closed(path: Path, closed: tuple[bytes, ...]) -> bool:
    """Whether the path leads to its anchor over the key of somebody whose listed service had ended."""
    return any(der == path.leaf or any(paths.issued(below, der) for below in path.certificates[:-2]) for der in closed)


def _altered(der: bytes, path: Path, known: tuple[bytes, ...]) -> bool:
    """Whether a certificate that a message carries is a damaged copy of one on the path.

    Nothing signs the bag of certificates, so the path is found in spite of it; but a file that was touched must
    not look untouched. A certificate of somebody else, complete or not, is no sign of that.
    """
    if der in path.certificates:
        return False
    certificate = paths.load(der)
    if certificate is None:
        return True
    others = [found for other in (*path.certificates, *known) if (found := paths.load(other)) is not None]
    named = [other for other in (*path.certificates, *known) if _subject(other) == certificate.issuer]
    if any(paths.issued(der, other) for other in named):
        return False
    like = any(
        (found.subject == certificate.subject or found.serial_number == certificate.serial_number)
        and _nearly(der, found.public_bytes(Encoding.DER))
        for found in others
        if found != certificate
    )
    on_path = any(_subject(other) == certificate.issuer for other in path.certificates)
    return like or on_path


def _damaged(carried: tuple[bytes, ...], snapshot: Snapshot, known: Evidence, at: datetime) -> bool:
    """Whether one of the certificates names the key of an authority that is known, and yet is not its work.

    A token's certificates are vouched for by nobody, and one that was damaged on the way must not look like one of an
    authority that is merely on no list.
    """
    anchors = (anchor.certificate for anchor in snapshot.anchors_at(at))
    authorities = {der: key for der in (*anchors, *known.certificates) if (key := paths.key_identifier(der))}
    for der in carried:
        named = paths.authority_key_identifier(der)
        claimed = [issuer for issuer, key in authorities.items() if named and _nearly(named, key)]
        if claimed and not any(paths.issued(der, issuer) for issuer in claimed):
            return True
    return False


def _nearly(one: bytes, other: bytes) -> bool:
    """Whether one is the other but for some bytes; another certificate for the same key has another signature."""
    return len(one) == len(other) and sum(map(ne, one, other)) <= len(one) // 8


def _subject(der: bytes) -> object:
    found = paths.load(der)
    return found.subject if found is not None else None


def _levels(facts: FileFacts, findings: SignatureFindings, others: Iterable[SignatureFindings]) -> tuple[str, str]:
    """The baseline level (EN 319 142-1 §6) that a signature is built for, and the one that is proved.

    What is there and holds together makes the first; the second asks that an authority on a list vouches for each time
    and that the evidence says how the signer's certificates stood.
    """
    item = findings.facts
    if item.is_stamp:
        return "document timestamp", ""
    if not item.digest_only and item.sub_filter not in ("ETSI.CAdES.detached", "adbe.pkcs7.detached"):
        return "not PAdES", ""
    later = [each for each in others if each.facts.is_stamp and each.facts.end > item.end and _holds(each)]
    archived = any(each.own_stamp is not None and each.own_stamp.proves for each in later)
    evidence = _evidence_inside(facts, item, findings)
    built = _level(
        stamped=bool(later) or any(stamp.facts.covers and stamp.facts.cms.genuine for stamp in findings.stamps),
        archived=bool(later),
        evidence=evidence,
    )
    proved = _level(
        stamped=archived or any(stamp.proves for stamp in findings.stamps),
        archived=archived,
        evidence=evidence and findings.chain.path is not None,
    )
    return built, proved if item.cms.intact and item.cms.genuine and not item.problem else ""


def _holds(findings: SignatureFindings) -> bool:
    stamp = findings.facts.stamp
    return findings.facts.cms.intact and stamp is not None and stamp.covers


def _level(*, stamped: bool, archived: bool, evidence: bool) -> str:
    if not stamped:
        return "B-B"
    if not evidence:
        return "B-T"
    return "B-LTA" if archived else "B-LT"


def _evidence_inside(facts: FileFacts, item: SignatureFacts, findings: SignatureFindings) -> bool:
    """Whether the file itself holds what judging the signer's chain later takes."""
    ocsps, crls = (*facts.ocsps, *item.cms.ocsps), (*facts.crls, *item.cms.crls)
    path = findings.chain.path
    if path is None:
        return bool(ocsps or crls)
    pairs = zip(path.certificates, path.certificates[1:], strict=False)
    standings = [revocation.status(der, issuer, ocsps, crls, findings.at).standing for der, issuer in pairs]
    return bool(facts.certificates or ocsps or crls) and Standing.UNKNOWN not in standings
