"""Settle where a client takes security events, which, and with what we prove ourselves there: an operator's act."""

import re

from msgspec.structs import replace

from gateway.errors import NotFound
from gateway.flows.enrol_client import EnrolmentRefused
from gateway.frozen import Frozen
from gateway.oidc.client import Client
from gateway.oidc.enrolment import objections
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork

BEARER = re.compile(r"[A-Za-z0-9._~+/-]{16,1024}=*")  # RFC 6750 §2.1


class SetEvents(Frozen):
    offer: Offer
    open_work: OpenWork
    clock: Clock

    def __call__(
        self, client: str, *, uri: str | None, events: frozenset[str], credential: str | None, operator: str
    ) -> Client:
        """The client as it was kept. Without a credential nothing is sent but the signed event itself.

        Raises NotFound, EnrolmentRefused.
        """
        with self.open_work(write=True) as work:
            found = work.clients.hold(client)
            if found is None:
                raise NotFound("client_unknown")
            changed = replace(found, events_uri=uri, events=events)
            malformed = credential is not None and BEARER.fullmatch(credential) is None
            reasons = (*objections(changed, self.offer), *(("event_credential_malformed",) if malformed else ()))
            if reasons:
                raise EnrolmentRefused(reasons)
            kept = work.clients.save(changed)
            work.deliveries.keep_credential(client, credential if events else None)
            event = AuditEvent(
                kind="client.events_set", at=self.clock(), actor=operator, subjects=(client,), client=client
            )
            work.audit.record(event)
            work.commit()
        return kept
