"""End signings whose time has passed, and forget the drafts that they and finished ones leave behind."""

from msgspec.structs import replace

from trust.documents.signing import Question, SigningState
from trust.flows.signing_event import event
from trust.frozen import Frozen
from trust.ports import Clock
from trust.ports.person_signing import Drafts, Work

MOST_AT_ONCE = 100


class EndSignings(Frozen):
    """One round of the worker. Safe to run twice, and beside itself."""

    work: Work
    drafts: Drafts
    clock: Clock

    def __call__(self) -> int:
        """How many ended. What could not be forgotten, because the storage is away, is tried again the next time."""
        ended = self._end()
        self._forget()
        return ended

    def _end(self) -> int:
        at = self.clock()
        with self.work(write=True) as unit:
            due = unit.signings.over(at=at, limit=MOST_AT_ONCE)
            for signing in due:
                ended = replace(
                    signing,
                    state=SigningState.EXPIRED,
                    leftover=True,
                    question=Question(),
                    memory="",
                    back="",
                    at_platform="",
                )
                if unit.signings.save(ended):
                    unit.audit.record(event("signing_expired", ended, at))
            unit.commit()
        return len(due)

    def _forget(self) -> None:
        """First the draft, then that it is left over: a stop in between costs a second try, and leaves nothing."""
        with self.work(write=False) as unit:
            left = unit.signings.leftovers(limit=MOST_AT_ONCE)
        for signing_id in left:
            self.drafts.forget(signing_id)
            with self.work(write=True) as unit:
                unit.signings.forget_leftover(signing_id)
                unit.commit()
