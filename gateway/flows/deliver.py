"""Tell partners what they are to be told, again and again until they heard it.

Back-channel logouts (OIDC Back-Channel Logout §2.5, §2.8) and security events (RFC 8935 §2) differ in what is sent and
in what counts as heard; when it is tried again, and by whom, is one thing. An address that gives no answer is asked
once; whatever else waits for it waits as long, and keeps nobody else from being told.
"""

from datetime import timedelta
from urllib.parse import urlencode

from gateway.flows.find_client import FindClient
from gateway.frozen import Frozen
from gateway.oidc import delivery as rules
from gateway.oidc import logout, security_event
from gateway.oidc.client import Client
from gateway.oidc.delivery import Delivery, DeliveryState, Kind
from gateway.ports.claims import Subjects
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress, EgressFailed
from gateway.ports.residents import AuditEvent
from gateway.ports.signing import TokenSigner
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork

TURN = timedelta(seconds=20)  # after which the worker looks after its other tasks
LEASE = timedelta(minutes=1)  # for how long one worker has a delivery to itself
FORM = (("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json"))
EVENT = (("content-type", security_event.MEDIA_TYPE), ("accept", "application/json"))


class Deliver(Frozen):
    issuer: str
    open_work: OpenWork
    find_client: FindClient
    subjects: Subjects
    signer: TokenSigner
    egress: Egress
    new_token: NewToken
    clock: Clock

    def __call__(self) -> int:
        """One turn: what is due, each in transactions of its own; how many were heard."""
        begun, heard = self.clock(), 0
        while self.clock() < begun + TURN and (delivery := self._next()) is not None:
            heard += self._one(delivery)
        return heard

    def _next(self) -> Delivery | None:
        """What has been due for longest."""
        with self.open_work(write=False) as work:
            return next(iter(work.deliveries.due(at=self.clock(), limit=1)), None)

    def _one(self, delivery: Delivery) -> bool:
        with self.open_work(write=True) as work:
            # what fails in a way that nobody foresaw comes again after its pause, too
            again = rules.after_failure(delivery, self.clock())[1]
            taken = work.deliveries.claim(delivery, until=max(again, self.clock() + LEASE))
            work.commit()
        if taken is None:
            return False
        known = self.find_client(delivery.client)
        if known is None or not known.client.hears(delivery.kind):
            self._settle(taken, DeliveryState.GIVEN_UP, "client_wants_none")
            return False
        send = self._log_out if delivery.kind is Kind.LOGOUT else self._event
        try:
            problem = send(taken, known.client)
        except EgressFailed as failed:
            self._settle(taken, None, failed.reason, silent=True)
            return False
        final = problem is not None and security_event.is_final(problem)
        self._settle(taken, DeliveryState.GIVEN_UP if final else None if problem else DeliveryState.DELIVERED, problem)
        return problem is None

    def _log_out(self, delivery: Delivery, client: Client) -> str | None:
        """Why it was not heard, or None if it was. Raises EgressFailed."""
        assert client.backchannel_logout_uri is not None
        claims = logout.token_claims(
            delivery,
            issuer=self.issuer,
            subject=self.subjects.of(delivery.account, client.agency),
            token_id=self.new_token(),
            at=self.clock(),
        )
        body = urlencode({"logout_token": self.signer.sign(claims, typ=logout.TYPE)}).encode()
        reply = self.egress("POST", client.backchannel_logout_uri, headers=dict(FORM), body=body)
        return None if reply.status in (200, 204) else f"status_{reply.status}"

    def _event(self, delivery: Delivery, client: Client) -> str | None:
        """Why it was not heard, or None if it was. Raises EgressFailed."""
        assert client.events_uri is not None
        claims = security_event.claims(
            delivery,
            issuer=self.issuer,
            subject=self.subjects.of(delivery.account, client.agency),
            at=self.clock(),
        )
        with self.open_work(write=False) as work:
            credential = work.deliveries.credential(client.id)
        headers = dict(EVENT) | ({} if credential is None else {"authorization": f"Bearer {credential}"})
        body = self.signer.sign(claims, typ=security_event.TYPE).encode()
        reply = self.egress("POST", client.events_uri, headers=headers, body=body)
        return security_event.objection_of(reply.status, reply.body)

    def _settle(
        self, delivery: Delivery, state: DeliveryState | None, problem: str | None, *, silent: bool = False
    ) -> None:
        """Without a state: what the schedule says. `silent`: the address gave no answer."""
        at = next_at = self.clock()
        if state is None:
            state, next_at = rules.after_failure(delivery, at)
        with self.open_work(write=True) as work:
            work.deliveries.settle(delivery, state, next_at=next_at, problem=problem)
            if silent:
                work.deliveries.put_off(delivery, until=next_at)
            if state is not DeliveryState.WAITING:
                work.audit.record(
                    AuditEvent(
                        kind=f"{delivery.kind.value}.{state.value}",
                        at=at,
                        actor="gateway",
                        subjects=(delivery.about,),
                        client=delivery.client,
                        reason=problem,
                    )
                )
            work.commit()
