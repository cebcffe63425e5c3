"""Whom we trust, frozen and named: every verdict cites the snapshot it rests on."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec.structs import replace

from trust.anchors.certificate import issued, public_key
from trust.anchors.trust_list import ListState, Period, Standing, TrustList, standing, status_at
from trust.anchors.vocabulary import IN_FORCE, Kind
from trust.frozen import Frozen, Hidden


class Anchor(Frozen):
    """A root that a territory's list names, or that somebody gave by hand."""

    territory: str  # HK, MO, CN-44, or empty for one given by hand
    entry: str  # its name in the list
    certificate: Hidden[bytes]  # DER
    history: tuple[Period, ...] = ()  # newest first; none for one given by hand

    @property
    def digest(self) -> str:
        """Of the certificate."""
        return hashlib.sha256(self.certificate).hexdigest()

    def stands(self, at: datetime) -> bool:
        """Whether it was in force at the moment; one given by hand always is."""
        return not self.history or status_at(self.history, at) in IN_FORCE


class Snapshot(Frozen):
    """An unchangeable set of anchors, and the lists that they come from.

    The identity rests on what was put in, never on the moment: `as_of` withholds the anchors of lists that are not
    current, and keeps the name.
    """

    anchors: tuple[Anchor, ...]
    lists: Hidden[tuple[TrustList, ...]] = ()
    intermediates: Hidden[tuple[bytes, ...]] = ()  # issuing authorities listed, for building paths
    only_stamps: Hidden[frozenset[bytes]] = frozenset()  # certificates of keys listed for timestamps and nothing else
    failed: tuple[Standing, ...] = ()  # lists that could not be loaded: they give no anchors
    name: str = ""  # set by `as_of`
    withheld: tuple[Anchor, ...] = ()  # set by `as_of`: of lists that are out of date; nothing rests on them

    @property
    def id(self) -> str:
        """The same for the same anchors and lists, whatever their order."""
        if self.name:
            return self.name
        listed = {found.territory for found in self.lists}
        given = [anchor for anchor in self.anchors if anchor.territory not in listed]
        return identity(
            {found.territory: found.digest for found in self.lists},
            [f"{anchor.territory}|{anchor.entry}|{anchor.digest}" for anchor in given],
        )

    def of(self, certificate: bytes) -> Anchor | None:
        """The anchor that this certificate is."""
        return next((anchor for anchor in self.anchors if anchor.certificate == certificate), None)

    def standings(self, at: datetime) -> tuple[Standing, ...]:
        """How each list stands at a moment."""
        found = (*(standing(each, at) for each in self.lists), *self.failed)
        return tuple(sorted(found, key=lambda each: each.territory))

    def as_of(self, at: datetime) -> "Snapshot":
        """What may be relied on when somebody verifies at this moment: nothing from a list that is not current."""
        current = {each.territory for each in self.standings(at) if each.usable}
        listed = {each.territory for each in self.lists}
        kept = tuple(anchor for anchor in self.anchors if anchor.territory not in listed or anchor.territory in current)
        withheld = tuple(anchor for anchor in self.anchors if anchor not in kept)
        return replace(self, anchors=kept, withheld=withheld, name=self.id)

    def anchors_at(self, signing: datetime) -> tuple[Anchor, ...]:
        """The anchors that were in force when something was signed; those given by hand always are."""
        return tuple(anchor for anchor in self.anchors if anchor.stands(signing))

    def vouches_for_signers(self, anchor: Anchor) -> bool:
        """Whether an anchor is one for more than timestamps; one given by hand always is."""
        return not anchor.territory or anchor.certificate not in self.only_stamps

    def closed_at(self, signing: datetime) -> tuple[bytes, ...]:
        """Certificates of services that a list named at the moment, and none as in force: a root that stands does not
        speak for an authority or a timestamp unit below it whose own status was taken away.
        """
        named: dict[bytes, bool] = {}
        for service in (service for found in self.lists for service in found.services()):
            if service.kind is not Kind.OTHER and (status := service.status(signing)) is not None:
                for der in service.certificates:
                    named[der] = named.get(der, False) or status in IN_FORCE
        return tuple(der for der, in_force in named.items() if not in_force)


def identity(lists: Mapping[str, str], given: Iterable[str] = ()) -> str:
    """What names a snapshot: the digests of its lists, and the anchors given besides."""
    lines = sorted(given) + sorted(f"list|{territory}|{digest}" for territory, digest in lists.items())
    return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()


def from_lists(
    lists: tuple[TrustList, ...], failed: tuple[Standing, ...] = (), given: tuple[Anchor, ...] = ()
) -> Snapshot:
    """A snapshot of verified lists, and of anchors given by hand."""
    anchors = tuple(anchor for found in lists for anchor in _anchors(found))
    issuing = tuple(
        der
        for found in lists
        for service in found.services()
        if service.kind is Kind.ISSUING
        for der in service.certificates
    )
    return Snapshot(
        anchors=(*anchors, *given),
        lists=lists,
        intermediates=issuing,
        only_stamps=only_for_stamps(lists),
        failed=failed,
    )


def only_for_stamps(lists: tuple[TrustList, ...]) -> frozenset[bytes]:
    """Certificates of the keys that lists name for timestamps, and none of them for anything else."""
    services = [service for found in lists for service in found.services() if service.kind is not Kind.OTHER]
    stamping = {der for service in services if service.kind is Kind.TIMESTAMPS for der in service.certificates}
    if not stamping:
        return frozenset()
    signing = {der for service in services if service.kind is not Kind.TIMESTAMPS for der in service.certificates}
    keys = {public_key(der) for der in signing}
    return frozenset(der for der in stamping if public_key(der) not in keys)


def missing(territory: str, reason: str = "no_list", state: ListState = ListState.MISSING) -> Standing:
    """How a territory stands whose list could not be had."""
    return Standing(territory=territory, state=state, reason=reason)


def _anchors(found: TrustList) -> Iterator[Anchor]:
    """Roots; and other authorities and timestamp units of which the list names no root (as lists of the Union do)."""
    roots = [der for service in found.services() if service.kind is Kind.ROOT for der in service.certificates]
    for service in found.services():
        if service.kind is Kind.OTHER:
            continue
        for der in service.certificates:
            if service.kind is Kind.ROOT or not any(issued(der, root) for root in roots):
                yield Anchor(territory=found.territory, entry=service.id, certificate=der, history=service.history)
