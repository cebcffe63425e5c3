"""Bindings as the page of linked accounts shows them: no number of any document, only what kinds are kept."""

from dataclasses import dataclass
from datetime import datetime

from gateway.identity.binding import Binding, kept
from pwa.views import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    id: str
    home: str
    active: bool
    ended: str
    bound_at: datetime
    ended_at: datetime | None
    reasons: tuple[str, ...]
    kept: tuple[str, ...]


def shown(binding: Binding) -> Shown:
    return Shown(
        id=binding.id,
        home=words.said(words.REGIONS, binding.home.value),
        active=binding.ended_at is None,
        ended=words.said(words.ENDED_LINKS, binding.ended.value) if binding.ended else "",
        bound_at=binding.bound_at,
        ended_at=binding.ended_at,
        reasons=words.all_said(words.COMPARED, binding.reasons),
        kept=words.all_said(words.KEPT, kept(binding.profile)) if binding.ended_at is None else (),
    )
