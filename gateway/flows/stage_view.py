"""What a page needs at each stage of a sign-in: values, no rules. One of these is what `SignIns.view` gives.

A page that posts an action gets a `Next`: where the browser goes now. `session`, when there is one, is the value to set
as the session cookie along with that answer.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.frozen import Frozen, Hidden
from gateway.identity.notice import ShownNotice
from gateway.identity.region import Region
from gateway.oidc.authorization_response import AuthorizationResponse


class Redirect(Frozen):
    """Send the browser to `url`: a region or the check service."""

    url: Hidden[str]
    sign_in: str
    session: Hidden[str | None] = None


class Stay(Frozen):
    """Send the browser to /{locale}/sign-in/{sign_in}, which shows the stage it is at now."""

    sign_in: str
    locale: str
    session: Hidden[str | None] = None


class Answer(Frozen):
    """The agency's answer: redirect to `response.url`, or serve `response.document()` when there is no URL."""

    response: AuthorizationResponse
    sign_in: str
    session: Hidden[str | None] = None


Next = Redirect | Stay | Answer


class Asker(Frozen):
    """The agency whose request this is; names and purpose by language."""

    client: str
    agency: str
    names: Mapping[str, str]
    purpose: Mapping[str, str]
    region: str


class StageBase(Frozen):
    """On every stage. `asker` is None when the person signs in for themselves; `problem` is why they are back here.

    `session_lasts` is how many seconds the session that the sign-in rests on still lasts, if nothing more is done.
    """

    id: str
    asker: Asker | None
    problem: str | None
    expires_at: datetime
    session_lasts: int = 0


class ChooseRegion(StageBase):
    """Action `region`: choose_region."""

    regions: tuple[Region, ...]
    hint: Region | None


class Away(StageBase):
    """The page was opened while the person is elsewhere: they may go on there (`url`), cancel or restart."""

    to: str  # a region's code, or `check`
    url: Hidden[str]


class Waiting(StageBase):
    """The region answers from server to server. When `ready`, the page calls `resume` and follows its Next;
    otherwise it asks again after `poll_seconds`."""

    to: str
    poll_seconds: float
    ready: bool


class Link(StageBase):
    """First time: why, what is compared, and that nothing is kept until agreed. Action `link`."""

    home: Region


class Matched(StageBase):
    """The records agree. Action `bind` with agree or not; `notice` is the text of this consent, `shown` its hash."""

    home: Region
    reasons: tuple[str, ...]
    by_operator: bool
    kept: tuple[str, ...]
    notice: ShownNotice


class Mismatched(StageBase):
    """The records contradict each other; nothing is kept. Offline ways (Art. 18), or action `link` to try again."""

    home: Region
    reasons: tuple[str, ...]


class ToBeDecided(StageBase):
    """A person must decide; the reference is what to quote. The next sign-in goes on from the decision."""

    home: Region
    reasons: tuple[str, ...]
    reference: str
    opened_at: datetime
    expires_at_review: datetime


class StepUpNeeded(StageBase):
    """The agency needs a stronger sign-in than the one made; action `proceed` asks the region of home for it."""

    home: Region
    reached: str
    needed: str


class ClaimItem(Frozen):
    """One claim asked for. A `refusal` means that it will not be told whatever the person answers, and why."""

    name: str
    essential: bool
    sensitive: bool
    available: bool
    source: str
    destination: str
    crosses_border: bool
    basis: str | None  # slug of the transfer's ground
    chosen_before: bool | None
    already_agreed: bool  # stands; shown for completeness, not asked again
    refusal: str | None


class ClaimsQuestion(StageBase):
    """Action `claims` with agree or not, and the names of voluntary claims that were ticked."""

    items: tuple[ClaimItem, ...]
    notice: ShownNotice


class CheckQuestion(StageBase):
    """The biometric question, on its own screen. Action `check` with agree or not; both answers are equal."""

    record: str
    application: str
    purpose: str
    notice: ShownNotice


class CheckAnswered(StageBase):
    """The answer is recorded; the receipt can be taken and a consent withdrawn. Action `proceed` goes on by `way`:
    `face` to the check, `confirmation_at_home` to the region of home. `problem` says why an attempt did not do."""

    record: str
    agreed: bool
    way: str
    home: Region
    application: str


class Finished(StageBase):
    """Done. `answer` leads back to the agency; None: to the PWA's own pages."""

    answer: AuthorizationResponse | None


class Over(StageBase):
    """Ended without a sign-in, or expired. `answer` tells the agency so; `restartable`: action `restart` begins anew
    with the agency's request."""

    reason: str
    answer: AuthorizationResponse | None
    restartable: bool


StageView = (
    ChooseRegion
    | Away
    | Waiting
    | Link
    | Matched
    | Mismatched
    | ToBeDecided
    | StepUpNeeded
    | ClaimsQuestion
    | CheckQuestion
    | CheckAnswered
    | Finished
    | Over
)
