"""What the facts about messages, stamps and seals come to: the first rule that is broken, or nothing.

These are rules about the thing itself; whose certificates are trusted is asked of path.py, crl.py and ocsp.py.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from trust.guomi.facts import GuomiFacts, MadeSeal, SealFacts, StampFacts
from trust.guomi.ses import CURRENT

MESSAGE_RULES: dict[str, Callable[[GuomiFacts], bool]] = {
    "content_changed": lambda seen: seen.intact,
    "signature_wrong": lambda seen: seen.genuine,
    "signer_named_differs": lambda seen: (
        seen.names_signer != "differs"
    ),  # RFC 5035 §5.4: another certificate was put in
}
STAMP_RULES: dict[str, Callable[[StampFacts], bool]] = {
    "stamp_of_something_else": lambda seen: seen.covers,
    "stamp_without_time": lambda seen: seen.at is not None,
    "signer_named_missing": lambda seen: seen.cms.names_signer != "",  # RFC 3161 §2.4.2 requires it
}


def objection(seen: GuomiFacts) -> str | None:
    """Why a message does not hold, or None if it does."""
    return seen.problem or next((name for name, holds in MESSAGE_RULES.items() if not holds(seen)), None)


def objection_to_stamp(seen: StampFacts) -> str | None:
    """Why a token does not prove its time, or None if it does."""
    return objection(seen.cms) or next((name for name, holds in STAMP_RULES.items() if not holds(seen)), None)


def _made(seen: SealFacts) -> MadeSeal:
    assert seen.seal is not None
    return seen.seal


def _since(at: datetime, begin: datetime | None) -> bool:
    return begin is not None and begin <= at


def _until(at: datetime, end: datetime | None) -> bool:
    return end is not None and at <= end


# GB/T 38540 §7.3, in its order; the time is that of sealing, as the caller believes it.
SEAL_RULES: dict[str, Callable[[SealFacts, datetime], bool]] = {
    "seal_missing": lambda seen, _at: seen.seal is not None,
    "versions_differ": lambda seen, _at: seen.layout != CURRENT or seen.version == _made(seen).version,
    "signature_wrong": lambda seen, _at: seen.genuine,
    "content_changed": lambda seen, _at: seen.intact,
    "critical_extension_unknown": lambda seen, _at: not (seen.unknown_critical or _made(seen).unknown_critical),
    "signer_not_listed": lambda seen, _at: seen.signer_listed,
    "seal_signature_wrong": lambda seen, _at: _made(seen).genuine,
    "seal_not_yet_made": lambda seen, at: _since(at, _made(seen).made_at),
    "seal_not_yet_valid": lambda seen, at: _since(at, _made(seen).valid_from),
    "seal_expired": lambda seen, at: _until(at, _made(seen).valid_until),
    # the signer's own word may be early, but nobody seals later than when it was already there
    "signed_in_the_future": lambda seen, at: seen.claimed_at is None or seen.claimed_at <= at,
    "stamp_wrong": lambda seen, _at: all(objection_to_stamp(stamp) is None for stamp in seen.stamps),
}


# Those about the seal as it was made and may be used, whatever the time and whatever it was put to
OF_ITSELF = (
    "seal_missing",
    "versions_differ",
    "critical_extension_unknown",
    "signer_not_listed",
    "seal_signature_wrong",
    "stamp_wrong",
)


def objection_to_seal_itself(seen: SealFacts) -> str | None:
    """Which rule is broken at any time, or None; signature, content and times are then still to be asked."""
    at = datetime.max.replace(tzinfo=UTC)
    return next((name for name in OF_ITSELF if not SEAL_RULES[name](seen, at)), None)


def objection_to_seal(seen: SealFacts, at: datetime) -> str | None:
    """Why a seal put to something does not hold at this time, or None if it does."""
    return seen.problem or next((name for name, holds in SEAL_RULES.items() if not holds(seen, at)), None)
