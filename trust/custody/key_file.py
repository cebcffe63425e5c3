"""The encrypted key file: its form, its encryption, and how it is replaced without ever being half-written.

1. Each secret is encrypted by itself (AES-256-GCM); what is said about it openly is bound to it as AAD.
2. The whole file carries an HMAC, so that nobody without the master can change a state or drop an entry.
3. Both keys are derived from the master by HKDF with the file's own salt (RFC 5869).
4. A change is written beside the file and renamed over it; the file is readable by its owner alone. A link is followed
   first: what it leads to is changed and locked, for others may have come to it by another way.
"""

import base64
import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from trust.errors import KeyStoreRefused
from trust.frozen import Frozen, Hidden

FORM = "gba-keys/1"
LARGEST = 16 * 1024 * 1024
SHORTEST_MASTER = 32  # bytes: a key, not a pass-phrase

Entry = dict[str, Any]


class FileKeys(Frozen, kw_only=False):
    """The two keys of one file, derived from the master and the file's salt."""

    salt: Hidden[bytes]
    wrap: Hidden[bytes]
    authenticate: Hidden[bytes]

    @classmethod
    def derive(cls, master: bytes, salt: bytes) -> "FileKeys":
        """The keys for this salt."""
        both = HKDF(algorithm=hashes.SHA256(), length=64, salt=salt, info=FORM.encode()).derive(master)
        return cls(salt, both[:32], both[32:])

    def encrypt(self, entry: Entry, secret: bytes) -> str:
        """The secret, sealed to the lasting facts of its entry."""
        nonce = os.urandom(12)
        return _text(nonce + AESGCM(self.wrap).encrypt(nonce, secret, _lasting(entry)))

    def decrypt(self, entry: Entry) -> bytes:
        """The secret of an entry; refuses one that was moved or changed."""
        sealed = base64.b64decode(entry["secret"])
        try:
            return AESGCM(self.wrap).decrypt(sealed[:12], sealed[12:], _lasting(entry))
        except InvalidTag:
            raise KeyStoreRefused("key_entry_changed") from None


def read(path: Path, master: bytes) -> tuple[FileKeys, list[Entry]]:
    """The entries of the file, after its HMAC has been checked."""
    if path.stat().st_size > LARGEST:
        raise KeyStoreRefused("key_file_unreadable")
    try:
        outer = json.loads(path.read_bytes())
        salt, body, mac = base64.b64decode(outer["salt"]), outer["body"], base64.b64decode(outer["mac"])
        form = outer["form"]
    except (ValueError, KeyError, TypeError):
        raise KeyStoreRefused("key_file_unreadable") from None
    if form != FORM or not isinstance(body, str):
        raise KeyStoreRefused("key_file_unreadable")
    keys = FileKeys.derive(master, salt)
    if not hmac.compare_digest(mac, _mac(keys, body)):
        raise KeyStoreRefused("key_file_changed_or_wrong_master")
    entries: list[Entry] = json.loads(body)
    return keys, entries


def write(path: Path, keys: FileKeys, entries: list[Entry]) -> None:
    """Replace the file in one step; a crash leaves the old one or the new one."""
    import tempfile  # noqa: PLC0415 - most who open keys write none

    path = path.resolve()
    body = json.dumps(entries, separators=(",", ":"), sort_keys=True)
    outer = {"form": FORM, "salt": _text(keys.salt), "body": body, "mac": _text(_mac(keys, body))}
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".keys-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(outer, file)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        _settle(path.parent)  # a seal key's own file is destroyed next, and what is sealed now needs its key for ever
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def fresh_keys(master: bytes) -> FileKeys:
    """Keys for a new file."""
    return FileKeys.derive(master, os.urandom(16))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the file's lock: two processes never write over each other."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _settle(folder: Path) -> None:
    """What was named in a folder is there after the power failed."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lasting(entry: Entry) -> bytes:
    facts = [entry[name] for name in ("kid", "purpose", "algorithm", "owner", "generation")]
    return json.dumps(facts, separators=(",", ":")).encode()


def _mac(keys: FileKeys, body: str) -> bytes:
    return hmac.digest(keys.authenticate, body.encode(), hashlib.sha256)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
