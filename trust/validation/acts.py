"""Two signatures of one act: by SM2 for mainland law and by RSA or ECDSA for readers made elsewhere (guomi/dual.py).

Nothing here makes a signature better. What an act changes is what counts as "afterwards": the second half belongs to
the same act as the first, so what came after the act is what came after its second half.
"""

import itertools
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from trust.frozen import Frozen
from trust.validation.assess import SignatureFindings
from trust.validation.facts import Change
from trust.validation.verdict import Indication, Verdict


class Act(Frozen):
    """One act of signing, by its two halves as the file counts its signatures."""

    halves: tuple[int, int]
    fields: tuple[str, str]
    keys: tuple[str, str]
    verdict: Indication  # as good as the worse half


def joined(findings: tuple[SignatureFindings, ...]) -> tuple[SignatureFindings, ...]:
    """The findings, each half of an act told which its other half is."""
    if not any(found.facts.cms.digest_algorithm == "sm3" for found in findings):
        return findings
    signatures = [found for found in findings if _counts(found)]
    others: dict[int, tuple[int, Change]] = {}
    for first, second in itertools.pairwise(signatures):
        if first.facts.revision not in others and _one_act(first, second):
            others[first.facts.revision] = (second.facts.revision, second.facts.change)
            others[second.facts.revision] = (first.facts.revision, second.facts.change)
    return tuple(
        replace(found, other_half=others[found.facts.revision][0], changed_after_act=others[found.facts.revision][1])
        if found.facts.revision in others
        else found
        for found in findings
    )


def of(judged: Sequence[tuple[SignatureFindings, Verdict]]) -> tuple[Act, ...]:
    """The acts of a file, each once."""
    by_revision = {found.facts.revision: (found, verdict) for found, verdict in judged}
    acts = []
    for found, verdict in judged:
        if found.other_half > found.facts.revision:
            other, its_verdict = by_revision[found.other_half]
            verdicts = {verdict.indication, its_verdict.indication}
            worst = next(
                each for each in (Indication.FAILED, Indication.INDETERMINATE, Indication.PASSED) if each in verdicts
            )
            acts.append(
                Act(
                    halves=(found.facts.revision, other.facts.revision),
                    fields=(found.facts.field_name, other.facts.field_name),
                    keys=(_key_kind(found), _key_kind(other)),
                    verdict=worst,
                )
            )
    return tuple(acts)


def _counts(found: SignatureFindings) -> bool:
    facts = found.facts
    return not facts.is_stamp and bool(facts.cms.signer) and not facts.problem


def _one_act(first: SignatureFindings, second: SignatureFindings) -> bool:
    from trust.guomi import certificate, dual  # noqa: PLC0415 - few files need them
    from trust.guomi.der import Malformed  # noqa: PLC0415

    try:
        halves = [
            replace(
                dual.half_of(certificate.read(found.facts.cms.signer), name=found.facts.field_name),
                end=found.facts.end,
                at=_time(found),
                # further signatures and evidence may have followed; whatever is more may lie between the halves
                changed_after=found.facts.change > Change.SIGNATURES,
            )
            for found in (first, second)
        ]
    except Malformed:
        return False
    return dual.objection(dual.pair(*halves)) is None


def _time(found: SignatureFindings) -> datetime | None:
    if found.proved == "signature_timestamp":
        return found.at
    return found.facts.cms.claimed_at or found.facts.claimed_at


def _key_kind(found: SignatureFindings) -> str:
    from trust.guomi import certificate  # noqa: PLC0415 - as above

    return certificate.read(found.facts.cms.signer).key.kind
