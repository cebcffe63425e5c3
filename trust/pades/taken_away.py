"""What was added after a signature and taken away again: the signed revision does not show it, a later stamp does.

A document timestamp proves what it covers, whatever comes after it. But evidence and timestamps are kept for the
signatures before them, so what is missing of those is missing to the signatures.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from trust.validation.facts import Change, SignatureFacts

LOSSES = {
    "evidence_removed": Change.UNSHOWN,
    "evidence_emptied": Change.OTHER,
    "field_removed": Change.OTHER,
}


def told_to_signatures(facts: Sequence[SignatureFacts]) -> list[SignatureFacts]:
    """The signatures, each with what later stamps have lost."""
    return [each if each.is_stamp else _with_losses(each, facts) for each in facts]


def _with_losses(signature: SignatureFacts, facts: Sequence[SignatureFacts]) -> SignatureFacts:
    later = [other for other in facts if other.is_stamp and other.end > signature.end]
    found = dict.fromkeys(note for other in later for note in other.changes if note in LOSSES)
    new = [note for note in found if note not in signature.changes]
    if not new:
        return signature
    worst = max(signature.change, *(LOSSES[note] for note in new))
    return replace(signature, change=worst, changes=(*signature.changes, *new))
