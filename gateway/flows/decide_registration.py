"""Decide a partner's request to be registered: an operator says whose agency it is and how far it reaches."""

from msgspec.structs import replace

from gateway.errors import NotFound, StepRefused
from gateway.flows.ask_to_register import own_reach
from gateway.flows.enrol_client import EnrolmentRefused
from gateway.frozen import Frozen
from gateway.identity.claim import OFFLINE_ACCESS
from gateway.oidc import enrolment, registration, registration_request
from gateway.oidc.client import Client
from gateway.oidc.offer import Offer
from gateway.oidc.profile import Profile
from gateway.oidc.registration_request import GROUNDS, RegistrationRequest, RequestState
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork, Work

MOST = 200


class Approval(Frozen):
    """What the operator adds to the partner's words, or takes away. `scopes` None: those that were asked for."""

    agency: str
    profile: Profile = Profile.FAPI2
    scopes: frozenset[str] | None = None
    check_purposes: frozenset[str] = frozenset()


class DecideRegistration(Frozen):
    offer: Offer
    open_work: OpenWork
    new_token: NewToken
    clock: Clock

    def list(self, *, waiting_only: bool = True) -> tuple[RegistrationRequest, ...]:
        """Newest first."""
        with self.open_work(write=False) as work:
            return work.registration_requests.list(waiting_only=waiting_only, limit=MOST)

    def show(self, reference: str, *, operator: str) -> RegistrationRequest:
        """The whole of it; looking is recorded, since it names a contact. Raises NotFound."""
        with self.open_work(write=True) as work:
            found = self._find(work, reference)
            self._tell(work, "registration.shown", operator, (found.reference,))
            work.commit()
        return found

    def approve(self, reference: str, approval: Approval, *, operator: str) -> Client:
        """The client that came of it. Raises NotFound, StepRefused, EnrolmentRefused and RequestRefused."""
        if not enrolment.ID.fullmatch(approval.agency):
            raise EnrolmentRefused(("agency_missing",))
        with self.open_work(write=True) as work:
            request = self._find(work, reference)
            client = work.clients.save(self._drafted(request, approval))
            self._decide(work, replace(request, client=client.id), RequestState.APPROVED, operator)
            self._tell(work, "registration.approved", operator, (request.reference, client.id), client=client.id)
            work.commit()
        return client

    def refuse(self, reference: str, ground: str, *, operator: str) -> RegistrationRequest:
        """Once; the ground is told to who asked. Raises NotFound and StepRefused."""
        if ground not in GROUNDS:
            raise StepRefused("ground_unknown")
        with self.open_work(write=True) as work:
            request = replace(self._find(work, reference), ground=ground)
            decided = self._decide(work, request, RequestState.REFUSED, operator)
            self._tell(work, "registration.refused", operator, (request.reference,), reason=ground)
            work.commit()
        return decided

    def _drafted(self, request: RegistrationRequest, approval: Approval) -> Client:
        assert request.wish is not None
        told = registration_request.metadata(request.wish, locales=self.offer.locales)
        reach = replace(
            own_reach(told, request.wish.region, approval.agency),
            profile=approval.profile,
            check_purposes=approval.check_purposes,
        )
        if approval.scopes is not None:
            left = reach.scopes & approval.scopes
            # who may not come back alone has no use for a refresh token, and is enrolled with none
            grants = reach.grant_types if OFFLINE_ACCESS in left else reach.grant_types - {"refresh_token"}
            told = replace(told, scope=" ".join(sorted(left)), grant_types=tuple(sorted(grants)))
        return registration.drafted(told, reach, self.offer, id=f"dyn-{self.new_token()}")

    def _find(self, work: Work, reference: str) -> RegistrationRequest:
        found = work.registration_requests.find(reference.upper())
        if found is None:
            raise NotFound("registration_request_unknown")
        return found

    def _decide(
        self, work: Work, request: RegistrationRequest, state: RequestState, operator: str
    ) -> RegistrationRequest:
        decided = replace(request, state=state, decided_at=self.clock(), decided_by=operator)
        if not work.registration_requests.decide(decided):
            raise StepRefused("registration_request_decided")
        return decided

    def _tell(
        self,
        work: Work,
        kind: str,
        operator: str,
        subjects: tuple[str, ...],
        *,
        client: str | None = None,
        reason: str | None = None,
    ) -> None:
        event = AuditEvent(kind=kind, at=self.clock(), actor=operator, subjects=subjects, client=client, reason=reason)
        work.audit.record(event)
