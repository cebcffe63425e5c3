"""A seal key that a trust service keeps (Cloud Signature Consortium API v2): only digests leave.

1. `credentials/info`: certificates, and which algorithm the key signs with. Each hour anew, and after a signature that
   is not by that key, since services renew certificates and keys without a word.
2. For each signature `credentials/authorize` with the digest itself (SCAL 2), then `signatures/signHash` with the
   activation data it gives; each is used once.

What eSignTrust's eSignCloud asks for beyond this is not public: addresses, credential and PIN are configuration.
"""

import base64
import threading
from datetime import datetime, timedelta

from trust.custody.certified import SIGNATURE_WRONG, Certified
from trust.custody.csc_service import PIN_REFUSED, SHA256_OID, CscService, ServiceRefused, text_in
from trust.errors import KeyUnavailable
from trust.frozen import Frozen, Hidden

EXPLICIT_PIN = "PIN"  # the id of the authentication object, as the specification's own examples have it
KNOWN_FOR = timedelta(hours=1)  # certificates


class RemoteKey(Frozen):
    """Which credential of a service."""

    credential: str
    pin: Hidden[str] = ""  # empty: the service asks for none


class RemoteDevice:
    """Satisfies the SigningDevice port; for threads."""

    def __init__(self, place: RemoteKey, service: CscService) -> None:
        self._place = place
        self._service = service
        self._lock = threading.Lock()
        self._certified: tuple[Certified, datetime] | None = None
        self._pin_refused = False

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Its certificate and those above it."""
        return self._known().chain

    @property
    def signature_algorithm(self) -> str:
        """By the kind of key."""
        return self._known().algorithm

    def now(self) -> "RemoteSeal":
        """The device for one seal: the certificate that it begins with is the one that its signature is checked by."""
        return RemoteSeal(device=self, certified=self._known())

    def sign(self, digest: bytes) -> bytes:
        """The signature value over a SHA-256 digest."""
        return self.sign_under(self._known(), digest)

    def sign_under(self, certified: Certified, digest: bytes) -> bytes:
        """The same, by the key of this certificate."""
        try:
            return self._service.sign(self._place.credential, digest, self._activation(digest), certified)
        except KeyUnavailable as failed:
            if failed.reason == SIGNATURE_WRONG:
                with self._lock:
                    self._certified = None
            raise

    def _activation(self, digest: bytes) -> str:
        """What lets the key sign just this. A PIN that was refused is not tried again: services lock credentials."""
        place = self._place
        if self._pin_refused:
            raise KeyUnavailable("key_service_refused_pin")
        question = {
            "credentialID": place.credential,
            "numSignatures": 1,
            "hashes": [base64.b64encode(digest).decode()],
            "hashAlgorithmOID": SHA256_OID,
            **({"authData": [{"id": EXPLICIT_PIN, "value": place.pin}]} if place.pin else {}),
        }
        try:
            return text_in(self._service.ask("credentials/authorize", question), "SAD")
        except ServiceRefused as refused:
            if refused.code not in PIN_REFUSED:
                raise
            self._pin_refused = True
            raise KeyUnavailable("key_service_refused_pin") from None

    def _known(self) -> Certified:
        at = self._service.clock()
        with self._lock:
            if self._certified is not None and at < self._certified[1] + KNOWN_FOR:
                return self._certified[0]
        certified = self._service.certified(self._service.info(self._place.credential))
        with self._lock:
            self._certified = (certified, at)
        return certified


class RemoteSeal(Frozen):
    """Satisfies the SigningDevice port, for one seal."""

    device: RemoteDevice
    certified: Certified

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Its certificate and those above it."""
        return self.certified.chain

    @property
    def signature_algorithm(self) -> str:
        """By the kind of key."""
        return self.certified.algorithm

    def sign(self, digest: bytes) -> bytes:
        """The signature value over a SHA-256 digest."""
        return self.device.sign_under(self.certified, digest)
