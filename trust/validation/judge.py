"""From findings to a verdict: rules in the order in which they are asked, each named by its reason.

Where EN 319 102-1 has a sub-indication the reason is that word; where it has none (what happened after the
signature, which DocMDP governs) it is one of ours, in lower case.
"""

from collections.abc import Callable, Sequence

from trust.validation import paths
from trust.validation.assess import SignatureFindings
from trust.validation.facts import Change, FileFacts, SignatureFacts
from trust.validation.policy import Policy
from trust.validation.verdict import Indication, Verdict, failed, passed, undecided

# What a certification permits (ISO 32000-2 table 257)
PERMITTED = {1: Change.VALIDATION_DATA, 2: Change.FORM, 3: Change.ANNOTATIONS}
# Problems of a message that are ours, not the signer's
UNSUPPORTED = {"algorithm_unsupported", "format_unsupported", "cms_too_large", "digest_not_supplied"}
# What is wrong with a timestamp that no authority made so
BROKEN = frozenset({"HASH_FAILURE", "SIG_CRYPTO_FAILURE", "SIG_CONSTRAINTS_FAILURE", "FORMAT_FAILURE"})
# What is wrong with an electronic seal, and whether that shows it to be false (GB/T 38540 §7.3)
FALSE_SEALS = {
    "seal_missing": "FORMAT_FAILURE",
    "versions_differ": "FORMAT_FAILURE",
    "seal_signature_wrong": "seal_not_genuine",
    "signer_not_listed": "seal_of_others",
}

# a place for a signature that nobody signed in: it says nothing, for or against
EMPTY = "signature_empty"
# drawn as signed, as it is now, and as who rebuilds it sees it, the file does not look the same
DRAWN_OTHERWISE = "rendered_differently"

Rule = Callable[[SignatureFindings, Policy], Verdict | None]


def _structure(findings: SignatureFindings, _: Policy) -> Verdict | None:
    if findings.facts.problem == "value_empty":
        return undecided(EMPTY)
    return failed("FORMAT_FAILURE") if findings.facts.problem else None


def _message(findings: SignatureFindings, _: Policy) -> Verdict | None:
    problem = findings.facts.cms.problem
    if problem in UNSUPPORTED:
        return undecided(problem)
    if problem == "signer_certificate_missing":
        return undecided("NO_SIGNING_CERTIFICATE_FOUND")
    return failed("FORMAT_FAILURE") if problem else None


def _integrity(findings: SignatureFindings, _: Policy) -> Verdict | None:
    stamp = findings.facts.stamp
    if not findings.facts.cms.intact or (stamp is not None and not stamp.covers):
        return failed("HASH_FAILURE")
    return None


def _signature_value(findings: SignatureFindings, _: Policy) -> Verdict | None:
    if findings.chain.altered:
        return failed("FORMAT_FAILURE")
    return None if findings.facts.cms.genuine else failed("SIG_CRYPTO_FAILURE")


def _changes(findings: SignatureFindings, policy: Policy) -> Verdict | None:
    facts = findings.facts
    if facts.change is Change.UNKNOWN:
        return undecided("changes_not_analysable")
    if facts.is_stamp:
        # a timestamp proves what it covers, whatever came later; the signatures judge what came later
        return None
    allowed = min(PERMITTED.get(facts.permits, policy.tolerated), policy.most)
    if facts.change is Change.OTHER:
        return failed("modified_after_signing")
    # the second half of an act came with the first, not after it; a certification asks no less for that
    if findings.other_half and not facts.permits and findings.changed_after_act <= allowed:
        return None
    if facts.change > allowed:
        return _beyond(facts)
    # an annotation may cover what was signed, even where a certification allows it
    return undecided("annotated_after_signing") if facts.change is Change.ANNOTATIONS else None


def _beyond(facts: SignatureFacts) -> Verdict:
    """A change that is more than the signer or the policy allows."""
    if facts.permits and facts.change > PERMITTED[facts.permits]:
        return failed("modified_against_certification")
    match facts.change:
        case Change.UNSHOWN:
            return failed("described_otherwise_after_sealing")
        case Change.SIGNATURES:
            return failed("signed_after_sealing")
        case Change.FORM:  # nobody forbade filling in a form, nobody allowed it either
            return undecided("form_filled_after_signing")
        case _:
            return failed("annotated_after_signing")


def _covering(findings: SignatureFindings, _: Policy) -> Verdict | None:
    hides = not findings.facts.is_stamp and "mark_covers_content" in findings.facts.changes
    return undecided("covered_after_signing") if hides else None


def _names_signer(findings: SignatureFindings, _: Policy) -> Verdict | None:
    names = findings.facts.cms.names_signer
    if names == "differs" and findings.facts.is_stamp:
        # nobody vouches for the bag of certificates, but the token names its signer's: that one was changed
        return failed("SIG_CONSTRAINTS_FAILURE")
    if names == "differs" or (not names and findings.facts.sub_filter == "ETSI.CAdES.detached"):
        return undecided("SIG_CONSTRAINTS_FAILURE")
    return None


