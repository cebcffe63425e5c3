"""Refresh trust lists: fetch, verify, and take only what may follow; otherwise keep the last good one, and say so."""

from collections.abc import Callable, Iterable

from trust.anchors.trust_list import ListState, TrustList, objection_to_successor, standing
from trust.errors import TrustListRefused
from trust.frozen import Frozen
from trust.ports import Clock
from trust.ports.trust_lists import Alarm, Kept, ListReader, SnapshotShelf

Fetch = Callable[[], bytes]  # raises, whatever the reason, when the list could not be had


class Place(Frozen):
    """Where a territory's list is published, and by whom it must be signed."""

    territory: str
    fetch: Fetch
    signers: tuple[bytes, ...]


class Refreshed(Frozen):
    """What came of one place."""

    territory: str
    taken: bool  # a newer issue was taken
    problem: str = ""  # why the last good one was kept
    sequence: int | None = None


class RefreshTrustLists(Frozen):
    """Takes newer issues into a new snapshot; the old snapshot stays on the shelf."""

    shelf: SnapshotShelf
    reader: ListReader
    alarm: Alarm
    clock: Clock

    def __call__(self, places: Iterable[Place]) -> tuple[Refreshed, ...]:
        """What came of each place; rings for each that failed. Safe to run twice."""
        kept = self._present()
        lists = dict(kept.lists) if kept is not None else {}
        outcomes = []
        for place in places:
            outcome, content = self._one(place, lists.get(place.territory))
            if content is not None:
                lists[place.territory] = content
            if outcome.problem:
                self.alarm(place.territory, outcome.problem)
            outcomes.append(outcome)
        if any(outcome.taken for outcome in outcomes):
            self.shelf.keep(lists)
        return tuple(outcomes)

    def _present(self) -> Kept | None:
        try:
            return self.shelf.present()
        except TrustListRefused as refused:
            self.alarm("", refused.reason)
            return None

    def _one(self, place: Place, before: bytes | None) -> tuple[Refreshed, bytes | None]:
        last = self._last(place, before)
        sequence = last.sequence if last is not None else None
        try:
            content = place.fetch()
        except Exception:  # whichever way it failed, the last good list stays
            return Refreshed(territory=place.territory, taken=False, problem="unreachable", sequence=sequence), None
        try:
            found = self._checked(place, content, last)
        except TrustListRefused as refused:
            return Refreshed(territory=place.territory, taken=False, problem=refused.reason, sequence=sequence), None
        if content == before:
            return Refreshed(territory=place.territory, taken=False, sequence=sequence), None
        return Refreshed(territory=place.territory, taken=True, sequence=found.sequence), content

    def _checked(self, place: Place, content: bytes, last: TrustList | None) -> TrustList:
        now = self.clock()
        found = self.reader.read(content, place.signers, at=now)
        if found.territory != place.territory:
            raise TrustListRefused("territory_differs")
        stands = standing(found, now)
        if stands.state is not ListState.CURRENT:  # one from the future is a mistake, or somebody's trick
            raise TrustListRefused(f"list_{stands.state}")
        if last is not None and (problem := objection_to_successor(last, found)):
            raise TrustListRefused(problem)
        return found

    def _last(self, place: Place, before: bytes | None) -> TrustList | None:
        """The last good list; one whose signer is believed no more binds nobody."""
        if before is None:
            return None
        try:
            return self.reader.read(before, place.signers)
        except TrustListRefused:
            return None
