"""What an operator's commands share: the database, opened only when a command runs, and who is at the keyboard."""

import os
import pwd
from pathlib import Path

from deploy.settings import Settings
from gateway.frozen import Frozen
from gateway.oidc.offer import Offer
from gateway.ports.claims import Subjects
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork

LOGGED_IN = Path("/proc/self/loginuid")  # pam_loginuid(8)
NOBODY = 2**32 - 1


class Desk(Frozen):
    """What an operator's act works with."""

    offer: Offer
    open_work: OpenWork
    clock: Clock
    subjects: Subjects


def desk(settings: Settings) -> Desk:
    """Over the configured database. SQLAlchemy and the keys load here, so that `--help` answers at once."""
    from deploy import clock  # noqa: PLC0415
    from deploy.composing import residents  # noqa: PLC0415
    from deploy.composing.world import World  # noqa: PLC0415

    world = World.open(settings)
    work = residents.open_work(world)
    return Desk(
        offer=residents.offer(settings),
        open_work=work,
        clock=clock.now,
        subjects=residents.pairwise_subjects(world, work),
    )


def name() -> str:
    """Who is at the keyboard, for the audit trail: a name of the machine's own, of no resident.

    Who logged in, where the system keeps that: it outlives `sudo -u`, and no variable of the environment changes it.
    """
    try:
        number = int(LOGGED_IN.read_text("ascii"))
    except (OSError, ValueError):
        number = NOBODY
    number = os.getuid() if number == NOBODY else number
    try:
        return f"operator:{pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"operator:{number}"
