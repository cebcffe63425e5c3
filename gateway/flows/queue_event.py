"""Queue word of what changed for a person, to the agencies that know them, in the caller's transaction."""

from datetime import datetime

from gateway.oidc.delivery import Kind
from gateway.ports.work import Work


def queue_event(work: Work, kind: Kind, about: str, account: str, *, at: datetime, client: str | None = None) -> int:
    """How many clients are to be told: those that want it, of agencies that were told a subject of this account.

    With `client` it concerns that client alone.
    """
    wanting = [one for one in work.clients.list() if one.active and one.hears(kind) and client in (None, one.id)]
    if not wanting:
        return 0
    knowing = work.known_subjects.agencies(account)
    return sum(work.deliveries.queue(kind, about, one.id, account, at=at) for one in wanting if one.agency in knowing)
