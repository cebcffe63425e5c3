"""Simulated eSignCloud: keys that a trust service keeps, by the API of the Cloud Signature Consortium (v2).

One credential is the seal of the Macao sandbox; the others are residents' own (signature_holders.py). What the real
service asks for beyond the standard is not public, so nothing more is invented here.
"""

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from flask import Blueprint, Response, request

from deploy.sandbox.pki.authorities import Authorities
from deploy.sandbox.signature_holders import Holders, Refused

PATH = "/mo/esign/csc/v2"
CLIENT, SECRET, CREDENTIAL, PIN = "sandbox-gateway", "sandbox-gateway-secret", "seal", "135790"  # known to everybody
LIVES = timedelta(minutes=10)
MOST_SIGNATURES = 1

Answer = tuple[int, dict[str, Any]]


def _object(body: bytes) -> dict[str, Any]:
    asked = json.loads(body)
    if not isinstance(asked, dict):
        raise Refused("invalid_request")
    return asked


class SignatureService:
    """The service's answers; for a web server or in process alike."""

    def __init__(self, authorities: Authorities, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.holders = Holders(authorities, clock)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._chain = authorities.enrol("MO", "Macao Sandbox Cloud Seal", self._key.public_key())
        self._tokens: dict[str, datetime] = {}
        self._activations: dict[str, tuple[datetime, tuple[str, ...]]] = {}

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Status and JSON."""
        of_the_seal: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "credentials/info": self._info,
            "credentials/authorize": self._authorize,
            "signatures/signHash": self._sign,
        }
        what = path.partition("/csc/v2/")[2]
        try:
            if method == "POST" and what == "oauth2/token":
                return 200, self._token(headers.get("Authorization", ""), body)
            if method != "POST" or what not in {*of_the_seal, *self.holders.verbs}:
                return 404, {"error": "not_found"}
            self._known(headers.get("Authorization", ""))
            asked = _object(body)
            ours = asked.get("credentialID") == CREDENTIAL and what in of_the_seal
            told = of_the_seal[what](asked) if ours else self.holders.verbs[what](asked)
        except Refused as refused:
            return (401 if str(refused) == "invalid_token" else 400), {"error": str(refused)}
        except ValueError:
            return 400, {"error": "invalid_request"}
        return (200, told) if told is not None else (204, {})

    def blueprint(self) -> Blueprint:
        """Everything below /mo/esign."""
        service = Blueprint("signature_service", __name__)

        @service.post("/csc/v2/<path:what>")
        def answer(what: str) -> Response:
            status, told = self.answer(
                "POST", f"/csc/v2/{what}", dict(request.headers.items()), request.get_data(cache=False)
            )
            return Response(json.dumps(told) if told else b"", status, content_type="application/json")

        service.add_url_rule("/csc/v2/oauth2/authorize", "release", self.holders.release, methods=["GET"])
        service.add_url_rule("/released", "released", self.holders.released, methods=["POST"])
        service.add_url_rule("/phone", "phone", self.holders.phone, methods=["GET"])
        return service

    def _token(self, authorization: str, body: bytes) -> dict[str, Any]:
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if not secrets.compare_digest(authorization, expected):
            raise Refused("invalid_client")
        form = {name: values[-1] for name, values in parse_qs(body.decode("ascii", "replace")).items()}
        if form.get("grant_type") == "authorization_code":
            return {"access_token": self.holders.redeem(form), "token_type": "SAD", "expires_in": 60}
        if form.get("grant_type") != "client_credentials":
            raise Refused("unsupported_grant_type")
        token = secrets.token_urlsafe(24)
        self._tokens[token] = self._clock() + LIVES
        return {"access_token": token, "token_type": "Bearer", "expires_in": int(LIVES.total_seconds())}

    def _known(self, authorization: str) -> None:
        until = self._tokens.get(authorization.removeprefix("Bearer "))
        if until is None or until < self._clock():
            raise Refused("invalid_token")

    def _info(self, asked: dict[str, Any]) -> dict[str, Any]:
        listed = self._chain if asked.get("certificates") == "chain" else self._chain[:1]
        return {
            "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256, "curve": "1.2.840.10045.3.1.7"},
            "cert": {"status": "valid", "certificates": [base64.b64encode(der).decode() for der in listed]},
            "auth": {"mode": "explicit", "expression": "PIN", "objects": [{"type": "Password", "id": "PIN"}]},
            "SCAL": "2",
            "multisign": MOST_SIGNATURES,
        }

    def _authorize(self, asked: dict[str, Any]) -> dict[str, Any]:
        given = {one.get("id"): one.get("value") for one in asked.get("authData", ()) if isinstance(one, dict)}
        if given.get("PIN") != PIN:
            raise Refused("invalid_pin")
        hashed = asked.get("hashes")
        if not isinstance(hashed, list) or len(hashed) != asked.get("numSignatures") or len(hashed) > MOST_SIGNATURES:
            raise Refused("invalid_request")
        activation = secrets.token_urlsafe(24)
        self._activations[activation] = (self._clock() + timedelta(minutes=1), tuple(map(str, hashed)))
        return {"SAD": activation, "expiresIn": 60}

    def _sign(self, asked: dict[str, Any]) -> dict[str, Any]:
        until, hashed = self._activations.pop(str(asked.get("SAD")), (self._clock(), ()))
        if until <= self._clock() or list(hashed) != asked.get("hashes"):
            raise Refused("invalid_sad")
        made = [
            self._key.sign(base64.b64decode(each, validate=True), ec.ECDSA(Prehashed(hashes.SHA256())))
            for each in hashed
        ]
        return {"signatures": [base64.b64encode(value).decode() for value in made]}
