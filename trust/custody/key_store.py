"""The key store: generate, find, attach certificates, and move keys through their life."""

import base64
import hashlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from trust.custody import key_file
from trust.custody.key_file import Entry, FileKeys
from trust.custody.key_ring import KeyRing
from trust.custody.stored_key import PrivateKey, StoredKey
from trust.errors import KeyStoreRefused, KeyUnavailable
from trust.keys.key import Purpose, State, objection, objection_to_change

RSA_BITS = {"RS256": 2048, "PS256": 2048, "RSA-2048": 2048, "RSA-3072": 3072}
BLINK = 0.01  # seconds for which the key file is not looked at again
SYMMETRIC = frozenset({"A256GCM", "HS256"})


class KeyStore:
    """Keys in one encrypted file, parsed once and read again when the file changes.

    Safe for threads and for several processes on one file: writers hold a lock and start from what is there.
    """

    def __init__(self, path: Path, master: bytes) -> None:
        if len(master) < key_file.SHORTEST_MASTER:
            raise KeyStoreRefused("master_too_short")
        self._path = path
        self._master = master
        self._lock = threading.RLock()
        self._seen: tuple[int, int, int] | None = None
        self._look_again_at = 0.0
        self._ring = KeyRing()
        self._loaded: dict[str, tuple[str, PrivateKey | bytes]] = {}

    @classmethod
    def open(cls, path: Path, master: bytes, *, make: bool = True) -> "KeyStore":
        """The store at this path, made empty if there is none and `make` allows it; refuses a wrong master at once."""
        store = cls(path, master)
        with key_file.alone(path):
            if make and not path.exists():
                key_file.write(path, key_file.fresh_keys(master), [])
        store.keys()
        return store

    def keys(self) -> tuple[StoredKey, ...]:
        """Every key, oldest first."""
        return self._present().keys

    def current(self, purpose: Purpose, *, algorithm: str | None = None, owner: str = "") -> StoredKey:
        """The newest key with which new things are made."""
        return self._present().current(purpose, algorithm, owner)

    def usable(self, purpose: Purpose, *, owner: str = "") -> tuple[StoredKey, ...]:
        """Keys to publish and to check with: every state but retired, oldest first."""
        return self._present().usable(purpose, owner)

    def of_generation(self, purpose: Purpose, generation: int, *, owner: str = "") -> StoredKey:
        """The key of a generation, retired or not: what was once sealed can always be opened."""
        try:
            return self._present().of_generation(purpose, generation, owner)
        except KeyUnavailable:
            self._look_again_at = 0.0  # another process may have sealed under it since the last blink
            return self._present().of_generation(purpose, generation, owner)

    def find(self, kid: str) -> StoredKey:
        """The key with this id."""
        for key in self.keys():
            if key.kid == kid:
                return key
        raise KeyUnavailable("no_such_key")

    def holding(self, private_key: PrivateKey) -> StoredKey | None:
        """This very key, if it is in custody, in whichever state."""
        kid = _kid(private_key)
        return next((key for key in self.keys() if key.kid == kid), None)

    def generate(
        self,
        purpose: Purpose,
        algorithm: str,
        *,
        at: datetime,
        owner: str = "",
        state: State = State.ACTIVE,
    ) -> StoredKey:
        """Make a key and keep it."""
        if problem := objection(purpose, algorithm):
            raise KeyUnavailable(problem)
        return self._keep(purpose, algorithm, _generate(algorithm), at=at, owner=owner, state=state)

    def ensure(self, purpose: Purpose, algorithm: str, *, at: datetime, owner: str = "") -> StoredKey:
        """The current key, generated first if there is none; two processes that start together make one."""
        if problem := objection(purpose, algorithm):
            raise KeyUnavailable(problem)
        material: PrivateKey | bytes | None = None
        try:
            return self.current(purpose, algorithm=algorithm, owner=owner)
        except KeyUnavailable:
            material = _generate(algorithm)
        return self._keep(purpose, algorithm, material, at=at, owner=owner, state=State.ACTIVE, unless_any=True)

    def admit(
        self,
        purpose: Purpose,
        algorithm: str,
        private_key: PrivateKey,
        *,
        at: datetime,
        owner: str = "",
        chain: Sequence[bytes] = (),
    ) -> StoredKey:
        """Keep a key that was made elsewhere, with its certificates; refuses one that is here already."""
        if problem := objection(purpose, algorithm):
            raise KeyUnavailable(problem)
        return self._keep(purpose, algorithm, private_key, at=at, owner=owner, state=State.ACTIVE, chain=chain)

    def set_state(self, kid: str, state: State, *, at: datetime) -> StoredKey:
        """Move a key along its life; refuses a step that its state does not allow."""

        def change(_: FileKeys, entries: list[Entry]) -> None:
            entry = _entry(entries, kid)
            if problem := objection_to_change(State(entry["state"]), state):
                raise KeyUnavailable(problem)
            entry["state"] = state.value
            entry["since"] = at.astimezone(UTC).isoformat()

        self._change(change)
        return self.find(kid)

    def attach(self, kid: str, chain: Sequence[bytes]) -> StoredKey:
        """Attach a certificate chain (DER, leaf first)."""

        def change(_: FileKeys, entries: list[Entry]) -> None:
            _entry(entries, kid)["chain"] = [base64.b64encode(der).decode() for der in chain]

        self._change(change)
        return self.find(kid)

    def _present(self) -> KeyRing:
        """The file as it is now, or was a blink ago: a rotation needs no restart, and one request one look at most."""
        now = time.monotonic()
        if now >= self._look_again_at:
            self._look()
            self._look_again_at = now + BLINK
        return self._ring

    def _look(self) -> None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            raise KeyStoreRefused("key_file_missing") from None
        mark = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if mark != self._seen:
            with self._lock:
                file_keys, entries = key_file.read(self._path, self._master)
                self._ring = KeyRing(self._load(file_keys, entry) for entry in entries)
                self._seen = mark

    def _keep(
        self,
        purpose: Purpose,
        algorithm: str,
        material: PrivateKey | bytes,
        *,
        at: datetime,
        owner: str,
        state: State,
        chain: Sequence[bytes] = (),
        unless_any: bool = False,
    ) -> StoredKey:
        kept = ""

        def change(file_keys: FileKeys, entries: list[Entry]) -> None:
            nonlocal kept
            kid = _kid(material)
            if any(e["kid"] == kid for e in entries):
                raise KeyUnavailable("key_in_custody")  # two entries of one key would be two lives of it
            same = [e for e in entries if e["purpose"] == purpose.value and e["owner"] == owner]
            alike = [e for e in same if e["algorithm"] == algorithm and e["state"] == State.ACTIVE.value]
            if unless_any and alike:
                kept = alike[-1]["kid"]
                return
            entry: Entry = {
                "kid": kid,
                "purpose": purpose.value,
                "algorithm": algorithm,
                "owner": owner,
                "generation": max((int(e["generation"]) for e in same), default=0) + 1,
                "state": state.value,
                "created_at": at.astimezone(UTC).isoformat(),
                "chain": [base64.b64encode(der).decode() for der in chain],
            }
            entry["secret"] = file_keys.encrypt(entry, _bytes(material))
            entries.append(entry)
            kept = entry["kid"]

        self._change(change)
        return self.find(kept)

    def _change(self, change: Callable[[FileKeys, list[Entry]], None]) -> None:
        with self._lock, key_file.alone(self._path):
            file_keys, entries = key_file.read(self._path, self._master)
            change(file_keys, entries)
            key_file.write(self._path, file_keys, entries)
            self._look_again_at = 0.0

    def _load(self, file_keys: FileKeys, entry: Entry) -> StoredKey:
        kid = str(entry["kid"])
        # Loading an RSA key checks its consistency, which costs more than signing with it: once is enough.
        known = self._loaded.get(kid)
        if known is None or known[0] != entry["secret"]:
            known = (entry["secret"], _material(entry["algorithm"], file_keys.decrypt(entry)))
            self._loaded[kid] = known
        return StoredKey(
            kid=kid,
            purpose=Purpose(entry["purpose"]),
            algorithm=entry["algorithm"],
            owner=entry["owner"],
            generation=int(entry["generation"]),
            state=State(entry["state"]),
            created_at=datetime.fromisoformat(entry["created_at"]),
            since=datetime.fromisoformat(entry.get("since") or entry["created_at"]),
            chain=tuple(base64.b64decode(text) for text in entry["chain"]),
            material=known[1],
        )


def _entry(entries: list[Entry], kid: str) -> Entry:
    for entry in entries:
        if entry["kid"] == kid:
            return entry
    raise KeyUnavailable("no_such_key")


def _generate(algorithm: str) -> PrivateKey | bytes:
    if algorithm in SYMMETRIC:
        return os.urandom(32)
    if algorithm in RSA_BITS:
        return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS[algorithm])
    if algorithm == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def _material(algorithm: str, secret: bytes) -> PrivateKey | bytes:
    if algorithm in SYMMETRIC:
        return secret
    key = load_der_private_key(secret, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey):
        raise KeyStoreRefused("key_entry_changed")
    return key


def _bytes(material: PrivateKey | bytes) -> bytes:
    if isinstance(material, bytes):
        return material
    return material.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _kid(material: PrivateKey | bytes) -> str:
    """A name that says nothing: of the public key for key pairs, random for secrets."""
    if isinstance(material, bytes):
        return base64.urlsafe_b64encode(os.urandom(12)).decode()
    public = material.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(public).digest()[:12]).decode()
