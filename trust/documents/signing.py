"""A document that a person is to sign: from the agency's wish to the signed document."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LIVES = timedelta(days=7)
AT_THE_PLATFORM = timedelta(minutes=10)


class SigningState(StrEnum):
    """Where it is."""

    WAITING = "waiting"  # for the person to begin; also again after a decline
    ASKED = "asked"  # the person is at the platform
    SIGNED = "signed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """One wish. Title and memory are personal data and are never printed."""

    id: str
    agency: str
    subject: str  # the account of the person
    title: str = field(repr=False)
    language: str
    idempotency_key: str
    request_digest: str
    created_at: datetime
    expires_at: datetime
    state: SigningState = SigningState.WAITING
    reason: str = ""  # how the last attempt ended
    content: str = ""  # digest of the bytes in the blob store: what waits for its message, or is signed
    hole: tuple[int, int] = (0, 0)
    digest: bytes = b""
    at_platform: str = ""  # the state under which the person comes back
    asked_at: datetime | None = None
    memory: str = field(default="", repr=False)
    back: str = ""  # the agency's address to which the browser returns
    signed_at: datetime | None = None
    level: str = ""
    attempts: int = 0


def objection_to_begin(signing: Signing, at: datetime) -> str | None:
    """Why the person cannot be asked now, or None."""
    if signing.state is SigningState.SIGNED:
        return "signing_done"
    if signing.state is SigningState.EXPIRED or at >= signing.expires_at:
        return "signing_expired"
    return None


def objection_to_finish(signing: Signing, at: datetime) -> str | None:
    """Why an answer of the platform is not taken, or None."""
    if signing.state is SigningState.SIGNED:
        return "signing_done"
    if signing.state is not SigningState.ASKED or signing.asked_at is None:
        return "signing_not_begun"
    return "signing_expired" if at >= signing.asked_at + AT_THE_PLATFORM else None
