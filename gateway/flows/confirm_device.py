"""A person types the code that a device shows, sees who asks and where, and lets it happen or not (RFC 8628 §3.3).

Nobody is signed in on a device by a link alone: the code must be compared and confirmed (§5.4), guesses are counted
(§5.1), and the first browser that takes a code on keeps it.
"""

from datetime import datetime

from msgspec.structs import replace

from gateway.errors import StepRefused
from gateway.flows.equipment import cookie_hash
from gateway.flows.find_client import FindClient
from gateway.flows.issue_code import IssueCode, Refuse
from gateway.flows.stage_view import Answer, Asker, Next, Stay
from gateway.frozen import Frozen
from gateway.oidc import device_code
from gateway.oidc.authorization_response import AuthorizationResponse
from gateway.oidc.device_code import DeviceRequest
from gateway.oidc.permission import Permission
from gateway.ports.clock import Clock
from gateway.ports.person_steps import Missing, PersonSteps, SignInStarted
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork, Work

ALL = "all"


class DeviceAsks(Frozen):
    """What the page shows: the code to compare, who asks, where, and since when."""

    user_code: str
    asker: Asker
    place: str | None
    asked_at: datetime
    expires_at: datetime


class ConfirmDevice(Frozen):
    """`pages_url` is where the pages lie. Reasons of StepRefused: device_code_unknown, device_guesses_used_up."""

    open_work: OpenWork
    find_client: FindClient
    steps: PersonSteps
    issue: IssueCode
    refuse_request: Refuse
    clock: Clock
    pages_url: str

    def look(self, typed: str, browser: str) -> DeviceAsks:
        """Who asks with this code. Raises StepRefused."""
        at = self.clock()
        with self.open_work(write=True) as work:
            found = self._find(work, typed, browser, at)
            if found is not None:
                work.device_requests.looked(found.id)
            work.commit()
        if found is None:
            raise StepRefused("device_code_unknown")
        known = self.find_client(found.request.client)
        if known is None:
            raise StepRefused("device_code_unknown")
        client = known.client
        return DeviceAsks(
            user_code=device_code.shown(device_code.typed(typed) or ""),
            asker=Asker(
                client=client.id,
                agency=client.agency,
                names=client.names,
                purpose=client.purpose,
                region=client.region,
            ),
            place=found.place,
            asked_at=found.asked_at,
            expires_at=found.expires_at,
        )

    def agree(self, typed: str, browser: str, *, session: str | None, locale: str) -> Next:
        """On to the sign-in, or to the end where nothing is to be asked. Raises StepRefused."""
        found = self._take(typed, browser)
        page = f"{self.pages_url}/{locale}{device_code.PAGE}"
        request = replace(found.request, redirect_uri=page, ui_locales=(locale,))
        at = self.clock()
        with self.open_work(write=False) as work:
            step = self.steps.begin(request, browser=browser, session=session, work=work, at=at)
            if isinstance(step, SignInStarted):
                return Stay(sign_in=step.sign_in, locale=locale)
            work.begin_to_write()
            response: AuthorizationResponse
            if isinstance(step, Missing):
                response = self.refuse_request(request, step.code, step.reason, work=work)
            else:
                response = self.issue(request, step, work=work, at=at)
            self._tell(work, found, "device.confirmed", step)
            work.commit()
        return Answer(response=response, sign_in="")

    def refuse(self, typed: str, browser: str) -> None:
        """It is not this person who stands before the device. Raises StepRefused."""
        found = self._take(typed, browser)
        with self.open_work(write=True) as work:
            work.device_requests.refuse(found.id)
            self._tell(work, found, "device.refused", None)
            work.commit()

    def _take(self, typed: str, browser: str) -> DeviceRequest:
        at = self.clock()
        with self.open_work(write=True) as work:
            found = self._find(work, typed, browser, at)
            taken = found is not None and work.device_requests.claim(found.id, browser=cookie_hash(browser))
            work.commit()
        if found is None or not taken:
            raise StepRefused("device_code_unknown")
        return found

    def _find(self, work: Work, typed: str, browser: str, at: datetime) -> DeviceRequest | None:
        """The request, or None after one more wrong guess was counted."""
        who, store = cookie_hash(browser), work.device_requests
        if (
            store.wrong_guesses(who, at=at) >= device_code.GUESSES
            or store.wrong_guesses(ALL, at=at) >= device_code.GUESSES_OF_ALL
        ):
            raise StepRefused("device_guesses_used_up")
        code = device_code.typed(typed)
        found = None if code is None else store.by_user_code(code, at=at)
        mine = found is not None and found.browser in (None, who) and found.looks < device_code.MOST_LOOKS
        if not mine:
            # what cannot be a code is a slip of the finger, and tells a guesser nothing
            if code is not None:
                store.guessed_wrong(who, at=at, until=at + device_code.GUESS_WINDOW)
                store.guessed_wrong(ALL, at=at, until=at + device_code.WINDOW_OF_ALL)
            return None
        return found

    def _tell(self, work: Work, asked: DeviceRequest, kind: str, step: Permission | Missing | None) -> None:
        work.audit.record(
            AuditEvent(
                kind=kind,
                at=self.clock(),
                actor=step.account if isinstance(step, Permission) else "person",
                subjects=(asked.id,),
                client=asked.request.client,
                outcome="refused" if kind == "device.refused" or isinstance(step, Missing) else "done",
                reason=step.reason if isinstance(step, Missing) else None,
            )
        )
