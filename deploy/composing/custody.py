"""The key store of these settings, apart from the rest of the world: who seals or verifies needs no database."""

import os
import secrets
from pathlib import Path

from deploy import clock
from deploy.reading import SettingsRefused
from deploy.settings import Settings
from trust.custody.key_store import KeyStore
from trust.keys.key import Purpose

# every purpose has a key before anything starts
FIRST_KEYS = (
    (Purpose.TOKEN, "ES256"),
    (Purpose.DATA, "A256GCM"),
    (Purpose.INDEX, "HS256"),
    (Purpose.PAIRWISE, "HS256"),
    (Purpose.RECEIPT, "ES256"),
)
MASTER_BYTES = 32


def key_file(settings: Settings) -> Path:
    """Where the keys lie; of all machines of one gateway it is the same file."""
    return settings.keys.file or settings.data_dir / "keys" / "keys.json"


def open_keys(settings: Settings, *, new: bool = False) -> KeyStore:
    """The key store, with a first key for every purpose.

    In production a file is made only when that is asked for (`new`). Who made another one in the place of a file that
    is lost, or not mounted, could open nothing of the database, and would know every person by another name.
    """
    folder = settings.data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = key_file(settings)
    make = settings.sandbox or new
    if not (make or file.exists()):
        raise SettingsRefused([f"keys.file: there is no {file}; a new gateway gets its own by `gba keys create`"])
    store = KeyStore.open(file, _master(settings, folder / "master.key"), make=make)
    for purpose, algorithm in FIRST_KEYS:
        store.ensure(purpose, algorithm, at=clock.now())
    return store


def _master(settings: Settings, own: Path) -> bytes:
    """The configured master key; in the sandbox one of its own, made on first start."""
    if settings.keys.master_file is not None:
        try:
            found = settings.keys.master_file.read_bytes()
        except OSError as problem:
            place = settings.keys.master_file
            raise SettingsRefused([f"keys.master_file: cannot read {place}: {problem.strerror}"]) from None
        return found.rstrip(b"\r\n") if found.isascii() else found  # random bytes may end in what ends a line of text
    assert settings.sandbox, "production settings without a master key do not load"
    if not own.exists():
        # whole before it has its name: of two processes that start together one makes it, and both read the same
        draft = own.with_name(f"{own.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_hex(MASTER_BYTES).encode())
        try:
            own.hardlink_to(draft)
        except FileExistsError:
            pass  # the other was first, and its key is as good
        finally:
            draft.unlink()
    return own.read_bytes().rstrip(b"\r\n")
