"""Rotate the signing keys: on schedule without a failed sign-in, or at once when a key can no longer be trusted."""

from collections.abc import Sequence
from typing import Protocol

from gateway.frozen import Frozen
from gateway.oidc.key_rotation import RotationPolicy, SigningKey, State, Step, due
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork, Work


class SigningKeys(Protocol):
    """The signing keys in custody, oldest first; the private halves stay there."""

    def all(self) -> Sequence[SigningKey]: ...

    def make(self, algorithm: str, state: State) -> SigningKey: ...

    def move(self, kid: str, state: State) -> None: ...


class RotateKeys(Frozen):
    keys: SigningKeys
    policy: RotationPolicy
    open_work: OpenWork
    clock: Clock

    def __call__(self, *, operator: str = "gateway") -> tuple[Step, ...]:
        """Do what is due now; running it often, or twice, changes nothing more. Gives what was done."""
        steps = due(self.keys.all(), self.policy, self.clock())
        for step in steps:
            self._do(step, operator)
        return steps

    def begin(self, algorithm: str, *, operator: str) -> SigningKey:
        """Publish a next key before its time; the schedule takes it into use when all may know it."""
        waiting = [key for key in self.keys.all() if key.algorithm == algorithm and key.state is State.PUBLISHED]
        if waiting:
            return waiting[0]
        with self.open_work(write=True) as work:
            made = self.keys.make(algorithm, State.PUBLISHED)
            self._tell(work, "key.published", made.kid, operator)
            work.commit()
        return made

    def at_once(self, algorithm: str, *, operator: str) -> SigningKey:
        """A key may be in wrong hands: sign with a new one now, and let nobody believe the old ones any more.

        Access tokens that the old ones signed end here; clients that refetch our keys on an unknown id go on at once.
        """
        old = [key for key in self.keys.all() if key.algorithm == algorithm and key.state is not State.RETIRED]
        made = self.keys.make(algorithm, State.ACTIVE)
        for key in old:
            self.keys.move(key.kid, State.RETIRED)
        # told when it is done: a database that is away must not keep the old ones believed
        with self.open_work(write=True) as work:
            self._tell(work, "key.active", made.kid, operator)
            for key in old:
                self._tell(work, "key.retired", key.kid, operator, reason="compromised")
            work.commit()
        return made

    def _do(self, step: Step, operator: str) -> None:
        with self.open_work(write=True) as work:  # a database that is away leaves the step for the next round
            if step.kid is None:
                kid = self.keys.make(step.algorithm, step.to).kid
            else:
                kid = step.kid
                self.keys.move(kid, step.to)
            self._tell(work, f"key.{step.to}", kid, operator)
            work.commit()

    def _tell(self, work: Work, kind: str, kid: str, operator: str, *, reason: str | None = None) -> None:
        work.audit.record(AuditEvent(kind=kind, at=self.clock(), actor=operator, subjects=(kid,), reason=reason))
