"""What the provider rests on, faked: a clock that stands, a vault with one key, a journal, and partners' addresses."""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.ports.egress import EgressFailed, Reply
from gateway.ports.residents import AuditEvent
from tests.fakes.oidc_signer import Key

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Moment:
    """A clock that stands until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **much: float) -> None:
        self.now += timedelta(**much)


@dataclass
class FakeVault:
    """Implements gateway.ports.vault.Vault with one key."""

    key: bytes = field(default_factory=lambda: os.urandom(32))

    def seal(self, plain: bytes, *, context: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + AESGCM(self.key).encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        try:
            return AESGCM(self.key).decrypt(sealed[:12], sealed[12:], context.encode())
        except (InvalidTag, ValueError):
            raise ValueError("sealed_value_changed") from None

    def index(self, kind: str, value: str) -> str:
        return hmac.digest(self.key, f"{kind}:{value}".encode(), "sha256").hex()


@dataclass
class Journal:
    """Implements AuditTrail; forgets nothing, also what was rolled back."""

    events: list[AuditEvent] = field(default_factory=list)

    def record(self, event: AuditEvent) -> None:
        self.events.append(event)


@dataclass
class Partners:
    """Implements Egress: the addresses that partners publish at, and what they were told."""

    answers: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    told: list[tuple[str, bytes]] = field(default_factory=list)

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        self.asked.append(url)
        if url not in self.answers:
            raise EgressFailed("no_answer")
        if method == "POST":
            self.told.append((url, body))
        return self.answers[url]

    def publish(self, url: str, *keys: Key) -> None:
        listed = orjson.dumps({"keys": [key.jwk for key in keys]})
        self.answers[url] = Reply(status=200, headers={"content-type": "application/json"}, body=listed)
