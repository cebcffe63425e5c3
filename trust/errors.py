"""What can go wrong in trust, as a tree; each is raised with a reason slug, never with a sentence.

TrustError
├── KeyUnavailable        no such key, or no key in a state that allows the act
├── KeyStoreRefused       the key store cannot be opened: wrong master, changed by a stranger, unreadable
├── SealBroken            a sealed value does not open: changed, or of another context
├── DocumentRefused       the document is not one that we seal
├── StampUnavailable      the timestamp authority did not answer, or not well
├── SigningFailed         a person's signature did not come about, or does not hold
│   └── TypedWrong        what the person typed was not it; they may try again
├── EvidenceUnavailable   revocation data could not be had
├── BlobsUnavailable      where documents lie does not answer
├── ReportUnusable        a report cannot be made again from what it says
├── ReadersBusy           more documents are waiting to be read than can be
├── TrustListRefused      a trust list cannot be read or verified, or may not follow the one before
└── NotAuthorised         the caller may not do this
"""


class TrustError(Exception):
    """Root of everything that trust raises; `reason` is stable, translated and searchable."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyUnavailable(TrustError):
    """No key serves this purpose in a state that allows the act."""


class KeyStoreRefused(TrustError):
    """The key store cannot be trusted or opened."""


class SealBroken(TrustError, ValueError):
    """A sealed value does not open under its context."""


class DocumentRefused(TrustError):
    """The document is not one that can be sealed."""


class StampUnavailable(TrustError):
    """No timestamp authority answered, or no answer holds; `failures` says which one failed with what."""

    def __init__(self, reason: str, *, failures: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(reason)
        self.failures = failures


class BlobsUnavailable(TrustError):
    """Where documents lie does not answer; nothing is lost by trying again."""


class SigningFailed(TrustError):
    """A person's signature did not come about, or does not hold."""


class TypedWrong(SigningFailed):
    """What the person typed was not it; they may try again."""


class ReadersBusy(TrustError):
    """More documents are waiting to be read than can be; the same one may be given again."""


class EvidenceUnavailable(TrustError):
    """Revocation data could not be had, or says no."""


class NotAuthorised(TrustError):
    """The caller may not do this; `challenge` says what would do, in the words of a WWW-Authenticate header."""

    def __init__(self, reason: str, *, challenge: str = "") -> None:
        super().__init__(reason)
        self.challenge = challenge


class TrustListRefused(TrustError):
    """A trust list cannot be read or verified, or may not follow the one before it."""


class ReportUnusable(TrustError):
    """An earlier report does not say what it rests on, so that it could be made again."""
