"""Let an invited partner register a client, and look after it itself (RFC 7591 §3, RFC 7592 §2)."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from gateway.errors import RequestRefused
from gateway.flows.invite_partner import digest
from gateway.frozen import Frozen, Hidden
from gateway.oidc import client_metadata, registration
from gateway.oidc.client import Client
from gateway.oidc.client_metadata import About
from gateway.oidc.offer import Offer
from gateway.oidc.registration import Registration
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork, Work


class Registered(Frozen):
    """A client as it is registered, and the token that manages it from now on."""

    client: Client
    about: Hidden[About]
    registered_at: datetime
    token: Hidden[str]


class RegisterClient(Frozen):
    """What one registration may become stays what its invitation said, however often it is changed."""

    offer: Offer
    open_work: OpenWork
    new_token: NewToken
    clock: Clock

    def __call__(self, metadata: Mapping[str, Any], *, token: str) -> Registered:
        """Register a client under an invitation's token. Raises RequestRefused."""
        at = self.clock()
        with self.open_work(write=False) as work:
            invitation = work.invitations.find(digest(token))
        if invitation is None:
            raise refused("invitation_unknown")
        told = client_metadata.read(metadata, locales=self.offer.locales)
        drafted = registration.drafted(told, invitation.reach, self.offer, id=f"dyn-{self.new_token()}")
        kept = Registration(
            client=drafted.id,
            reach=invitation.reach,
            about=told.about,
            invitation=invitation.id,
            registered_at=at,
            changed_at=at,
        )
        own = self.new_token()
        with self.open_work(write=True) as work:
            if not work.invitations.use(invitation.id, at=at):
                raise refused("invitation_over")
            client = work.clients.save(drafted)
            work.registrations.add(kept, digest=digest(own))
            self._tell(work, client, "client.registered", actor=f"invitation:{invitation.id}")
            work.commit()
        return Registered(client=client, about=told.about, registered_at=at, token=own)

    def read(self, client: str, *, token: str) -> Registered:
        """The registration as it stands (RFC 7592 §2.1). Raises RequestRefused."""
        with self.open_work(write=False) as work:
            found, kept = self._managed(work.clients.find(client), work, client, token)
        return Registered(client=found, about=kept.about, registered_at=kept.registered_at, token=token)

    def update(self, client: str, metadata: Mapping[str, Any], *, token: str) -> Registered:
        """Everything anew, and a new token with it (RFC 7592 §2.2). Raises RequestRefused."""
        with self.open_work(write=False) as work:
            self._managed(work.clients.find(client), work, client, token)
        registration.check_update(metadata, client)
        told = client_metadata.read({**metadata, "client_id": client}, locales=self.offer.locales)
        own, at = self.new_token(), self.clock()
        with self.open_work(write=True) as work:
            # as it is by now: an operator may have disabled it meanwhile
            found, kept = self._managed(work.clients.hold(client), work, client, token)
            drafted = registration.changed(found, registration.drafted(told, kept.reach, self.offer, id=client))
            changed = replace(kept, about=told.about, changed_at=at)
            if not work.registrations.change(changed, known=digest(token), digest=digest(own)):
                raise refused("registration_token_unknown")
            saved = work.clients.save(drafted)
            self._tell(work, saved, "client.changed", actor=client)
            work.commit()
        return Registered(client=saved, about=told.about, registered_at=kept.registered_at, token=own)

    def remove(self, client: str, *, token: str) -> None:
        """The client acts no more, and its tokens end (RFC 7592 §2.3). Raises RequestRefused."""
        with self.open_work(write=True) as work:
            found, _ = self._managed(work.clients.hold(client), work, client, token)
            if not work.registrations.remove(client, known=digest(token)):
                raise refused("registration_token_unknown")
            work.clients.save(replace(found, active=False))
            work.grants.revoke_of(at=self.clock(), client=client)
            self._tell(work, found, "client.removed", actor=client)
            work.commit()

    def _managed(self, found: Client | None, work: Work, client: str, token: str) -> tuple[Client, Registration]:
        """Whether the client is not there, disabled, or somebody else's is not told apart (RFC 7592 §2.1)."""
        kept = work.registrations.find(client)
        known = kept[1] if kept is not None else ""
        if not hmac.compare_digest(known, digest(token)) or kept is None or found is None or not found.active:
            raise refused("registration_token_unknown")
        return found, kept[0]

    def _tell(self, work: Work, client: Client, kind: str, *, actor: str) -> None:
        event = AuditEvent(kind=kind, at=self.clock(), actor=actor, subjects=(client.id,), client=client.id)
        work.audit.record(event)


def refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code="invalid_token", status=401)
