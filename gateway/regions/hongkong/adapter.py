"""The connector to iAM Smart: the only place that speaks to it.

A sign-in is one leg: getQR, code, getToken. A profile or a step-up is a second: initiateRequest, the person answers in
the app, and the platform posts the answer here, whenever the browser comes back.
"""

import hmac
import json
import secrets
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec.structs import replace

from gateway.errors import AssertionRejected, PersonDeclined, RegionError, RegionUnavailable
from gateway.identity.assertion import RegionAssertion
from gateway.identity.region import Region as RegionCode
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.ports.regions import Arrival, Arrived, Callback, Delivery, Errand, Leave, Trip, Wait
from gateway.regions import upstream
from gateway.regions.hongkong import content, messages, signing
from gateway.regions.values import is_text
from gateway.settings import HongKongSettings

Given = TypeVar("Given")
Read = TypeVar("Read")

# what the person is asked for after signing in, and the kind of callback that answers
_SECOND_LEGS = {Errand.IDENTIFY: "profile", Errand.CONFIRM: "stepup"}
_METHODS = {Errand.CONFIRM: "iamsmart_step_up"}


class HongKong:
    """Implements the Region port."""

    def __init__(self, settings: HongKongSettings, *, egress: Egress, clock: Clock) -> None:
        key = load_pem_private_key(settings.encipherment_key.encode(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("encipherment_key: expected an RSA key")  # noqa: TRY004 - read by the settings' checks
        self._settings = settings
        self._unwrapping = key
        self._egress = egress
        self._clock = clock
        self._keys = threading.Lock()
        self._content_key: tuple[bytes, datetime] | None = None

    @property
    def code(self) -> RegionCode:
        return RegionCode.HONG_KONG

    @property
    def asks_to_depart(self) -> bool:
        return False

    def depart(self, trip: Trip) -> Leave:
        """To the page with the QR code."""
        scope = self._settings.scope if trip.errand is Errand.IDENTIFY else self._settings.scope.split()[0]
        return Leave(url=self._qr_url(trip, scope=scope), memory={"leg": "sign_in"})

    def arrive(self, callback: Callback, trip: Trip) -> Arrival:
        """Back from signing in, or from the second leg."""
        query = callback.query
        if not hmac.compare_digest(query.get("state", "").encode(), trip.state.encode()):
            raise self._rejected("state_wrong")
        if error := query.get("error_code"):
            raise self._failure(error)
        if trip.memory.get("leg") == "request":
            return self.resume(trip)
        if not (code := query.get("code")):
            raise self._rejected("code_missing")
        token = self._token(code)
        memory = {"leg": "request", "subject": token.open_id, "at": self._clock().isoformat(), "version": token.changed}
        if trip.errand not in _SECOND_LEGS:
            return self._arrived(replace(trip, memory=memory))
        return self._ask(trip, token, memory)

    def receive(self, kind: str, headers: Mapping[str, str], body: bytes) -> Delivery:
        """A callback of the platform: signed by the shared secret, encrypted under a key of its own."""
        if kind not in _SECOND_LEGS.values() or len(body) > messages.LONGEST:
            raise self._rejected("callback_unknown")
        problem = signing.objection(
            headers,
            body,
            client_id=self._settings.client_id,
            secret=self._settings.client_secret,
            at=self._clock(),
            window=self._settings.clock_window,
        )
        if problem:
            raise self._rejected(problem)
        try:
            envelope = messages.read_envelope(body)
            key = content.unwrap(envelope.secret_key, self._unwrapping, self._settings.rsa_padding)
            answer = messages.read_object(content.unseal(envelope.content, key))
        except (messages.AnswerRefused, content.ContentRefused) as refused:
            raise self._rejected(str(refused)) from None
        state = answer.get("state") or answer.get("businessID")
        if not is_text(state, longest=64) or not state:
            raise self._rejected("state_missing")
        return Delivery(state=state, memory={"answered": kind, "code": envelope.code, "answer": json.dumps(answer)})

    def resume(self, trip: Trip) -> Arrival:
        """The assertion, if the callback has been; otherwise keep waiting."""
        if "answer" not in trip.memory:
            return Wait(poll_after=self._settings.poll_after, memory=trip.memory)
        if trip.memory.get("answered") != _SECOND_LEGS.get(trip.errand) or "subject" not in trip.memory:
            raise self._rejected("callback_unexpected")
        if (code := trip.memory.get("code", "")) != messages.SUCCESS:
            raise self._failure(code)
        return self._arrived(trip)

    def _arrived(self, trip: Trip) -> Arrived:
        memory = trip.memory
        try:
            answer = messages.read_object(memory.get("answer", "{}").encode())
            attributes = messages.read_profile(answer) if trip.errand is Errand.IDENTIFY else None
        except messages.AnswerRefused as refused:
            raise self._rejected(str(refused)) from None
        return Arrived(
            assertion=RegionAssertion(
                region=self.code,
                issuer=self._settings.issuer,
                subject=memory["subject"],
                method=_METHODS.get(trip.errand, "iamsmart"),
                authenticated_at=datetime.fromisoformat(memory["at"]),
                attributes=attributes,
                version=memory.get("version") or None,
            )
        )

    def _token(self, code: str) -> messages.Token:
        answer = self._post("/auth/getToken", {"code": code, "grantType": "authorization_code"})
        return self._read(messages.read_token, answer)

    def _ask(self, trip: Trip, token: messages.Token, memory: Mapping[str, str]) -> Arrival:
        request = messages.initiate_request(
            business_id=trip.state,
            token=token,
            source=messages.source_of(trip.user_agent),
            redirect_uri=self._settings.redirect_uri,
            state=trip.state,
        )
        if trip.errand is Errand.IDENTIFY:
            request |= messages.profile_fields()
        path = self._settings.profile_path if trip.errand is Errand.IDENTIFY else self._settings.step_up_path
        initiated = self._read(messages.read_initiated, self._post(path, request))
        if initiated.by_qr:
            scope = self._settings.scope if trip.errand is Errand.IDENTIFY else self._settings.scope.split()[0]
            return Leave(url=self._qr_url(trip, scope=scope, ticket=initiated.ticket), memory=memory)
        return Wait(poll_after=self._settings.poll_after, memory=memory)

    def _qr_url(self, trip: Trip, *, scope: str, ticket: str = "") -> str:
        return messages.qr_url(
            api_base=self._settings.api_base,
            client_id=self._settings.client_id,
            scope=scope,
            redirect_uri=self._settings.redirect_uri,
            state=trip.state,
            source=messages.source_of(trip.user_agent),
            locale=trip.locale,
            ticket=ticket,
        )

    def ask(self, path: str, message: Mapping[str, object]) -> dict[str, Any]:
        """Another of the platform's requests, sent and answered under the content key."""
        return self._post(path, message)

    def _post(self, path: str, message: Mapping[str, object]) -> dict[str, Any]:
        """Send under the content key; when the platform no longer knows that key, fetch a new one, once."""
        dropped = None
        for _ in range(2):
            key = self._current_key(dropped=dropped)
            sealed = content.seal(messages.to_bytes(message), key, iv=secrets.token_bytes(content.IV_LENGTH))
            envelope = self._send(path, messages.to_bytes({"content": sealed}))
            if envelope.code not in messages.KEYS_STALE:
                break
            dropped = key
        if envelope.code != messages.SUCCESS:
            raise self._failure(envelope.code)
        try:
            return messages.read_object(content.unseal(envelope.content, key))
        except (messages.AnswerRefused, content.ContentRefused) as refused:
            raise self._rejected(str(refused)) from None

    def _send(self, path: str, body: bytes) -> messages.Envelope:
        return self._read(messages.read_envelope, self._deliver(path, body, self._signed(body)))

    def _deliver(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        url = f"{self._settings.api_base}{path}"
        return upstream.send(self._egress, self.code, "POST", url, headers=headers, body=body).body

    def _signed(self, body: bytes) -> dict[str, str]:
        return signing.headers(
            client_id=self._settings.client_id,
            secret=self._settings.client_secret,
            at=self._clock(),
            nonce=str(uuid.uuid4()),
            body=body,
        )

    def _current_key(self, *, dropped: bytes | None) -> bytes:
        """The key in use, which another request may have fetched since the platform dropped the one named."""
        with self._keys:
            held = self._content_key
            if held is not None and held[0] != dropped and self._clock() < held[1]:
                return held[0]
            code, answer = self._read(messages.read_key_reply, self._get_key())
            if code != messages.SUCCESS:
                raise RegionUnavailable("key_refused", region=self.code)
            fetched = self._read(messages.read_content_key, answer)
            try:
                key = content.unwrap(fetched.wrapped, self._unwrapping, self._settings.rsa_padding)
            except content.ContentRefused as refused:
                raise self._rejected(str(refused)) from None
            self._content_key = (key, fetched.expires_at)
            return key

    def _get_key(self) -> bytes:
        """The one message that is not under a content key; two readings of its form exist, so it is a setting."""
        if self._settings.get_key_body == "empty_object":
            return self._deliver("/security/getKey", b"{}", self._signed(b"{}"))
        values = self._signed(b"")
        kind = values.pop("Content-Type")
        return self._deliver("/security/getKey", messages.to_bytes(values), {"Content-Type": kind})

    def _read(self, reader: Callable[[Given], Read], given: Given) -> Read:
        try:
            return reader(given)
        except messages.AnswerRefused as refused:
            raise self._rejected(str(refused)) from None

    def _failure(self, code: str) -> RegionError:
        if declined := messages.DECLINED.get(code):
            return PersonDeclined(declined, region=self.code)
        if code in messages.KEYS_STALE:
            return RegionUnavailable("key_refused", region=self.code)
        return self._rejected("return_code_unexpected")

    def _rejected(self, reason: str) -> AssertionRejected:
        return AssertionRejected(reason, region=self.code)
