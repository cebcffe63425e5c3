"""Look after what there is of partners: put away what is over, and see which keys are about to fail."""

from datetime import timedelta

from gateway.flows.look_at_partner import KeyState, key_state
from gateway.frozen import Frozen
from gateway.oidc.integration_error import MEMORY
from gateway.oidc.registration_request import ANSWERED_WITHIN, KEPT
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork

INVITATION_MEMORY = timedelta(days=90)  # after it was over, so that an operator sees what became of it


class ClientKeyState(Frozen):
    client: str
    state: KeyState


class WatchPartners(Frozen):
    open_work: OpenWork
    clock: Clock

    def put_away(self) -> int:
        """Forget what is over; how much was forgotten."""
        at = self.clock()
        with self.open_work(write=True) as work:
            gone = work.integration_errors.purge(before=at - MEMORY)
            gone += work.partner_visits.purge(before=at)
            gone += work.invitations.purge(before=at - INVITATION_MEMORY)
            gone += work.registration_requests.lapse(before=at - ANSWERED_WITHIN)
            gone += work.registration_requests.purge(before=at - KEPT)
            work.commit()
        return gone

    def key_states(self, *, client: str | None = None) -> tuple[ClientKeyState, ...]:
        """The keys of every client that may act, or of one."""
        at = self.clock()
        with self.open_work(write=False) as work:
            found = [one for one in work.clients.list() if one.active and client in (None, one.id)]
            kept = {one.id: work.partner_keys.find(one.id) for one in found if one.jwks_uri is not None}
        return tuple(ClientKeyState(client=one.id, state=key_state(one, kept.get(one.id), at=at)) for one in found)
