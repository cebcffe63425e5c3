"""A sign-in as a value: who asked, how far the person is, and what has been learnt so far.

It is parked sealed between steps and found again by its id. Every change raises `revision`, and is kept only if nobody
else changed it meanwhile, so that two tabs or two callbacks cannot both win. It stands among the rules of OpenID
because it holds the request it is to answer; without a request the person signs in for themselves.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import field

from gateway.frozen import Frozen, Hidden
from gateway.identity.assertion import RegionAssertion
from gateway.identity.check import Outcome, Way
from gateway.identity.region import Region
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.authorization_response import AuthorizationResponse


class Stage(StrEnum):
    """Where the person is."""

    CHOOSE_REGION = "choose_region"
    AWAY = "away"  # at the region of home
    LINK = "link"  # first time: what will happen now
    AWAY_GUANGDONG = "away_guangdong"
    DECISION = "decision"  # match, mismatch, or a person must decide
    CLAIMS = "claims"
    CHECK = "check"
    CHECK_ANSWERED = "check_answered"  # the record and its receipt; then on, by the way that was chosen
    AWAY_CHECK = "away_check"
    STEP_UP = "step_up"  # a stronger sign-in is needed; then away once more
    FINISHED = "finished"
    ENDED = "ended"


AWAY = frozenset({Stage.AWAY, Stage.AWAY_GUANGDONG, Stage.AWAY_CHECK})
OVER = frozenset({Stage.FINISHED, Stage.ENDED})


class Verdict(StrEnum):
    """What comparing the two records came to."""

    MATCH = "match"
    MISMATCH = "mismatch"
    MANUAL = "manual"


class Departure(Frozen):
    """One trip. `to` is a region's code, or `check` for the face comparison service."""

    to: str
    errand: str
    state: Hidden[str]
    url: Hidden[str]
    memory: Hidden[Mapping[str, str]] = field(default_factory=dict)
    waiting: bool = False  # the answer comes from server to server
    poll_seconds: float = 3.0
    user_agent: Hidden[str] = ""  # a region's next leg depends on the device


class Decided(Frozen):
    """The outcome of the comparison. `reference` names a review."""

    verdict: Verdict
    reasons: tuple[str, ...]
    reference: str | None = None
    review: str | None = None
    by_operator: bool = False


class CheckProgress(Frozen):
    """The check of this sign-in: its consent record, the way chosen, and how it ended."""

    record: str
    way: Way | None = None
    outcome: Outcome | None = None


class SignIn(Frozen):
    """`browser` is the SHA-256 of the browser's cookie."""

    id: str
    browser: Hidden[str]
    request: AuthorizationRequest | None
    locale: str
    stage: Stage = Stage.CHOOSE_REGION
    stage_since: datetime
    problem: str | None = None  # why the person is back here, as a slug
    region: Region | None = None
    departure: Departure | None = None
    last_state: Hidden[str | None] = None  # a return that comes again finds where the person is now
    home: RegionAssertion | None = None
    guangdong: RegionAssertion | None = None
    decided: Decided | None = None
    account: Hidden[str | None] = None
    session: Hidden[str | None] = None
    claims: tuple[str, ...] | None = None  # agreed in or before this sign-in; None: not yet settled
    claims_consent: Hidden[str | None] = None
    check: CheckProgress | None = None
    stepped_up: bool = False  # a stronger sign-in was asked for once
    answer: AuthorizationResponse | None = None  # what the agency is told; kept so that a second submit repeats it
    ended: str | None = None
    created_at: datetime
    expires_at: datetime
    revision: int = 0


def objection(sign_in: SignIn, *, browser: str, at: datetime) -> str | None:
    """Why this browser cannot go on with this sign-in, or None if it can."""
    if sign_in.browser != browser:
        return "sign_in_unknown"  # the same answer as when it does not exist
    if at >= sign_in.expires_at and sign_in.stage not in OVER:
        return "sign_in_expired"
    return None
