"""Bindings as the page of linked accounts shows them: no number of any document, only what kinds are kept."""

from datetime import datetime

from gateway.flows.my_links import LinkLine
from gateway.frozen import Frozen
from pwa.views import words


class Shown(Frozen):
    id: str
    home: str
    active: bool
    ended: str
    bound_at: datetime
    ended_at: datetime | None
    reasons: tuple[str, ...]
    kept: tuple[str, ...]
    consent: str


def shown(link: LinkLine) -> Shown:
    return Shown(
        id=link.id,
        home=words.said(words.REGIONS, link.home.value),
        active=link.ended_at is None,
        ended=words.said(words.ENDED_LINKS, link.ended) if link.ended else "",
        bound_at=link.bound_at,
        ended_at=link.ended_at,
        reasons=words.all_said(words.COMPARED, (reason for reason in link.reasons if reason in words.AGREED)),
        kept=words.all_said(words.KEPT, link.kept),
        consent=link.consent,
    )
