"""A seal key that a trust service keeps (Cloud Signature Consortium API v2): only digests leave.

1. A service token by OAuth client credentials (§8.4.3 of the API), kept while it lives.
2. `credentials/info` once: certificates, and which algorithm the key signs with.
3. For each signature `credentials/authorize` with the digest itself (SCAL 2), then `signatures/signHash` with the
   activation data it gives; each is used once.

What eSignTrust's eSignCloud asks for beyond this is not public: addresses, credential and PIN are configuration.
"""

import base64
import binascii
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from trust.custody.certified import Certified
from trust.errors import KeyUnavailable
from trust.ports.egress import Egress

SHA256_OID = "2.16.840.1.101.3.4.2.1"
SIGN_OIDS = {"sha256_ecdsa": "1.2.840.10045.4.3.2", "sha256_rsa": "1.2.840.113549.1.1.11"}
EARLY = timedelta(seconds=30)  # a token is not used in the last moments of its life
MOST_CERTIFICATES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteKey:
    """Which credential of which service, and how we are known there."""

    service: str  # the base of the API, such as https://host/csc/v2
    client_id: str
    client_secret: str = field(repr=False)
    credential: str
    pin: str = field(default="", repr=False)  # empty: the service asks for none
    token_url: str = ""  # empty: oauth2/token below the base


class RemoteDevice:
    """Satisfies the SigningDevice port; for threads."""

    def __init__(self, place: RemoteKey, egress: Egress, clock: Callable[[], datetime]) -> None:
        self._place = place
        self._egress = egress
        self._clock = clock
        self._lock = threading.Lock()
        self._token: tuple[str, datetime] | None = None
        self._certified: Certified | None = None

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Its certificate and those above it."""
        return self._known().chain

    @property
    def signature_algorithm(self) -> str:
        """By the kind of key."""
        return self._known().algorithm

    def sign(self, digest: bytes) -> bytes:
        """The signature value over a SHA-256 digest."""
        certified = self._known()
        hashed = base64.b64encode(digest).decode()
        authorised = self._ask(
            "credentials/authorize",
            {
                "credentialID": self._place.credential,
                "numSignatures": 1,
                "hashes": [hashed],
                "hashAlgorithmOID": SHA256_OID,
                **({"authData": [{"id": "PIN", "value": self._place.pin}]} if self._place.pin else {}),
            },
        )
        signed = self._ask(
            "signatures/signHash",
            {
                "credentialID": self._place.credential,
                "SAD": _text(authorised, "SAD"),
                "hashes": [hashed],
                "hashAlgorithmOID": SHA256_OID,
                "signAlgo": SIGN_OIDS[certified.algorithm],
                "operationMode": "S",
            },
        )
        values = signed.get("signatures")
        if not isinstance(values, list) or len(values) != 1:
            raise KeyUnavailable("key_service_answers_wrong")
        return certified.check(digest, _der(_decoded(values[0]), certified.algorithm))

    def _known(self) -> Certified:
        with self._lock:
            if self._certified is not None:
                return self._certified
        told = self._ask(
            "credentials/info",
            {"credentialID": self._place.credential, "certificates": "chain", "certInfo": False, "authInfo": True},
        )
        listed = told.get("cert")
        texts = listed.get("certificates") if isinstance(listed, dict) else None
        if not isinstance(texts, list) or not 0 < len(texts) <= MOST_CERTIFICATES:
            raise KeyUnavailable("seal_key_without_certificate")
        certified = Certified([_decoded(text) for text in texts])
        if certified.algorithm not in SIGN_OIDS:
            raise KeyUnavailable("seal_certificate_unfit")
        with self._lock:
            self._certified = certified
        return certified

    def _ask(self, what: str, question: Mapping[str, object]) -> dict[str, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._bearer()}"}
        return self._send(f"{self._place.service.rstrip('/')}/{what}", headers, json.dumps(question).encode())

    def _bearer(self) -> str:
        now = self._clock()
        with self._lock:
            if self._token is not None and now < self._token[1]:
                return self._token[0]
        place = self._place
        basic = base64.b64encode(f"{place.client_id}:{place.client_secret}".encode()).decode()
        told = self._send(
            place.token_url or f"{place.service.rstrip('/')}/oauth2/token",
            {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {basic}"},
            urlencode({"grant_type": "client_credentials", "scope": "service"}).encode(),
        )
        lives = told.get("expires_in", 0)
        token = _text(told, "access_token")
        with self._lock:
            if isinstance(lives, int) and lives > 0:
                self._token = (token, now + timedelta(seconds=min(lives, 86_400)) - EARLY)
        return token

    def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        try:
            reply = self._egress("POST", url, headers=headers, body=body)
        except Exception:  # whichever way it failed, there is no answer
            raise KeyUnavailable("key_service_unreachable") from None
        if reply.status != 200:
            with self._lock:
                self._token = None
            raise KeyUnavailable("key_service_refused")
        try:
            told = json.loads(reply.body)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise KeyUnavailable("key_service_answers_wrong")
        return told


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not 0 < len(value) < 16_384:
        raise KeyUnavailable("key_service_answers_wrong")
    return value


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
