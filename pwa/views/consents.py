"""Consents as their list and page show them, read from the record itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.identity.consent import STANDING, ConsentRecord, Kind
from gateway.identity.notice import ShownNotice
from pwa.views import words
from pwa.views.sign_in import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    at: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    id: str
    title: str  # of the notice, in the language it was shown in
    kind: str
    agency: str
    state: str
    tone: str
    asked_at: datetime
    may_withdraw: bool
    events: tuple[Happened, ...]
    notice: ShownNotice


def shown(record: ConsentRecord, agency: Mapping[str, str], language: str) -> Shown:
    """`agency` has the asking agency's names; it is empty for a binding, which is the gateway's own question."""
    state, tone = words.CONSENT_STATES[record.state.value]
    return Shown(
        id=record.id,
        title=record.notice.title,
        kind=words.said(words.CONSENT_KINDS, record.kind.value),
        agency=in_language(agency, language),
        state=state,
        tone=tone,
        asked_at=record.events[0].at,
        # a binding is taken back by undoing the link, which says what that means
        may_withdraw=record.state in STANDING and record.kind is not Kind.BINDING,
        events=tuple(
            Happened(at=event.at, state=words.CONSENT_STATES[event.state.value][0]) for event in record.events
        ),
        notice=record.notice,
    )
