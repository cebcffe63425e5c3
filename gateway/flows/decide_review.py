"""An operator's part: what is to be decided, the two records side by side, and the decision with its ground."""

from msgspec.structs import replace

from gateway.errors import NotFound, StepRefused
from gateway.frozen import Frozen
from gateway.identity.review import GROUNDS, Review, ReviewState, objection
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork

LISTED = 500


class Reviews(Frozen):
    open_work: OpenWork
    clock: Clock

    def list(self, *, open_only: bool = True) -> tuple[Review, ...]:
        """Newest first. The records are in it: who lists shows only ids, days and reasons."""
        with self.open_work(write=False) as work:
            return work.reviews.list(open_only=open_only, limit=LISTED)

    def show(self, reference: str, *, operator: str) -> Review:
        """The two records, for an operator's eyes; that they were looked at is recorded."""
        with self.open_work(write=True) as work:
            found = work.reviews.find(reference)
            if found is None:
                raise NotFound("review_unknown")
            work.audit.record(AuditEvent(kind="review.shown", at=self.clock(), actor=operator, subjects=(found.id,)))
            work.commit()
        return found

    def decide(self, reference: str, *, same_person: bool, operator: str, ground: str) -> Review:
        """Record the decision. Nothing is bound by it: that takes the person's own consent at the next sign-in."""
        if ground not in GROUNDS:
            raise StepRefused("review_ground_unknown")
        at = self.clock()
        with self.open_work(write=True) as work:
            found = work.reviews.find(reference)
            if found is None:
                raise NotFound("review_unknown")
            objected = objection(found, at=at)
            if objected is not None:
                raise StepRefused(objected)
            decided = replace(
                found,
                state=ReviewState.SAME_PERSON if same_person else ReviewState.NOT_SAME_PERSON,
                decided_at=at,
                decided_by=operator,
                ground=ground,
            )
            if not work.reviews.save(decided):
                raise StepRefused("review_decided")
            work.audit.record(
                AuditEvent(
                    kind="review.decided",
                    at=at,
                    actor=operator,
                    subjects=(found.id,),
                    outcome=decided.state.value,
                    reason=ground,
                )
            )
            work.commit()
        return decided
