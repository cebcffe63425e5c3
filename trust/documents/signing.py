"""A document that a person is to sign: from the agency's wish to the signed document."""

from datetime import datetime, timedelta
from enum import StrEnum

from trust.frozen import Frozen, Hidden

LIVES = timedelta(days=7)
AT_THE_PLATFORM = timedelta(minutes=10)
MOST_ATTEMPTS = 10  # how often the person can begin
MOST_TRIES = 3  # how often they can type a code after each beginning
MOST_SENT_AGAIN = 2  # how often another code is sent after each beginning


class SigningState(StrEnum):
    """Where it is."""

    WAITING = "waiting"  # for the person to begin; also again after a decline
    ASKED = "asked"  # the person is at the platform
    SIGNED = "signed"
    EXPIRED = "expired"


class Means(StrEnum):
    """Whose platform keeps the person's key."""

    IAM_SMART = "iam_smart"
    ESIGN_CLOUD = "esign_cloud"


class Typed(Frozen):
    """Something that the platform wants typed: a secret of the person's, or a code that was just sent to them."""

    id: str  # as the platform calls it
    one_time: bool
    numeric: bool


class Question(Frozen):
    """What the person is asked with: an address to go to, and the code that both sides show; or what is to be typed."""

    url: Hidden[str] = ""
    code: str = ""
    typed: tuple[Typed, ...] = ()
    holder: Hidden[str] = ""  # whose certificate it is, where that is known before


class Signing(Frozen):
    """One wish. Title and memory are personal data and are never printed. Both are forgotten with the subject."""

    id: str
    agency: str
    subject: str  # the account of the person; empty once they are forgotten
    title: Hidden[str]
    language: str
    idempotency_key: str
    request_digest: str
    created_at: datetime
    expires_at: datetime
    means: Means = Means.IAM_SMART
    state: SigningState = SigningState.WAITING
    reason: str = ""  # how the last attempt ended
    content: str = ""  # digest of the signed document in the blob store
    leftover: bool = False  # whether its draft, the document as it waited, is still to be forgotten
    hole: tuple[int, int] = (0, 0)
    digest: bytes = b""
    at_platform: str = ""  # the state under which the person comes back
    asked_at: datetime | None = None
    question: Question = Question()
    memory: Hidden[str] = ""
    back: str = ""  # the agency's address to which the browser returns
    signed_at: datetime | None = None
    level: str = ""
    attempts: int = 0
    tries: int = 0  # codes typed since it was begun
    sends: int = 0  # further codes sent since then

    @property
    def asked_until(self) -> datetime | None:
        """Until when the platform's answer is taken."""
        return min(self.asked_at + AT_THE_PLATFORM, self.expires_at) if self.asked_at is not None else None


def stands(signing: Signing, at: datetime) -> SigningState:
    """Its state as of now: time passes without anybody writing it down."""
    open_ = signing.state in (SigningState.WAITING, SigningState.ASKED)
    if open_ and at >= signing.expires_at:
        return SigningState.EXPIRED
    if signing.state is SigningState.ASKED and (signing.asked_until is None or at >= signing.asked_until):
        return SigningState.WAITING
    return signing.state


def objection_to_begin(signing: Signing, at: datetime) -> str | None:
    """Why the person cannot be asked now, or None."""
    if signing.state is SigningState.SIGNED:
        return "signing_done"
    if signing.state is SigningState.EXPIRED or at >= signing.expires_at:
        return "signing_expired"
    return "signing_attempts_used_up" if signing.attempts >= MOST_ATTEMPTS else None


def objection_to_finish(signing: Signing, at: datetime) -> str | None:
    """Why an answer of the platform is not taken, or None."""
    if signing.state is SigningState.SIGNED:
        return "signing_done"
    if signing.state is not SigningState.ASKED or signing.asked_until is None:
        return "signing_not_begun"
    return "signing_expired" if at >= signing.asked_until else None


def objection_to_send_again(signing: Signing, at: datetime) -> str | None:
    """Why no further code is sent, or None."""
    if problem := objection_to_finish(signing, at):
        return problem
    if not any(one.one_time for one in signing.question.typed):
        return "signing_not_begun"
    return "codes_used_up" if signing.sends >= MOST_SENT_AGAIN else None