def _seal(findings: SignatureFindings, _: Policy) -> Verdict | None:
    """The electronic seal itself: who made it, who may use it, and when (GB/T 38540 §7.3)."""
    seal, maker = findings.facts.cms.seal, findings.seal_maker
    if seal is None or maker is None:
        return None
    if seal.objection:
        false = FALSE_SEALS.get(seal.objection)
        return failed(false) if false is not None else undecided("seal_not_understood")
    if seal.begins is None or seal.ends is None or not seal.begins <= findings.at <= seal.ends:
        return undecided("seal_out_of_use")
    claimed = findings.facts.cms.claimed_at
    if claimed is not None and claimed > findings.at:
        return undecided("TIMESTAMP_ORDER_FAILURE")
    return undecided("seal_maker_not_trusted") if maker.problem or not paths.may_sign(seal.maker) else None


def _chain(findings: SignatureFindings, _: Policy) -> Verdict | None:
    chain = findings.chain
    if chain.problem == "NOT_YET_VALID":
        return failed("NOT_YET_VALID") if findings.proved else undecided("NOT_YET_VALID")
    if chain.problem == "REVOKED_NO_POE" and chain.revoked_at is not None:
        claimed = findings.facts.claimed_at or findings.facts.cms.claimed_at
        # by the signer's own word it was made after the revocation
        if claimed is not None and claimed >= chain.revoked_at:
            return failed("REVOKED")
    return undecided(chain.problem) if chain.problem else None


def _key_use(findings: SignatureFindings, _: Policy) -> Verdict | None:
    fits = findings.facts.is_stamp or paths.may_sign(findings.facts.cms.signer)
    return None if fits else undecided("CHAIN_CONSTRAINTS_FAILURE")


def _strength(findings: SignatureFindings, _: Policy) -> Verdict | None:
    return undecided("CRYPTO_CONSTRAINTS_FAILURE_NO_POE") if findings.weak else None


def _own_stamps(findings: SignatureFindings, _: Policy) -> Verdict | None:
    """Timestamps within a signature: one that is merely not trusted proves nothing, one that is broken was touched."""
    for stamp in findings.stamps:
        if stamp.facts.cms.problem in UNSUPPORTED:
            return undecided(stamp.facts.cms.problem)  # an algorithm that nobody knows may be one that was changed
        if stamp.problem in BROKEN or stamp.facts.cms.problem:
            return undecided("timestamp_broken")
    return None


def _level(findings: SignatureFindings, policy: Policy) -> Verdict | None:
    asked = policy.levels and not findings.facts.is_stamp and findings.proved_level not in policy.levels
    return undecided("level_below_policy") if asked else None


def _time(findings: SignatureFindings, policy: Policy) -> Verdict | None:
    missing = policy.proved_time and not findings.facts.is_stamp and not findings.proved
    return undecided("time_not_proved") if missing else None


def _stamp(findings: SignatureFindings, _: Policy) -> Verdict | None:
    own = findings.own_stamp
    return undecided(own.problem) if own is not None and own.problem else None


RULES: dict[str, Rule] = {
    "structure": _structure,
    "message": _message,
    "integrity": _integrity,
    "signature_value": _signature_value,
    "changes": _changes,
    "covering": _covering,
    "names_signer": _names_signer,
    "seal": _seal,
    "chain": _chain,
    "key_use": _key_use,
    "strength": _strength,
    "stamp": _stamp,
    "own_stamps": _own_stamps,
    "level": _level,
    "time": _time,
}


def judge(findings: SignatureFindings, policy: Policy) -> Verdict:
    """The verdict on one signature: what the first rule that objects says."""
    for rule in RULES.values():
        if (verdict := rule(findings, policy)) is not None:
            return verdict
    # what came after a timestamp is the signatures' matter: of itself it says only what it covers
    return passed("stamp_holds" if findings.facts.is_stamp else "valid")


def fold(facts: FileFacts, verdicts: Sequence[tuple[SignatureFindings, Verdict]]) -> Verdict:  # noqa: PLR0911
    """The verdict on a file: the worst of its signatures; a timestamp only counts if it is wrong in itself."""
    if facts.problem:
        return undecided(facts.problem)
    real = [(found, verdict) for found, verdict in verdicts if verdict.reason != EMPTY]
    if not real:
        return undecided("no_signature")
    for _, verdict in real:
        if verdict.indication is Indication.FAILED:
            return verdict
    signatures = [verdict for found, verdict in real if not found.facts.is_stamp]
    # nobody vouches for a token's certificates, nor for how it names its algorithm: they may have been changed
    damaged = [verdict for _, verdict in real if verdict.reason in {"NO_SIGNING_CERTIFICATE_FOUND", *UNSUPPORTED}]
    for verdict in [*(signatures or [verdict for _, verdict in real]), *damaged]:
        if verdict.indication is Indication.INDETERMINATE:
            return verdict
    if "bytes_after_end" in facts.findings:
        return failed("modified_after_signing")
    if DRAWN_OTHERWISE in facts.findings:
        return undecided(DRAWN_OTHERWISE)
    return passed("valid") if signatures else _only_stamped([found.facts for found, _ in real])


def _only_stamped(stamps: Sequence[SignatureFacts]) -> Verdict:
    """A file that nobody signed: what came after its last timestamp is no signature's matter, so it is the file's.

    However it stands it has not passed: a timestamp is given to whoever asks, and nobody vouches for what it covers.
    """
    last = max(stamps, key=lambda each: each.end)
    if last.change is Change.OTHER:
        return failed("modified_after_signing")
    return _beyond(last) if last.change > Change.SIGNATURES else undecided("timestamped_only")
