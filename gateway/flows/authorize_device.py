"""A device asks for somebody to sign in elsewhere: a kiosk, a counter (RFC 8628 §3.1)."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec.structs import replace

from gateway.errors import RequestRefused
from gateway.flows.authenticate_client import AuthenticateClient
from gateway.flows.prove_key import ProveKey
from gateway.frozen import Frozen, Hidden
from gateway.oidc import device_code, request_checks
from gateway.oidc.device_code import DeviceRequest
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork

TRIES = 5  # for a code that nobody else reads from a screen at this moment
AGAIN_AFTER = 5  # seconds


class Asked(Frozen):
    """What the device gets: its own code, and what it shows."""

    device_code: Hidden[str]
    user_code: Hidden[str]
    page: str
    expires_in: int  # seconds
    interval: int


class AuthorizeDevice(Frozen):
    offer: Offer
    authenticate: AuthenticateClient
    prove_key: ProveKey
    open_work: OpenWork
    new_token: NewToken
    clock: Clock
    lifetime: timedelta
    interval: timedelta

    def __call__(self, form: Mapping[str, str], *, proof: str | None, certificate: str | None = None) -> Asked:
        """`proof` is the DPoP header: where there is one, only its key gets the tokens. `certificate` is the
        connection's. Raises RequestRefused.
        """
        client = self.authenticate(form, certificate=certificate)
        if device_code.GRANT_TYPE not in client.client.grant_types:
            raise RequestRefused("grant_type_not_allowed", code="unauthorized_client")
        key = self.prove_key(proof, method="POST", path=device_code.PATH)
        value, at = self.new_token(), self.clock()
        request = request_checks.read_of_device(
            form, client.client, self.offer, device=device_code.identify(value), page=self._page
        )
        asked = DeviceRequest(
            id=device_code.identify(value),
            request=replace(request, key=None if key is None else key.key),
            place=device_code.place(form.get("device_location")),
            interval=int(self.interval.total_seconds()),
            asked_at=at,
            expires_at=at + self.lifetime,
        )
        with self.open_work(write=True) as work:
            client.spend(work)
            if key is not None:
                key.spend(work)
            codes = (device_code.user_code(self.new_token()) for _ in range(TRIES))
            kept = next((code for code in codes if work.device_requests.keep(asked, user_code=code)), None)
            if kept is None:
                raise RequestRefused(
                    "device_codes_used_up", code="temporarily_unavailable", status=503, retry_after=AGAIN_AFTER
                )
            work.audit.record(
                AuditEvent(
                    kind="device.asked", at=at, actor=client.client.id, subjects=(asked.id,), client=client.client.id
                )
            )
            work.commit()
        return Asked(
            device_code=value,
            user_code=device_code.shown(kept),
            page=self._page,
            expires_in=int(self.lifetime.total_seconds()),
            interval=asked.interval,
        )

    @property
    def _page(self) -> str:
        return f"{self.offer.issuer}{device_code.PAGE}"
