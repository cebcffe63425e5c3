"""What having a person sign needs: a platform with which the person signs, and a place where wishes wait."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal, Protocol

from trust.documents.signing import Means, Question, Signing
from trust.frozen import Frozen, Hidden
from trust.ports.documents import AuditTrail
from trust.ports.sealing import Evidence, Prepared, Reserved
from trust.signing.profile import SealProfile

Counted = Literal["attempts", "tries", "sends"]


class Wish(Frozen):
    """What the person is asked to sign, as the platform shows it."""

    digest: bytes  # SHA-256; nothing else of the document leaves
    document: Hidden[str]
    department: str
    service: str
    signer: Hidden[str]  # how the platform knows the person: the HKICHash, or the name of an account
    state: str
    browser: str  # its user agent: whether the app can be opened
    language: str


class Begun(Frozen):
    """The person is asked."""

    question: Question
    memory: Hidden[Mapping[str, str]]  # what `finish` needs; kept for the while


class PersonSigner(Protocol):
    """A platform with which a person signs."""

    @property
    def names_certificate(self) -> bool:
        """Whether its messages name the signer's certificate under the signature, as PAdES asks (EN 319 142-1 §6.3)."""
        ...

    def begin(self, wish: Wish) -> Begun:
        """Ask the platform. Raises SigningFailed."""
        ...

    def send_again(self, memory: Mapping[str, str], /) -> None:
        """Have the platform send the person another code. Raises SigningFailed."""
        ...

    def finish(self, memory: Mapping[str, str], answer: Mapping[str, str]) -> bytes:
        """The signed message (CMS) over the digest, after the person came back or typed what was asked.

        Raises TypedWrong where they may try again, else SigningFailed."""
        ...


class Messages(Protocol):
    """Builds the signed message where the platform gives no more than a signature."""

    def attributes(self, digest: bytes, certificate: bytes | None, algorithm: str) -> bytes:
        """What is signed: the signed attributes, in DER. Their SHA-256 digest goes to the key."""
        ...

    def message(self, attributes: bytes, signature: bytes, *, chain: tuple[bytes, ...], algorithm: str) -> bytes:
        """The signed message."""
        ...


class KnownPersons(Protocol):
    """What is known of how a person can sign."""

    def means(self, account: str) -> Mapping[Means, str]:
        """With what, the likeliest first, and how each platform knows them; empty where they say so themselves."""
        ...


class Signings(Protocol):
    """Wishes that somebody sign."""

    def add(self, signing: Signing) -> bool:
        """Keep a new one; False if its agency used the key before."""
        ...

    def save(self, signing: Signing, *, under: str | None = None) -> bool:
        """Keep its new state unless it is over; with `under`, only while the person is at the platform under it."""
        ...

    def count(self, what: Counted, signing: Signing, *, most: int) -> bool:
        """One more; False if that is one too many, or the person has begun anew. Of two at once, each counts.

        With a further attempt, tries and sends begin at nothing."""
        ...

    def find(self, signing_id: str) -> Signing | None:
        """One by its id."""
        ...

    def by_idempotency_key(self, agency: str, key: str) -> Signing | None:
        """The one that this agency asked for under this key."""
        ...

    def by_state(self, state: str) -> Signing | None:
        """The one whose person is at the platform under this state."""
        ...

    def waiting_for(self, subject: str, *, at: datetime, limit: int) -> tuple[Signing, ...]:
        """Those that this person can still sign, the newest first."""
        ...

    def over(self, *, at: datetime, limit: int) -> tuple[Signing, ...]:
        """Those whose time has passed and that nobody signed."""
        ...

    def leftovers(self, *, limit: int) -> tuple[str, ...]:
        """The ids of those whose drafts are to be forgotten."""
        ...

    def forget_leftover(self, signing_id: str) -> None:
        """Its draft is gone."""
        ...

    def forget_signers(self, *, before: datetime, limit: int) -> int:
        """Take out whom and what those were about whose time passed before then and that ended; how many it was."""
        ...


class Unit(Protocol):
    """One open transaction."""

    @property
    def signings(self) -> Signings:
        """The signings."""
        ...

    @property
    def audit(self) -> AuditTrail:
        """The trail."""
        ...

    def commit(self) -> None:
        """Keep what was done; leaving without it undoes everything."""
        ...


class Work(Protocol):
    """Opens transactions; never held across anything slow."""

    def __call__(self, *, write: bool) -> AbstractContextManager[Unit]:
        """A transaction."""
        ...


class Drafts(Protocol):
    """Documents that wait for their signature, unreadable at rest; each is its signing's alone, unlike blobs."""

    def keep(self, signing_id: str, content: bytes) -> None:
        """Keep it, once."""
        ...

    def get(self, signing_id: str) -> bytes | None:
        """The document, until it is forgotten."""
        ...

    def forget(self, signing_id: str) -> None:
        """It is gone afterwards; twice is once."""
        ...


class TwoStepWriter(Protocol):
    """Writes a signature whose message is made elsewhere, and what makes it last."""

    def reserve(self, pdf: bytes, profile: SealProfile, *, at: datetime, names_certificate: bool = True) -> Reserved:
        """The document with a place for the message; raises DocumentRefused."""
        ...

    def place(self, reserved: Reserved, message: bytes) -> bytes:
        """The document with the message in its place."""
        ...

    def reopen(self, pdf: bytes) -> Prepared:
        """A signed document, to be raised."""
        ...

    def prepare_archive(self, prepared: Prepared, evidence: Evidence) -> Prepared:
        """With evidence, if there is any, and a place for a document timestamp."""
        ...

    def finish(self, prepared: Prepared, token: bytes) -> bytes:
        """With that timestamp; the same draft can be raised further."""
        ...

    def stamp_chain(self, token: bytes) -> tuple[bytes, ...]:
        """The certificates of a signed message, its signer's first."""
        ...


class SignatureCheck(Protocol):
    """Looks at a signed document where no key is."""

    def __call__(self, pdf: bytes) -> str | None:
        """Why its last signature does not hold, or None."""
        ...
