"""The wire of simulated iAM Smart: signed headers, content key, sealed answers, callbacks."""

import json
import secrets
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import request

from deploy.sandbox.registration import Secrets
from deploy.sandbox.shelf import Shelf
from gateway.regions.hongkong import content, signing
from gateway.settings import RsaPadding

SUCCESS = "D00000"
# The public sources name these for keys; what the platform says of other faults is not public.
KEY_GONE, CONTENT_UNREADABLE, REFUSED = "M30002", "M30003", "D40004"
WINDOW = timedelta(minutes=5)
KEY_LIVES = timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)
PADDING: RsaPadding = "oaep-sha256"

Reply = tuple[dict[str, object], int]
# the message → the answer's content, or the return code of a refusal
Work = Callable[[Mapping[str, Any]], dict[str, object] | str]


class Wire:
    """What every message of the platform goes through."""

    def __init__(self, held: Secrets, clock: Callable[[], datetime]) -> None:
        # our own file, and only the public half is used: the costly check of the private one can be spared
        private = load_pem_private_key(
            held.hongkong_encipherment_key.encode(), password=None, unsafe_skip_rsa_key_validation=True
        )
        assert isinstance(private, RSAPrivateKey)
        self._public: RSAPublicKey = private.public_key()
        self._held = held
        self._clock = clock
        self._nonces: Shelf[bool] = Shelf(clock, lives=WINDOW * 2)
        self._lock = threading.Lock()
        self._key: tuple[bytes, datetime] | None = None

    def key_answer(self) -> Reply:
        """The content key, under the service's encipherment key; the one answer that is not sealed itself."""
        if self._unsigned(request.get_data()):
            return envelope(REFUSED)
        with self._lock:
            if self._key is None or self._clock() >= self._key[1]:
                self._key = (secrets.token_bytes(content.KEY_LENGTH), self._clock() + KEY_LIVES)
            key, until = self._key
        told = {
            "secretKey": content.wrap(key, self._public, PADDING),
            "pubKey": "1",
            "issueAt": signing.milliseconds(until - KEY_LIVES),
            "expiresIn": KEY_LIVES // MILLISECOND,
        }
        return envelope(SUCCESS, told)

    def answered(self, work: Work) -> Reply:
        """Check the signature, open the content, do the work, seal the answer."""
        body = request.get_data()
        if self._unsigned(body):
            return envelope(REFUSED)
        held = self._key
        if held is None or self._clock() >= held[1]:
            return envelope(KEY_GONE)
        try:
            message = json.loads(content.unseal(json.loads(body)["content"], held[0]))
        except (content.ContentRefused, ValueError, KeyError, TypeError):
            return envelope(CONTENT_UNREADABLE)
        answer = work(message) if isinstance(message, dict) else REFUSED
        if isinstance(answer, str):
            return envelope(answer)
        return envelope(SUCCESS, _sealed(answer, held[0]))

    def callback(self, code: str, message: Mapping[str, object]) -> bytes:
        """The body of a callback, under a key of its own."""
        key = secrets.token_bytes(content.KEY_LENGTH)
        wrapped = content.wrap(key, self._public, PADDING)
        return _text({**envelope(code, _sealed(message, key))[0], "secretKey": wrapped})

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers of a callback, as of now."""
        return signing.headers(
            client_id=self._held.hongkong_client,
            secret=self._held.hongkong_secret,
            at=self._clock(),
            nonce=str(uuid.uuid4()),
            body=body,
        )

    def _unsigned(self, body: bytes) -> bool:
        headers = {name.lower(): value for name, value in request.headers.items()}
        problem = signing.objection(
            headers,
            body,
            client_id=self._held.hongkong_client,
            secret=self._held.hongkong_secret,
            at=self._clock(),
            window=WINDOW,
        )
        nonce = headers.get("nonce", "")
        if problem or self._nonces.get(nonce):
            return True
        self._nonces.put(True, nonce)
        return False


def envelope(code: str, inner: object = None) -> Reply:
    """The outer form of every answer."""
    outer: dict[str, object] = {"txID": str(uuid.uuid4()), "code": code, "message": ""}
    return (outer if inner is None else outer | {"content": inner}), 200


def _sealed(message: Mapping[str, object], key: bytes) -> str:
    return content.seal(_text(message), key, iv=secrets.token_bytes(content.IV_LENGTH))


def _text(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
