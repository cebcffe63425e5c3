"""Simulated face comparison: a signed request in, a signed result out, and no camera anywhere."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from deploy.sandbox import desk
from deploy.sandbox.registration import Secrets
from deploy.sandbox.shelf import Shelf
from deploy.sandbox.signing_key import SigningKey

PAGE_LIVES = timedelta(minutes=10)
OUTCOMES = ("passed", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    state: str
    nonce: str
    application: str
    language: str


class FaceCheck:
    """One service with one registered client: the gateway."""

    def __init__(self, held: Secrets, *, gateway_url: str, sandbox_url: str, clock: Callable[[], datetime]) -> None:
        self._held = held
        self._clock = clock
        self._issuer = f"{sandbox_url}/check"
        self._redirect_uri = f"{gateway_url}/regions/check/callback"
        self._key = SigningKey(held.check_service_key)
        self._client_key = SigningKey(held.check_client_key)
        self._asked: Shelf[Asked] = Shelf(clock, lives=PAGE_LIVES)

    def blueprint(self) -> Blueprint:
        """Everything below /check."""
        pages = Blueprint("face_check", __name__)
        pages.add_url_rule("/jwks", "jwks", self.jwks)
        pages.add_url_rule("/start", "start", self.start)
        pages.add_url_rule("/answer", "answer", self.answer, methods=["POST"])
        return pages

    def jwks(self) -> ResponseReturnValue:
        """The service's keys."""
        return jsonify(self._key.published())

    def start(self) -> Response:
        """The page; only for a request that the gateway signed for this service, just now (RFC 9101)."""
        claims = self._client_key.verified(request.args.get("request", "")) or {}
        until = claims.get("exp")
        if (
            request.args.get("client_id") != self._held.check_client
            or claims.get("iss") != self._held.check_client
            or claims.get("aud") != self._issuer
            or claims.get("redirect_uri") != self._redirect_uri
            or not isinstance(until, int)
            or self._clock().timestamp() >= until
        ):
            return desk.gone("check")
        asked = Asked(
            state=str(claims.get("state", "")),
            nonce=str(claims.get("nonce", "")),
            application=str(claims.get("application", "")),
            language=str(claims.get("ui_locales", "")),
        )
        return desk.show(
            "check",
            party="check",
            asked_language=asked.language,
            application=asked.application,
            action="/check/answer",
            transaction=self._asked.put(asked),
        )

    def answer(self) -> Response:
        """How the comparison came out."""
        asked = self._asked.take(request.form.get("transaction", ""))
        if asked is None:
            return desk.gone("check")
        outcome = request.form.get("answer", "")
        if outcome not in OUTCOMES:
            error = "timed_out" if outcome == desk.TIME_OUT else "access_denied"
            return desk.back(self._redirect_uri, {"error": error, "state": asked.state})
        now = int(self._clock().timestamp())
        result = self._key.sign(
            {
                "iss": self._issuer,
                "aud": self._held.check_client,
                "iat": now,
                "exp": now + 300,
                "nonce": asked.nonce,
                "application": asked.application,
                "outcome": outcome,
                "reference": f"SBX-{secrets.token_hex(8)}",
            }
        )
        return desk.back(self._redirect_uri, {"result": result, "state": asked.state})
