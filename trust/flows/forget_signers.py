"""Forget of whom a signature was asked, and for what, once that has been over for a while.

What an agency may still ask for stays: how it ended, and what was signed. So does what the log's entries name.
"""

from datetime import timedelta

from trust.frozen import Frozen
from trust.ports import Clock
from trust.ports.person_signing import Work

PORTION = 500


class ForgetSigners(Frozen):
    """Looks at all that ended: do it seldom. Safe to run twice, and beside itself."""

    work: Work
    clock: Clock
    memory: timedelta  # after the time in which it could be signed

    def __call__(self) -> int:
        """Portions of their own transaction, until nothing is due; of how many signings it was."""
        before, gone = self.clock() - self.memory, 0
        while True:
            with self.work(write=True) as unit:
                portion = unit.signings.forget_signers(before=before, limit=PORTION)
                unit.commit()
            gone += portion
            if portion < PORTION:
                return gone
