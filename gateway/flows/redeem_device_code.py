"""Give a device its tokens, once its person has allowed that; until then say how things stand (RFC 8628 §3.4, §3.5)."""

from collections.abc import Mapping

from gateway.errors import RequestRefused
from gateway.flows.answer_token_request import Caller, Tokens
from gateway.flows.exchange import Exchange
from gateway.frozen import Frozen
from gateway.oidc import device_code
from gateway.oidc.device_code import DeviceRequest, Poll
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork
from gateway.settings import LONGEST_CODE_LIFE

# What counts as asking: everything else ends it, so that how often makes no difference.
ASKS_AGAIN = frozenset({"device_answer_pending", "device_polls_too_often"})


class RedeemDeviceCode(Frozen):
    """The answer is a code like any other, opened and exchanged here: one device code makes one grant."""

    open_work: OpenWork
    exchange: Exchange
    clock: Clock

    def __call__(self, form: Mapping[str, str], caller: Caller) -> Tokens:
        """Raises RequestRefused."""
        value, at = form.get("device_code"), self.clock()
        if value is None:
            raise RequestRefused("device_code_missing")
        with self.open_work(write=False) as work:
            asked = work.device_requests.find(device_code.identify(value))
        if asked is None:
            raise RequestRefused("device_code_unknown", code="invalid_grant")
        poll = Poll(client=caller.client.client.id, key=caller.thumbprint, at=at)
        if problem := device_code.objection(asked, poll):
            self._wait(asked, poll, problem, caller)
            raise RequestRefused(problem, code=device_code.CODES.get(problem, "invalid_grant"))
        assert asked.answer is not None
        code = self.exchange.open(asked.answer)
        # for no longer than the grant's row, which tells that a code was used, is there for certain
        if at >= code.expires_at + self.exchange.mint.access_token_lifetime - LONGEST_CODE_LIFE:
            self._wait(asked, poll, "device_code_expired", caller)
            raise RequestRefused("device_code_expired", code="expired_token")
        return self.exchange.give(code, caller, problem=None, at=at)

    def _wait(self, asked: DeviceRequest, poll: Poll, problem: str, caller: Caller) -> None:
        with self.open_work(write=True) as work:
            caller.spend(work)
            if problem in ASKS_AGAIN:
                slower_by = device_code.SLOWER_BY if problem == "device_polls_too_often" else 0
                work.device_requests.polled(asked.id, at=poll.at, slower_by=slower_by)
            work.commit()
