"""A person's consents: the list, one of them with its words and history, its receipt, and withdrawing it."""

from datetime import datetime

from gateway.errors import NotFound
from gateway.flows.my_links import undo_binding
from gateway.flows.queue_event import queue_event
from gateway.flows.record_consent import add_event
from gateway.frozen import Frozen
from gateway.identity import receipt
from gateway.identity.consent import STANDING, ConsentRecord, Event, Kind, State, stands
from gateway.identity.notice import ShownNotice
from gateway.oidc import delivery
from gateway.oidc.client import Client
from gateway.ports.clock import Clock
from gateway.ports.receipts import ReceiptSigner
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork, Work


class ConsentLine(Frozen):
    """One consent in the list. `agency` is None for a binding."""

    id: str
    kind: Kind
    state: State
    asked_at: datetime
    valid_until: datetime | None
    items: tuple[str, ...]
    agency: Client | None
    withdrawable: bool


class ConsentDetail(Frozen):
    """One consent in full: the text that was shown, and everything that happened."""

    line: ConsentLine
    notice: ShownNotice
    events: tuple[Event, ...]


class MyConsents(Frozen):
    open_work: OpenWork
    clock: Clock
    new_token: NewToken
    signer: ReceiptSigner
    issuer: str

    def list(self, account: str) -> tuple[ConsentLine, ...]:
        """Newest first."""
        with self.open_work(write=False) as work:
            found = work.consents.of_account(account)
            return tuple(self._line(work, record) for record in found)

    def detail(self, account: str, record: str) -> ConsentDetail:
        """Raises NotFound for a record that is not this person's."""
        with self.open_work(write=False) as work:
            found = _own(work, account, record)
            return ConsentDetail(line=self._line(work, found), notice=found.notice, events=found.events)

    def receipt(self, account: str, record: str) -> str:
        """The signed receipt of the record as it is now: a compact JWS, to be checked with `receipt.verify`."""
        with self.open_work(write=False) as work:
            found = _own(work, account, record)
        content = receipt.compose(found, receipt_id=self.new_token(), issuer=self.issuer, at=self.clock())
        return self.signer.sign(content, typ=receipt.TYP)

    def withdraw(self, account: str, record: str) -> ConsentDetail:
        """From now on; what was lawfully done before stays done. No reason is asked. Twice is once."""
        at = self.clock()
        with self.open_work(write=True) as work:
            found = _own(work, account, record)
            if found.state in STANDING:
                self._withdraw(work, found, at)
            work.commit()
        return self.detail(account, record)

    def _withdraw(self, work: Work, found: ConsentRecord, at: datetime) -> None:
        if found.kind is Kind.BINDING:
            bindings = work.bindings.of_account(found.account or "")
            bound = next((one for one in bindings if one.consent == found.id and one.ended_at is None), None)
            if bound is not None:
                undo_binding(work, bound, at=at)
                return
        add_event(work, found.id, State.WITHDRAWN, at=at, by="person", facts={"effect": "from_now_on"})
        if found.kind is Kind.CLAIMS and found.client is not None:
            # agencies' tokens that rest on it end with it
            work.grants.revoke_of(at=at, account=found.account, client=found.client)
            queue_event(
                work, delivery.Kind.CONSENT_WITHDRAWN, found.id, found.account or "", at=at, client=found.client
            )

    def _line(self, work: Work, record: ConsentRecord) -> ConsentLine:
        return ConsentLine(
            id=record.id,
            kind=record.kind,
            state=record.state,
            asked_at=record.events[0].at,
            valid_until=record.valid_until,
            items=record.items,
            agency=None if record.client is None else work.clients.find(record.client),
            withdrawable=(record.kind is Kind.BINDING and record.state in STANDING) or stands(record, self.clock()),
        )


def _own(work: Work, account: str, record: str) -> ConsentRecord:
    found = work.consents.find(record)
    if found is None or found.account != account:
        raise NotFound("consent_unknown")
    return found
