"""What can go wrong at the agency.

AgencyError           has a `reason`: a stable slug that the pages put into words
├── ProviderFailed    the gateway did not answer, or not as its standards say
├── AnswerRefused     the gateway's answer does not hold, so nobody is signed in
├── SignInEnded       the gateway said no; `reason` is the standard's error code (RFC 6749 §4.1.2.1)
└── RecordRefused     the documents API said no; `problem` is its RFC 9457 answer
"""

from collections.abc import Mapping


class AgencyError(Exception):
    """Something happened; `reason` says what, as a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ProviderFailed(AgencyError):
    """No answer, or one that no standard allows; `detail` is the standard's error code, if there was one."""

    def __init__(self, reason: str, *, detail: str = "") -> None:
        super().__init__(reason)
        self.detail = detail


class AnswerRefused(AgencyError):
    """State, issuer, nonce, signature or time do not hold."""


class SignInEnded(AgencyError):
    """The gateway ended the sign-in with an error of the standard."""


class RecordRefused(AgencyError):
    """The gateway did not take the record; `reason` is the slug of its problem's type."""

    def __init__(self, reason: str, *, problem: Mapping[str, object]) -> None:
        super().__init__(reason)
        self.problem = problem
