"""A seal key in a hardware token (PKCS#11 v2.40): one session for all signatures, opened when first needed.

1. The PIN is tried once: a token locks itself after a few wrong ones, and a service that tries again would do that.
   The last try that a token says it has left is no process's to take: many of them may have tried once.
2. A session that has gone (token taken out, device restarted) is opened anew, once for each signature; one in which
   anything failed is not used again.
3. Only digests go in; every signature is checked under the certificate before it comes out.
"""

import threading
from collections.abc import Sequence
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag
from pkcs11 import exceptions as failures

from trust.custody.certified import Certified
from trust.errors import KeyUnavailable
from trust.frozen import Frozen, Hidden

# RFC 8017 §9.2: a DigestInfo of SHA-256, up to the digest itself
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
LAST_TRY = TokenFlag.USER_PIN_FINAL_TRY | TokenFlag.USER_PIN_LOCKED
PIN_REFUSED = (
    failures.PinIncorrect,
    failures.PinLocked,
    failures.PinExpired,
    failures.PinInvalid,
    failures.PinLenRange,
)
GONE = (
    failures.SessionHandleInvalid,
    failures.SessionClosed,
    failures.DeviceRemoved,
    failures.DeviceError,
    failures.TokenNotPresent,
    failures.UserNotLoggedIn,
    failures.KeyHandleInvalid,
    failures.ObjectHandleInvalid,
    failures.GeneralError,
)


class TokenKey(Frozen):
    """Which key of which token."""

    module: str  # path of the maker's library
    token: str  # the token's label
    key: str  # the key's label
    pin: Hidden[str]


class TokenDevice:
    """Satisfies the SigningDevice port; for threads."""

    def __init__(self, place: TokenKey, chain: Sequence[bytes] = ()) -> None:
        self._place = place
        self._given = tuple(chain)
        self._lock = threading.Lock()
        self._session: Any = None
        self._key: Any = None
        self._certified: Certified | None = None
        self._pin_refused = False

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Its certificate and those above it."""
        return self._opened().chain

    @property
    def signature_algorithm(self) -> str:
        """By the kind of key."""
        return self._opened().algorithm

    def sign(self, digest: bytes) -> bytes:
        """The signature value over a SHA-256 digest; over the message itself with Ed25519."""
        certified = self._opened()
        with self._lock:
            try:
                made = self._signed(certified.algorithm, digest)
            except failures.PKCS11Error:
                self._end()
                raise KeyUnavailable("key_device_failed") from None
        return certified.check(digest, made)

    def close(self) -> None:
        """End the session."""
        with self._lock:
            self._end()

    def _signed(self, algorithm: str, digest: bytes) -> bytes:
        try:
            return self._sign(algorithm, digest)
        except GONE:
            self._end()
            return self._sign(algorithm, digest)

    def _sign(self, algorithm: str, digest: bytes) -> bytes:
        if self._key is None:  # it ended for another thread while this one waited
            self._open()
        if algorithm == "sha256_rsa":
            return bytes(self._key.sign(DIGEST_INFO + digest, mechanism=Mechanism.RSA_PKCS))
        if algorithm == "ed25519":
            return bytes(self._key.sign(digest, mechanism=Mechanism.EDDSA))
        both = bytes(self._key.sign(digest, mechanism=Mechanism.ECDSA))
        half = len(both) // 2
        return encode_dss_signature(int.from_bytes(both[:half], "big"), int.from_bytes(both[half:], "big"))

    def _opened(self) -> Certified:
        with self._lock:
            if self._key is None:
                self._open()
            if self._certified is None:
                try:
                    self._certified = Certified(self._given or self._own_certificate())
                except KeyUnavailable:
                    self._end()
                    raise
            return self._certified

    def _open(self) -> None:
        place = self._place
        if self._pin_refused:
            raise KeyUnavailable("key_device_refused_pin")
        if not place.pin:
            raise KeyUnavailable("key_device_without_pin")  # an empty one would count as a wrong one
        try:
            library = pkcs11.lib(place.module)
            token = library.get_token(token_label=place.token)
            if token.flags & LAST_TRY:
                raise KeyUnavailable("key_device_pin_at_risk")
            try:
                self._session = token.open(user_pin=place.pin)
            except failures.UserAlreadyLoggedIn:  # by another key's session: it holds for this process (§5.6)
                self._session = token.open()
            self._key = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=place.key)
        except PIN_REFUSED:
            self._pin_refused = True
            raise KeyUnavailable("key_device_refused_pin") from None
        except (failures.NoSuchKey, failures.MultipleObjectsReturned):
            self._end()
            raise KeyUnavailable("key_device_without_key") from None
        except (failures.PKCS11Error, RuntimeError, OSError):
            self._end()
            raise KeyUnavailable("key_device_unreachable") from None
        if self._key.key_type not in (KeyType.RSA, KeyType.EC, KeyType.EC_EDWARDS):
            self._end()
            raise KeyUnavailable("seal_certificate_unfit")

    def _own_certificate(self) -> tuple[bytes, ...]:
        """The certificate that lies beside the key."""
        wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: self._place.key}
        try:
            return tuple(bytes(found[Attribute.VALUE]) for found in self._session.get_objects(wanted))[:1]
        except failures.PKCS11Error:
            raise KeyUnavailable("key_device_failed") from None

    def _end(self) -> None:
        session, self._session, self._key = self._session, None, None
        if session is not None:
            try:
                session.close()
            except failures.PKCS11Error:
                return
