"""When a signing key is published, taken into use, and put away, so that no token is ever signed by an unknown key.

published  others may learn it; at least as long as anyone may keep an older key set
active     signs
retiring   signs nothing more; published while anything it signed may still be checked
retired    no longer published
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.frozen import Frozen


class State(StrEnum):
    PUBLISHED = "published"
    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"


class SigningKey(Frozen):
    """What a decision needs to know of a key."""

    kid: str
    algorithm: str
    state: State
    created_at: datetime
    since: datetime  # when it came into this state


class RotationPolicy(Frozen):
    """`publish_for` is twice what caches are told, so that a slow clock or a stubborn cache does no harm."""

    publish_for: timedelta
    sign_for: timedelta
    check_for: timedelta  # the longest life of what a key signs


class Step(Frozen):
    """One change that is due. `kid` is None for a key yet to be made."""

    kid: str | None
    algorithm: str
    to: State


def due(keys: Sequence[SigningKey], policy: RotationPolicy, at: datetime) -> tuple[Step, ...]:
    """What should be done now, in this order; nothing when all is as it should be."""
    steps: list[Step] = []
    for algorithm in dict.fromkeys(key.algorithm for key in keys):
        steps += _due_of([key for key in keys if key.algorithm == algorithm], policy, at)
    return tuple(steps)


def _due_of(keys: list[SigningKey], policy: RotationPolicy, at: datetime) -> list[Step]:
    ordered = sorted(keys, key=lambda key: key.created_at)
    waiting = [key for key in ordered if key.state is State.PUBLISHED]
    signing = [key for key in ordered if key.state is State.ACTIVE]
    algorithm = ordered[0].algorithm
    steps: list[Step] = []
    ready = [key for key in waiting if at - key.created_at >= policy.publish_for]
    if ready:
        steps.append(Step(kid=ready[0].kid, algorithm=algorithm, to=State.ACTIVE))
        signing = [*signing, ready[0]]
    elif not waiting and (not signing or at - signing[-1].created_at >= policy.sign_for):
        steps.append(Step(kid=None, algorithm=algorithm, to=State.PUBLISHED))
    steps += [Step(kid=key.kid, algorithm=algorithm, to=State.RETIRING) for key in signing[:-1]]
    steps += [
        Step(kid=key.kid, algorithm=algorithm, to=State.RETIRED)
        for key in ordered
        if key.state is State.RETIRING and _is_done(key, policy, at)
    ]
    return steps


def _is_done(key: SigningKey, policy: RotationPolicy, at: datetime) -> bool:
    """What it signed has run out, and some time more; counted from when it was relieved, however late that was."""
    return at - key.since >= policy.check_for + policy.publish_for
