"""Open a snapshot of trust lists: each list by its reader; one that does not hold gives no anchors, and says why."""

from collections.abc import Callable, Mapping

from trust.anchors.snapshot import Anchor, Snapshot, from_lists, missing
from trust.anchors.trust_list import ListState, Standing, TrustList
from trust.errors import TrustListRefused
from trust.frozen import Frozen
from trust.ports.trust_lists import ListReader, SnapshotShelf

Signers = Callable[[str], tuple[bytes, ...]]  # territory → certificates under which its list is believed

# Reasons that speak of the signature; every other one speaks of the file
UNVERIFIED = frozenset(
    {
        "signature_invalid",
        "not_signed",
        "signature_misplaced",
        "identifiers_ambiguous",
        "references_unexpected",
        "transforms_unexpected",
        "no_signer_known",
    }
)


class OpenSnapshot(Frozen):
    """Opens the present snapshot, or a former one by its identity."""

    shelf: SnapshotShelf
    reader: ListReader
    signers: Signers
    expected: tuple[str, ...]  # territories that must have a list

    def __call__(self, identity: str | None = None, *, given: tuple[Anchor, ...] = ()) -> Snapshot:
        """The snapshot; never raises: what cannot be relied on is missing from it, and `failed` says why."""
        try:
            kept = self.shelf.find(identity) if identity else self.shelf.present()
        except TrustListRefused as refused:
            reason = refused.reason
            return from_lists((), tuple(missing(each, reason, ListState.UNREADABLE) for each in self.expected), given)
        found, failed = self._read(kept.lists if kept is not None else {})
        seen = {each.territory for each in found} | {each.territory for each in failed}
        absent = tuple(missing(territory) for territory in self.expected if territory not in seen)
        return from_lists(found, (*failed, *absent), given)

    def _read(self, lists: Mapping[str, bytes]) -> tuple[tuple[TrustList, ...], tuple[Standing, ...]]:
        found, failed = [], []
        for territory, content in sorted(lists.items()):
            try:
                listed = self.reader.read(content, self.signers(territory))
                if listed.territory != territory:
                    raise TrustListRefused("territory_differs")  # noqa: TRY301 - the same end as the reader's refusals
            except TrustListRefused as refused:
                failed.append(missing(territory, refused.reason, state_of(refused.reason)))
                continue
            found.append(listed)
        return tuple(found), tuple(failed)


def state_of(reason: str) -> ListState:
    """How a list stands that was refused for a reason."""
    return ListState.UNVERIFIED if reason in UNVERIFIED else ListState.UNREADABLE
