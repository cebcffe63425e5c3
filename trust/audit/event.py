"""Something that happened, without personal data: ids and slugs, as one canonical text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import orjson


class Event(Protocol):
    """What any part of the product hands to the audit trail."""

    @property
    def kind(self) -> str:
        """What happened, as a slug."""
        ...

    @property
    def at(self) -> datetime:
        """When."""
        ...

    @property
    def actor(self) -> str:
        """Who did it: an account, a client, an operator, `gateway`."""
        ...

    @property
    def subjects(self) -> tuple[str, ...]:
        """Ids of what it happened to."""
        ...

    @property
    def client(self) -> str | None:
        """The agency's client, where there is one."""
        ...

    @property
    def region(self) -> str | None:
        """The territory, where there is one."""
        ...

    @property
    def outcome(self) -> str:
        """How it ended."""
        ...

    @property
    def reason(self) -> str | None:
        """Why, as a slug."""
        ...


def text(event: Event) -> str:
    """The event as canonical JSON: the same text for the same event, for the chain to be drawn over."""
    whole: Mapping[str, object] = {  # in the order of the names; an instant is written as `isoformat` writes it
        "actor": event.actor,
        "at": event.at,
        "client": event.client,
        "kind": event.kind,
        "outcome": event.outcome,
        "reason": event.reason,
        "region": event.region,
        "subjects": event.subjects,
    }
    return orjson.dumps(whole).decode()
