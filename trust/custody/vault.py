"""The vault: seals personal data at rest, and makes keyed look-ups of numbers that could be enumerated.

A sealed value is: one byte of form, four of key generation, twelve of nonce, then AES-256-GCM ciphertext and
tag. The context (which table, column and row it belongs to) is authenticated, so that a value copied from
one row to another does not open.
"""

import base64
import hashlib
import hmac
import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from trust.custody.key_store import KeyStore
from trust.custody.stored_key import StoredKey
from trust.errors import KeyUnavailable, SealBroken
from trust.keys.key import Purpose

FORM = 1
HEAD = struct.Struct(">BI")


class Vault:
    """Seals under the newest data key, opens under whichever key sealed."""

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._ciphers: dict[str, AESGCM] = {}

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """The value, readable again only here and only for this context."""
        key = self._keys.current(Purpose.DATA)
        head, nonce = HEAD.pack(FORM, key.generation), os.urandom(12)
        return head + nonce + self._cipher(key).encrypt(nonce, plain, head + context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """The value that was sealed for this context."""
        if len(sealed) < HEAD.size + 12 + 16:
            raise SealBroken("sealed_value_short")
        head, nonce, body = sealed[: HEAD.size], sealed[HEAD.size : HEAD.size + 12], sealed[HEAD.size + 12 :]
        form, generation = HEAD.unpack(head)
        if form != FORM:
            raise SealBroken("sealed_value_unknown_form")
        try:
            key = self._keys.of_generation(Purpose.DATA, generation)
            return self._cipher(key).decrypt(nonce, body, head + context.encode())
        except KeyUnavailable:
            raise SealBroken("sealed_value_key_gone") from None
        except InvalidTag:
            raise SealBroken("sealed_value_changed") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether it is sealed under the newest key; if not, re-seal it when there is time."""
        generation: int = HEAD.unpack(sealed[: HEAD.size])[1]
        return generation == self._keys.current(Purpose.DATA).generation

    def index(self, kind: str, value: str) -> str:
        """What to look a value up by: the same for the same value, and useless to who has no key."""
        return _index(self._keys.current(Purpose.INDEX).secret, kind, value)

    def indexes(self, kind: str, value: str) -> tuple[str, ...]:
        """The same under every usable key, newest first: for look-ups while the index key changes."""
        return tuple(_index(key.secret, kind, value) for key in reversed(self._keys.usable(Purpose.INDEX)))

    def _cipher(self, key: StoredKey) -> AESGCM:
        cipher = self._ciphers.get(key.kid)
        if cipher is None:
            cipher = self._ciphers[key.kid] = AESGCM(key.secret)
        return cipher


def _index(secret: bytes, kind: str, value: str) -> str:
    # the length of kind stands first, so that no two pairs can read the same
    message = f"{len(kind)}:{kind}{value}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, message, hashlib.sha256)).decode().rstrip("=")
