"""Puts trust lists together: publishes what changed, opens what is relied on, refreshes what others publish."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from deploy import clock
from deploy.trust_lists import sources
from deploy.trust_lists.sources import HERE, TERRITORIES, RemoteList
from trust.anchors.snapshot import Anchor, Snapshot
from trust.anchors.trust_list import Pointer, TrustList
from trust.custody.key_store import KeyStore
from trust.custody.list_key import list_device, list_signers
from trust.custody.vault import Vault
from trust.errors import TrustListRefused
from trust.flows.open_snapshot import OpenSnapshot
from trust.frozen import Frozen
from trust.ports import Clock
from trust.ports.egress import Egress
from trust.trust_lists.files import XmlLists
from trust.trust_lists.remembered import RememberedLists
from trust.trust_lists.shelf import FolderShelf

if TYPE_CHECKING:
    from deploy.sandbox.pki.authorities import Authorities
    from trust.anchors.source import Source
    from trust.flows.refresh_trust_lists import Refreshed


class Outcome(Frozen):
    """What came of publishing one territory's list."""

    territory: str
    sequence: int
    published: bool
    source: "Source"


class TrustLists:
    """The trust lists of one data directory."""

    def __init__(
        self,
        data_dir: Path,
        keys: KeyStore,
        *,
        authorities: "Authorities | None" = None,
        folder: Path = HERE,
        now: Clock = clock.now,
    ) -> None:
        home = data_dir / "trust"
        self.shelf = FolderShelf(home / "snapshots")
        self.xml = XmlLists()
        self._remembered = RememberedLists(self.xml, folder=home / "remembered", vault=Vault(keys))
        self._certificates = home / "certificates"
        self._keys = keys
        self._folder = folder
        self._now = now
        self._pointers: tuple[str, tuple[Pointer, ...]] | None = None
        self._overlay = None
        if authorities is not None:
            from deploy.trust_lists.sandbox import SandboxOverlay  # noqa: PLC0415 - production has none

            self._overlay = SandboxOverlay(authorities)

    def source(self, territory: str) -> "Source":
        """The reviewed source of one territory. Raises SourceRefused."""
        return sources.read_source(self._folder / f"{territory}.toml", self._certificates, self._overlay)

    def remote(self) -> tuple[RemoteList, ...]:
        """Lists that others publish. Raises SourceRefused."""
        return sources.read_remote(self._folder / "remote.toml", self._certificates)

    def signers(self, territory: str) -> tuple[bytes, ...]:
        """Under which certificates a territory's list is believed; none, where who signs it cannot be told any more."""
        if territory in TERRITORIES:
            return list_signers(self._keys, territory)
        from trust.anchors.source import SourceRefused  # noqa: PLC0415 - most who open lists have none of others

        try:
            return self._others(territory)
        except SourceRefused:
            ring(territory, "signers_unreadable")
            return ()

    def _others(self, territory: str) -> tuple[bytes, ...]:
        named = tuple(der for place in self.remote() if place.territory == territory for der in place.signers)
        return named or tuple(der for each in self._followed() if each.territory == territory for der in each.signers)

    def _followed(self) -> tuple[Pointer, ...]:
        """Where the lists of lists in hand lead, of what is wanted of them."""
        try:
            present = self.shelf.present_name()
            if self._pointers is None or self._pointers[0] != present:
                kept = self._kept()
                found = [
                    pointer
                    for place in self.remote()
                    if place.follow and place.territory in kept
                    for pointer in self._remembered.read(kept[place.territory], place.signers).pointers
                    if pointer.territory in place.follow
                ]
                self._pointers = (present, tuple(found))
        except TrustListRefused:
            return ()  # who cannot be believed leads nowhere; that the list does not hold is told by itself
        return self._pointers[1]

    def publish(self, territories: tuple[str, ...] = TERRITORIES) -> tuple[Outcome, ...]:
        """Sign and keep the lists whose source changed or that run out; each is read back before it counts.

        Raises SourceRefused or TrustListRefused, and then nothing was kept.
        """
        with self.shelf.alone():
            return self._publish(territories)

    def _publish(self, territories: tuple[str, ...]) -> tuple[Outcome, ...]:
        from trust.flows.publish_trust_list import PublishTrustList  # noqa: PLC0415 - most who open lists write none

        at = self._now()
        wanted = {territory: self.source(territory) for territory in territories}
        kept = self._kept()
        outcomes = []
        flow = PublishTrustList(reader=self.xml, writer=self.xml)
        changed = False
        for territory, source in wanted.items():
            last = self._last(territory, kept.get(territory))
            device = list_device(self._keys, territory, operator=source.scheme.operator[0][1], at=at)
            issue = flow(source, device, at=at, last=last)
            if issue is not None:
                kept[territory], changed = issue.content, True
            sequence = issue.listed.sequence if issue is not None else last.sequence if last is not None else 0
            outcomes.append(Outcome(territory=territory, sequence=sequence, published=issue is not None, source=source))
        if changed:
            self.shelf.keep(kept)
        return tuple(outcomes)

    def snapshot(self, identity: str | None = None, *, given: tuple[Anchor, ...] = (), anew: bool = False) -> Snapshot:
        """The present snapshot, or a former one; never raises. `anew`: whatever was verified before."""
        reader = self.xml if anew else self._remembered
        flow = OpenSnapshot(shelf=self.shelf, reader=reader, signers=self.signers, expected=TERRITORIES)
        return flow(identity, given=given)

    def in_force(self, *, given: tuple[Anchor, ...] = ()) -> Snapshot:
        """What verdicts rest on. In the sandbox the lists follow its authorities; elsewhere an operator publishes."""
        found = self.snapshot(given=given)
        if self._overlay is not None and not self._follows_the_sandbox(found):
            self.publish()
            found = self.snapshot(given=given)
        return found

    def refresh(self, egress: Egress) -> "tuple[Refreshed, ...]":
        """Fetch the lists that others publish; the last good one stays where that fails, and an alarm is logged."""
        from trust.flows.refresh_trust_lists import Place, Refreshed, RefreshTrustLists  # noqa: PLC0415 - as above

        flow = RefreshTrustLists(shelf=self.shelf, reader=self.xml, alarm=ring, clock=self._now)

        def places(found: "Iterable[RemoteList | Pointer]") -> tuple[Place, ...]:
            return tuple(
                Place(territory=each.territory, fetch=partial(_fetch, egress, _address(each)), signers=each.signers)
                for each in found
            )

        remote = self.remote()
        with self.shelf.alone():
            outcomes = flow(places(remote))
            self._pointers = None
            followed = self._followed()
            # one place a territory: an operator may publish at several, and the first is as good as another
            first = {each.territory: each for each in reversed(followed)}
            outcomes += flow(places(first.values())) if first else ()
        for code in sorted({code for place in remote for code in place.follow} - first.keys()):
            ring(code, "not_pointed_at")
            outcomes += (Refreshed(territory=code, taken=False, problem="not_pointed_at"),)
        return outcomes

    def _follows_the_sandbox(self, found: Snapshot) -> bool:
        assert self._overlay is not None
        listed = {anchor.certificate for anchor in found.anchors}
        current = all(each.usable for each in found.standings(self._now()))
        return current and listed.issuperset(self._overlay.roots())

    def _kept(self) -> dict[str, bytes]:
        kept = self.shelf.present()
        return dict(kept.lists) if kept is not None else {}

    def _last(self, territory: str, content: bytes | None) -> TrustList | None:
        """The last issue. One that does not hold stops everything: numbers must not begin anew unnoticed."""
        if content is None:
            return None
        try:
            return self.xml.read(content, self.signers(territory))
        except TrustListRefused:
            ring(territory, "last_issue_does_not_hold")
            raise


