"""Put away what is over: unanswered questions are recorded as such, consents lapse, expired things are forgotten.

Each kind is its own short transaction, in bounded portions; running it twice, or in two processes, changes nothing.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.errors import StepRefused
from gateway.flows.answer_check import leave_unanswered
from gateway.flows.close_review import close_review
from gateway.flows.record_consent import add_event
from gateway.frozen import Frozen
from gateway.identity.consent import State
from gateway.oidc.sign_in import OVER, SignIn, Stage
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork, Work
from gateway.settings import ResidentSettings

PORTION = 500
DELIVERY_MEMORY = timedelta(days=30)  # longer than any session lasts and any delivery is tried


class PutAway(Frozen):
    """How many of each were put away."""

    sign_ins: int = 0
    unanswered: int = 0
    consents: int = 0
    reviews: int = 0
    sessions: int
    grants: int
    refresh_tokens: int
    pushed_requests: int
    device_requests: int
    deliveries: int


class Housekeeping(Frozen):
    open_work: OpenWork
    clock: Clock
    settings: ResidentSettings

    def __call__(self) -> PutAway:
        at = self.clock()
        # a value that opens no more ends what follows it: first goes what is read by its time alone
        gone = self._purge(at)
        consents, reviews = self._lapsed(at)
        sign_ins, unanswered = self._sign_ins(at)
        return replace(gone, consents=consents, reviews=reviews, sign_ins=sign_ins, unanswered=unanswered)

    def _purge(self, at: datetime) -> PutAway:
        # a sign-in answers its request by this row, long after the request could last be brought; one that a device
        # waits for ends with its own words, not with a row that is gone
        answered = at - self.settings.sign_in_lifetime - self.settings.sign_in_memory
        with self.open_work(write=True) as work:
            done = PutAway(
                sessions=work.sessions.purge(before=at - self.settings.session_memory),
                grants=work.grants.purge(before=at),
                refresh_tokens=work.refresh_tokens.purge(before=at),
                pushed_requests=work.pushed_requests.purge(before=answered),
                device_requests=work.device_requests.purge(before=answered),
                deliveries=work.logouts.purge(before=at - DELIVERY_MEMORY)
                + work.deliveries.purge(before=at - DELIVERY_MEMORY),
            )
            work.commit()
        return done

    def _lapsed(self, at: datetime) -> tuple[int, int]:
        """How many consents lapsed, and how many reviews nobody decided in time."""
        ended = 0
        with self.open_work(write=True) as work:
            for record in work.consents.lapsed(at=at, limit=PORTION):
                with suppress(StepRefused):  # the person, or another worker, was first
                    add_event(work, record.id, State.EXPIRED, at=at, by="gateway")
                    ended += 1
            over = work.reviews.over(at=at, limit=PORTION)
            closed = sum(close_review(work, review, at=at, why="over") for review in over)
            work.commit()
        return ended, closed

    def _sign_ins(self, at: datetime) -> tuple[int, int]:
        """How many were forgotten, and how many questions went unanswered."""
        with self.open_work(write=True) as work:
            late = work.sign_ins.expired(before=at, limit=PORTION)
            over = [one for one in late if one.stage in OVER]
            closed = []
            for sign_in in late:
                if sign_in.stage in OVER:
                    work.sign_ins.remove(sign_in.id)
                elif self._close(work, sign_in, at):
                    closed.append(sign_in)
            # what a region delivered to somebody who never came back
            work.sign_ins.purge_deliveries(before=at - self.settings.sign_in_lifetime)
            work.commit()
        return len(over), sum(one.stage is Stage.CHECK for one in closed)

    def _close(self, work: Work, sign_in: SignIn, at: datetime) -> bool:
        """False where the person, or another worker, was first: then it has not ended by its time."""
        # what was learnt of the person goes at once; the agency's request stays for a while, for a new start
        ended = replace(
            sign_in,
            stage=Stage.ENDED,
            ended="sign_in_expired",
            home=None,
            guangdong=None,
            departure=None,
            stage_since=at,
            expires_at=at + self.settings.sign_in_memory,
        )
        if work.sign_ins.save(ended) is None:
            return False
        # a question whose time ran out was not answered; that is not a refusal
        leave_unanswered(work, sign_in, at=at, why="expired")
        work.audit.record(
            AuditEvent(
                kind="sign_in.ended",
                at=at,
                actor=sign_in.account or "gateway",
                subjects=(sign_in.id,),
                outcome="expired",
                reason="sign_in_expired",
            )
        )
        return True
