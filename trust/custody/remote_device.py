"""A seal key that a trust service keeps (Cloud Signature Consortium API v2): only digests leave.

1. `credentials/info` once: certificates, and which algorithm the key signs with.
2. For each signature `credentials/authorize` with the digest itself (SCAL 2), then `signatures/signHash` with the
   activation data it gives; each is used once.

What eSignTrust's eSignCloud asks for beyond this is not public: addresses, credential and PIN are configuration.
"""

import base64
import threading

from trust.custody.certified import Certified
from trust.custody.csc_service import PIN_REFUSED, SHA256_OID, CscService, ServiceRefused, text_in
from trust.errors import KeyUnavailable
from trust.frozen import Frozen, Hidden

EXPLICIT_PIN = "PIN"  # the id of the authentication object, as the specification's own examples have it


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
        self._certified: Certified | None = None
        self._pin_refused = False

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
        return self._service.sign(self._place.credential, digest, self._activation(digest), certified)

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
        with self._lock:
            if self._certified is not None:
                return self._certified
        certified = self._service.certified(self._service.info(self._place.credential))
        with self._lock:
            self._certified = certified
        return certified
