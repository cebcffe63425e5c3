"""Lists that were verified before, so that who verifies one file need not verify every list first.

A list's verification rests on its bytes, on the certificates under which it is believed and on the code that reads it,
and on nothing else: not on the time, since a signer is examined as of the list's date of issue. So the outcome is
remembered under a digest of these three, and another byte, signer or version of the code finds nothing here. It is
sealed under that name with a key of the key store: nobody without the key can put words into a list's mouth. What is
missing, does not open or does not fit means that the list is read and verified anew; a refusal is never remembered.
"""

import contextlib
import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from trust.anchors import trust_list
from trust.anchors.trust_list import TrustList
from trust.errors import TrustError
from trust.ports.trust_lists import ListReader

CODE = (Path(__file__).parent, Path(trust_list.__file__).parent)
LIBRARIES = ("signxml", "lxml", "cryptography")
MOST = 200  # lists; the Union has about thirty


class Vault(Protocol):
    """Seals values under a name."""

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """The value, readable again only for this context."""
        ...

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """The value that was sealed for this context."""
        ...


class RememberedLists:
    """Satisfies the ListReader port: asks its memory first, then the reader."""

    def __init__(self, reader: ListReader, *, folder: Path, vault: Vault) -> None:
        self._reader = reader
        self._folder = folder
        self._vault = vault

    def read(self, data: bytes, signers: tuple[bytes, ...], *, at: datetime | None = None) -> TrustList:
        """The list that one of these certificates signed."""
        if at is not None or not self._code:
            return self._reader.read(data, signers, at=at)
        name = hashlib.sha256(b"".join(_digests((self._code.encode(), data, *signers)))).hexdigest()
        found = self._recalled(name)
        if found is None:
            found = self._reader.read(data, signers)
            self._keep(name, found)
        return found

    def _recalled(self, name: str) -> TrustList | None:
        from msgspec import DecodeError, msgpack  # noqa: PLC0415 - only where lists are remembered

        try:
            plain = self._vault.open((self._folder / name).read_bytes(), context=_context(name))
            return msgpack.decode(plain, type=TrustList)
        except (OSError, TrustError, DecodeError):
            return None

    def _keep(self, name: str, found: TrustList) -> None:
        from msgspec import msgpack  # noqa: PLC0415 - as above

        aside = self._folder / f".{secrets.token_hex(8)}"
        with contextlib.suppress(OSError, TrustError):  # the list holds all the same
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside.write_bytes(self._vault.seal(msgpack.encode(found), context=_context(name)))
            aside.replace(self._folder / name)
            self._forget_the_oldest()

    def _forget_the_oldest(self) -> None:
        kept = sorted(self._folder.iterdir(), key=lambda each: each.stat().st_mtime_ns, reverse=True)
        for each in kept[MOST:]:
            each.unlink(missing_ok=True)

    @cached_property
    def _code(self) -> str:
        """What names the code that reads lists; empty where that cannot be told, and nothing is remembered."""
        try:
            sources = [file.read_bytes() for folder in CODE for file in sorted(folder.glob("*.py"))]
            return hashlib.sha256(b"".join(_digests([*sources, *map(_version, LIBRARIES)]))).hexdigest()
        except (OSError, LookupError):
            return ""


def _version(library: str) -> bytes:
    """What pip calls the installed version of a library. Raises LookupError."""
    spec = find_spec(library)
    if spec is None or spec.origin is None:
        raise LookupError(library)
    for each in Path(spec.origin).parents[1].glob(f"{library}-*.dist-info"):
        return each.name.encode()
    raise LookupError(library)


def _digests(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Of one length each, so that no two sequences look alike when they are joined."""
    return (hashlib.sha256(part).digest() for part in parts)


def _context(name: str) -> str:
    return f"trust_list:{name}"
