"""Verdicts: the indication and sub-indication of EN 319 102-1 §5.1.3, or a word of ours where it has none."""

from enum import StrEnum

from trust.frozen import Frozen


class Indication(StrEnum):
    """What was concluded."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INDETERMINATE = "INDETERMINATE"


class Verdict(Frozen, kw_only=False):
    """A conclusion and the one reason for it."""

    indication: Indication
    reason: str

    @property
    def passed(self) -> bool:
        """Whether it passed."""
        return self.indication is Indication.PASSED


def passed(reason: str = "valid") -> Verdict:
    """All that the policy asks for was shown."""
    return Verdict(Indication.PASSED, reason)


def failed(reason: str) -> Verdict:
    """Something was shown to be wrong."""
    return Verdict(Indication.FAILED, reason)


def undecided(reason: str) -> Verdict:
    """Neither was shown."""
    return Verdict(Indication.INDETERMINATE, reason)
