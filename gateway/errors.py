"""The errors of the gateway, drawn.

GatewayError                 has a `reason`: a stable slug, translated by pages, searched by operators
├── RequestRefused           an OAuth request breaks a rule; `code` is the standard's error code
│   ├── ClientUnknown        nobody to redirect to: the answer is a page, never a redirect (RFC 6749 §4.1.2.1)
│   └── StepUpRequired       a resource needs a surer or a later sign-in than the token's (RFC 9470)
├── RegionError
│   ├── RegionUnavailable    the region did not answer, or answered that it cannot
│   ├── AssertionRejected    the region answered, and the answer does not hold
│   └── PersonDeclined       the person cancelled, refused, or let it time out at the region
├── StepRefused              a page asks for something that this sign-in is not at, or that is not this person's
│   └── Outrun               somebody else, mostly another tab, has changed it since it was read
└── NotFound                 nothing under that id for this person or agency

No error holds a sentence or personal data.
"""


class GatewayError(Exception):
    """Something happened in the domain; `reason` says what, as a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RequestRefused(GatewayError):
    """An OAuth or OpenID request that is answered with the standard's error `code` (RFC 6749 §4.1.2.1, §5.2)."""

    def __init__(
        self, reason: str, *, code: str = "invalid_request", status: int = 400, retry_after: int | None = None
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status
        self.retry_after = retry_after  # seconds


class ClientUnknown(RequestRefused):
    """The client or its redirect URI cannot be trusted, so nothing is sent there."""


class StepUpRequired(RequestRefused):
    """The token's sign-in does not do here; `acr_values` and `max_age` (seconds) are what to ask for (RFC 9470 §3)."""

    def __init__(self, reason: str, *, acr_values: str, max_age: int | None) -> None:
        super().__init__(reason, code="insufficient_user_authentication", status=401)
        self.acr_values = acr_values
        self.max_age = max_age

    @property
    def challenge(self) -> str:
        """More parameters of the WWW-Authenticate header."""
        told = {"acr_values": self.acr_values, "max_age": "" if self.max_age is None else str(self.max_age)}
        return ", ".join(f'{name}="{value}"' for name, value in told.items() if value)


class RegionError(GatewayError):
    """Something about a region; `region` is its ISO 3166 code."""

    def __init__(self, reason: str, *, region: str) -> None:
        super().__init__(reason)
        self.region = region


BUSY = "upstream_busy"  # no place is free to speak to a region from: try again, nothing was used up


class RegionUnavailable(RegionError):
    """The region's platform did not answer in time, or said that it cannot."""


class AssertionRejected(RegionError):
    """The region's answer does not verify: signature, audience, freshness, structure."""


class PersonDeclined(RegionError):
    """The person cancelled, refused or did not answer at the region: `cancelled`, `rejected` or `timed_out`."""


class StepRefused(GatewayError):
    """A step that this sign-in is not at, is not this browser's, or has run out."""


class Outrun(StepRefused):
    """What this unit of work was to change has been changed since it was read: nothing of the unit is kept."""


class NotFound(GatewayError):
    """Nothing there for the one who asks; does not tell whether it exists for somebody else."""
