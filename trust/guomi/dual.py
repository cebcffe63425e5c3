"""Two signatures understood as one act: one by SM2 for mainland law, one by RSA or ECDSA for readers made elsewhere.

Mainland platforms put both into one file, one right after the other. A person then sealed once, not twice; and what
he sealed stands or falls as a whole. Nothing here makes a signature better: an act is as good as its worse half.
"""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from trust.frozen import Frozen, Hidden
from trust.guomi.certificate import COMMON_NAME, ORGANISATION, Certificate

# The two are made by one program in one go; two timestamp authorities and a slow network lie between them.
LONGEST_ACT = timedelta(minutes=10)
# An organisation's code in its certificate: organizationIdentifier (ETSI EN 319 412-1) and the mainland's credit codes.
CODES = ("2.5.4.97", "1.2.156.10260.4.1.4", "1.2.156.10197.4.3")


class Outcome(StrEnum):
    """What was concluded about one signature by itself, or about the act."""

    HOLDS = "holds"
    UNDECIDED = "undecided"
    FAILS = "fails"


WORST_FIRST = (Outcome.FAILS, Outcome.UNDECIDED, Outcome.HOLDS)


class Half(Frozen):
    """One of the two signatures of a file."""

    name: str  # of the signature field
    key_kind: str  # sm2, rsa, ec
    organisations: Hidden[frozenset[str]] = frozenset()
    persons: Hidden[frozenset[str]] = frozenset()
    codes: Hidden[frozenset[str]] = frozenset()
    begin: int = 0  # where its signed bytes begin
    end: int = 0  # and end
    at: datetime | None = None  # its timestamp's time, or the time it claims
    outcome: Outcome = Outcome.UNDECIDED
    # what was done to the file after it, up to the other half, beside the other half itself
    changed_after: bool = False


def half_of(certificate: Certificate, *, name: str) -> Half:
    """The half that a certificate's holder made, still without bytes, time and outcome."""
    return Half(
        name=name,
        key_kind=certificate.key.kind,
        organisations=_plain(certificate.named(ORGANISATION)),
        persons=_plain(certificate.named(COMMON_NAME)),
        codes=_plain(value for oid in CODES for value in certificate.named(oid)),
    )


class Pair(Frozen):
    """Two halves in the order of the file."""

    first: Half
    second: Half


def _kinds(pair: Pair) -> bool:
    return (pair.first.key_kind == "sm2") != (pair.second.key_kind == "sm2")


def _signer(pair: Pair) -> bool:
    """A code decides where both have one; otherwise the organisation; otherwise the name."""
    first, second = pair.first, pair.second
    if first.codes and second.codes:
        return bool(first.codes & second.codes)
    if first.organisations or second.organisations:
        return bool(first.organisations & second.organisations)
    return bool(first.persons & second.persons)


def _together(pair: Pair) -> bool:
    if pair.first.at is None or pair.second.at is None:
        return False
    return abs(pair.second.at - pair.first.at) <= LONGEST_ACT


# First broken rule wins; each asks for one thing that two acts, or an attack, would not have.
RULES: dict[str, Callable[[Pair], bool]] = {
    "not_two_kinds_of_keys": _kinds,
    "signers_differ": _signer,
    "not_from_the_beginning": lambda pair: pair.first.begin == 0 and pair.second.begin == 0,
    "second_does_not_cover_first": lambda pair: 0 < pair.first.end < pair.second.end,
    "changed_between": lambda pair: not pair.first.changed_after,
    "too_far_apart": _together,
}


def pair(one: Half, other: Half) -> Pair:
    """The two in the order of the file."""
    first, second = sorted((one, other), key=lambda half: half.end)
    return Pair(first=first, second=second)


def objection(two: Pair) -> str | None:
    """Why the two are not one act, or None if they are."""
    return next((name for name, holds in RULES.items() if not holds(two)), None)


def outcome(two: Pair) -> Outcome:
    """What the act comes to: both halves must hold, whichever of them a reader can check."""
    return next(outcome for outcome in WORST_FIRST if outcome in {two.first.outcome, two.second.outcome})


def _plain(values: Iterable[str]) -> frozenset[str]:
    """Names without differences of width, case and space; characters themselves are never exchanged."""
    return frozenset("".join(unicodedata.normalize("NFKC", value).casefold().split()) for value in values)
