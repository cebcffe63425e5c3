"""Tell agencies that a session ended, again and again until they heard it (OIDC Back-Channel Logout §2.5, §2.8)."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from gateway.flows.find_client import FindClient
from gateway.oidc import logout
from gateway.oidc.client import Client
from gateway.oidc.logout import Delivery, DeliveryState
from gateway.ports.claims import Subjects
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress, EgressFailed
from gateway.ports.residents import AuditEvent
from gateway.ports.signing import TokenSigner
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork

PORTION = 100
LEASE = timedelta(minutes=1)  # for how long one worker has a delivery to itself
FORM = (("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverLogouts:
    issuer: str
    open_work: OpenWork
    find_client: FindClient
    subjects: Subjects
    signer: TokenSigner
    egress: Egress
    new_token: NewToken
    clock: Clock

    def __call__(self) -> int:
        """One round: what is due, each in transactions of its own; how many were heard."""
        with self.open_work(write=False) as work:
            due = work.logouts.due(at=self.clock(), limit=PORTION)
        return sum(self._one(delivery) for delivery in due)

    def _one(self, delivery: Delivery) -> bool:
        with self.open_work(write=True) as work:
            taken = work.logouts.claim(delivery, until=self.clock() + LEASE)
            work.commit()
        if taken is None:
            return False
        known = self.find_client(delivery.client)
        if known is None or known.client.backchannel_logout_uri is None:
            self._settle(taken, DeliveryState.GIVEN_UP, "client_wants_none")
            return False
        problem = self._send(taken, known.client, known.client.backchannel_logout_uri)
        self._settle(taken, None if problem else DeliveryState.DELIVERED, problem)
        return problem is None

    def _send(self, delivery: Delivery, client: Client, url: str) -> str | None:
        """Why it was not heard, or None if it was."""
        claims = logout.token_claims(
            delivery,
            issuer=self.issuer,
            subject=self.subjects.of(delivery.account, client.agency),
            token_id=self.new_token(),
            at=self.clock(),
        )
        body = urlencode({"logout_token": self.signer.sign(claims, typ=logout.TYPE)}).encode()
        try:
            reply = self.egress("POST", url, headers=dict(FORM), body=body)
        except EgressFailed as failed:
            return failed.reason
        return None if reply.status in (200, 204) else f"status_{reply.status}"

    def _settle(self, delivery: Delivery, state: DeliveryState | None, problem: str | None) -> None:
        """Without a state: what the schedule says."""
        at = next_at = self.clock()
        if state is None:
            state, next_at = logout.after_failure(delivery, at)
        with self.open_work(write=True) as work:
            work.logouts.settle(delivery, state, next_at=next_at, problem=problem)
            if state is not DeliveryState.WAITING:
                work.audit.record(
                    AuditEvent(
                        kind=f"logout.{state.value}",
                        at=at,
                        actor="gateway",
                        subjects=(delivery.session,),
                        client=delivery.client,
                        reason=problem,
                    )
                )
            work.commit()
