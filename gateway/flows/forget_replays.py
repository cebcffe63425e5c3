"""Forget spent assertions and proofs that nobody can bring once more. Looks at all of them: do it seldom.

An index of when they end would be written with every request; looking through a sixteenth at a time keeps none waiting.
"""

from datetime import timedelta

from gateway.frozen import Frozen
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork

SKEW = timedelta(minutes=1)  # the clock of another machine may be behind: there a proof is still good
PARTS = "0123456789abcdef"  # with which a digest may begin


class ForgetReplays(Frozen):
    open_work: OpenWork
    clock: Clock

    def __call__(self) -> int:
        """Each part in a transaction of its own; how many went."""
        over, gone = self.clock() - SKEW, 0
        for part in PARTS:
            with self.open_work(write=True) as work:
                gone += work.replays.purge(before=over, part=part)
                work.commit()
        return gone
