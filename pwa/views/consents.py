"""Consents as their list and page show them."""

from datetime import datetime

from gateway.flows.my_consents import ConsentDetail, ConsentLine
from gateway.frozen import Frozen
from gateway.identity.notice import ShownNotice
from pwa.views import words
from pwa.views.sign_in import in_language


class Line(Frozen):
    """`agency` is empty for a binding, which is the gateway's own question."""

    id: str
    kind: str
    agency: str
    state: str
    tone: str
    asked_at: datetime
    valid_until: datetime | None
    withdrawable: bool


class Happened(Frozen):
    at: datetime
    state: str


class Detail(Frozen):
    line: Line
    title: str  # of the notice, in the language it was shown in
    events: tuple[Happened, ...]
    notice: ShownNotice


def line(consent: ConsentLine, language: str) -> Line:
    state, tone = words.CONSENT_STATES[consent.state.value]
    return Line(
        id=consent.id,
        kind=words.said(words.CONSENT_KINDS, consent.kind.value),
        agency=in_language(consent.agency.names, language) if consent.agency else "",
        state=state,
        tone=tone,
        asked_at=consent.asked_at,
        valid_until=consent.valid_until,
        withdrawable=consent.withdrawable,
    )


def detail(consent: ConsentDetail, language: str) -> Detail:
    return Detail(
        line=line(consent.line, language),
        title=consent.notice.title,
        events=tuple(Happened(at=event.at, state=words.CONSENT_EVENTS[event.state.value]) for event in consent.events),
        notice=consent.notice,
    )