class SnapshotInForce:
    """The snapshot in force, verified once and opened anew when another one is present."""

    def __init__(self, lists: TrustLists, *, given: tuple[Anchor, ...] = ()) -> None:
        self._lists = lists
        self._given = given
        self._seen: tuple[str, Snapshot] | None = None

    def __call__(self) -> Snapshot:
        """The snapshot; cheap to ask for."""
        try:
            named = self._lists.shelf.present_name()
        except TrustListRefused:
            return self._lists.snapshot(given=self._given)  # which says why for each list
        if self._seen is None or self._seen[0] != named:
            found = self._lists.snapshot(given=self._given)
            if any(each.reason == "snapshot_unreadable" for each in found.failed):
                return found  # the disk may be back at the next question
            self._seen = (named, found)
        return self._seen[1]


def ring(territory: str, reason: str) -> None:
    """An operator's alarm: an error in the log, with ids alone."""
    import logging  # noqa: PLC0415 - alarms are rare, and who verifies one file logs nothing else

    logging.getLogger(__name__).error("trust_list_alarm", extra={"region": territory, "reason": reason})


def _address(place: "RemoteList | Pointer") -> str:
    return place.address if isinstance(place, RemoteList) else place.location


def _fetch(egress: Egress, address: str) -> bytes:
    reply = egress("GET", address, headers={"Accept": "application/vnd.etsi.tsl+xml, application/xml"})
    if reply.status != 200:
        raise TrustListRefused("unreachable")
    return reply.body
