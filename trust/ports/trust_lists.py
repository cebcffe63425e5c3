"""What keeping trust lists needs: somebody who reads and writes them, a place for snapshots, a bell."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from trust.anchors.trust_list import TrustList
from trust.frozen import Frozen, Hidden

if TYPE_CHECKING:
    from trust.ports.sealing import SigningDevice


class ListReader(Protocol):
    """Verifies and reads a list's bytes."""

    def read(self, data: bytes, signers: tuple[bytes, ...], *, at: datetime | None = None) -> TrustList:
        """The list, signed by one of these certificates; valid at the moment, or else when the list was issued.

        Raises TrustListRefused.
        """
        ...


class ListWriter(Protocol):
    """Writes and signs a list."""

    def write(self, wanted: TrustList, device: "SigningDevice") -> bytes:
        """Its bytes, signed as of its date of issue."""
        ...


class Kept(Frozen):
    """A snapshot as it lies on the shelf."""

    id: str
    lists: Hidden[Mapping[str, bytes]]  # territory → signed bytes


class SnapshotShelf(Protocol):
    """Keeps snapshots for ever, each under its identity; one of them is the present one."""

    def present(self) -> Kept | None:
        """The present snapshot; None before there is any. Raises TrustListRefused where it was changed."""
        ...

    def find(self, identity: str) -> Kept:
        """The snapshot of this identity. Raises TrustListRefused where there is none, or it was changed."""
        ...

    def keep(self, lists: Mapping[str, bytes]) -> Kept:
        """Keep these lists as the present snapshot."""
        ...


class Alarm(Protocol):
    """Calls an operator."""

    def __call__(self, territory: str, reason: str) -> None:
        """Something about this territory's list needs a person."""
        ...
