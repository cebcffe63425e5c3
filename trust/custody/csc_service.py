"""A service that keeps keys and signs digests with them (Cloud Signature Consortium API v2): what is said on the wire.

The service token comes by OAuth client credentials (§8.4.4) and is kept while it lives. Answers are bounded and read
strictly; a signature is checked under its certificate before anybody gets it.
"""

import base64
import binascii
import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from trust.custody.certified import Certified
from trust.errors import KeyUnavailable
from trust.frozen import Frozen, Hidden
from trust.ports.egress import Egress

SHA256_OID = "2.16.840.1.101.3.4.2.1"
SIGN_OIDS = {"sha256_ecdsa": "1.2.840.10045.4.3.2", "sha256_rsa": "1.2.840.113549.1.1.11"}
# what was typed or configured is not it (§11.6 and §11.10, and the words of version 1 of the API)
PIN_REFUSED = frozenset({"invalid_authentication_data", "invalid_otp", "invalid_pin"})
EARLY = timedelta(seconds=30)  # a token is not used in the last moments of its life
MOST_CERTIFICATES = 10
LONGEST = 16_384  # characters of a text
NO_CONTENT = 204


class CscPlace(Frozen):
    """Where the service is, and how we are known there."""

    service: str  # the base of the API, such as https://host/csc/v2
    client_id: str
    client_secret: Hidden[str]
    token_url: str = ""  # empty: oauth2/token below the base


class ServiceRefused(KeyUnavailable):
    """The service said no; `code` is the standard's word for why, if it gave one."""

    def __init__(self, code: str) -> None:
        super().__init__("key_service_refused")
        self.code = code


class CscService:
    """For threads."""

    def __init__(self, place: CscPlace, egress: Egress, clock: Callable[[], datetime]) -> None:
        self.place = place
        self._egress = egress
        self.clock = clock
        self._lock = threading.Lock()
        self._token: tuple[str, datetime] | None = None

    def url(self, what: str) -> str:
        """The address of a method."""
        return f"{self.place.service.rstrip('/')}/{what}"

    def ask(self, what: str, question: Mapping[str, object]) -> dict[str, Any]:
        """The answer to one method. Raises KeyUnavailable."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._bearer()}"}
        return self._send(self.url(what), headers, json.dumps(question).encode())

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint (§8.4.4)."""
        place = self.place
        basic = base64.b64encode(f"{place.client_id}:{place.client_secret}".encode()).decode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"}
        return self._send(place.token_url or self.url("oauth2/token"), headers, urlencode(form).encode())

    def info(self, credential: str) -> dict[str, Any]:
        """What there is to know of a credential (§11.5)."""
        return self.ask(
            "credentials/info",
            {"credentialID": credential, "certificates": "chain", "certInfo": False, "authInfo": True},
        )

    def certified(self, info: Mapping[str, Any]) -> Certified:
        """Its certificates, and how its key signs. Raises KeyUnavailable for one that we cannot use."""
        listed = info.get("cert")
        texts = listed.get("certificates") if isinstance(listed, dict) else None
        if not isinstance(texts, list) or not 0 < len(texts) <= MOST_CERTIFICATES:
            raise KeyUnavailable("seal_key_without_certificate")
        certified = Certified([_decoded(text) for text in texts])
        if certified.algorithm not in SIGN_OIDS:
            raise KeyUnavailable("seal_certificate_unfit")
        return certified

    def sign(self, credential: str, digest: bytes, activation: str, certified: Certified) -> bytes:
        """The signature value over a SHA-256 digest that this activation is for (§11.10)."""
        signed = self.ask(
            "signatures/signHash",
            {
                "credentialID": credential,
                "SAD": activation,
                "hashes": [base64.b64encode(digest).decode()],
                "hashAlgorithmOID": SHA256_OID,
                "signAlgo": SIGN_OIDS[certified.algorithm],
                "operationMode": "S",
            },
        )
        values = signed.get("signatures")
        if not isinstance(values, list) or len(values) != 1:
            raise KeyUnavailable("key_service_answers_wrong")
        return certified.check(digest, _der(_decoded(values[0]), certified.algorithm))

    def _bearer(self) -> str:
        now = self.clock()
        with self._lock:
            if self._token is not None and now < self._token[1]:
                return self._token[0]
        try:
            told = self.token({"grant_type": "client_credentials", "scope": "service"})
        except ServiceRefused as refused:  # us, whatever would have been asked
            raise KeyUnavailable(refused.reason) from None
        lives = told.get("expires_in", 0)
        token = text_in(told, "access_token")
        with self._lock:
            if isinstance(lives, int) and lives > 0:
                self._token = (token, now + timedelta(seconds=min(lives, 86_400)) - EARLY)
        return token

    def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        try:
            reply = self._egress("POST", url, headers=headers, body=body)
        except Exception:  # whichever way it failed, there is no answer
            raise KeyUnavailable("key_service_unreachable") from None
        if reply.status == NO_CONTENT:
            return {}
        told = _object(reply.body)
        if reply.status not in (200, 201):
            with self._lock:
                self._token = None
            code = told.get("error") if told is not None else None
            raise ServiceRefused(code if isinstance(code, str) else "")
        if told is None:
            raise KeyUnavailable("key_service_answers_wrong")
        return told


def text_in(told: Mapping[str, Any], name: str) -> str:
    """A text that must be there."""
    value = told.get(name)
    if not isinstance(value, str) or not 0 < len(value) < LONGEST:
        raise KeyUnavailable("key_service_answers_wrong")
    return value


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _decoded(text: object) -> bytes:
    try:
        return base64.b64decode(text if isinstance(text, str) else "", validate=True)
    except (binascii.Error, ValueError):
        raise KeyUnavailable("key_service_answers_wrong") from None


def _der(value: bytes, algorithm: str) -> bytes:
    """An ECDSA signature as CMS wants it; services give it so, or as two numbers of 32 bytes."""
    if algorithm == "sha256_ecdsa" and len(value) == 64:
        return encode_dss_signature(int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big"))
    return value
