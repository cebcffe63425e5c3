"""A territory's trusted list as a value: scheme, providers, services with their history (ETSI TS 119 612 §5).

Every question is asked "as of" a moment: a service stands by the status that it had then, and the list itself is
current only between its issue and its next update.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from trust.anchors.vocabulary import IN_FORCE, Kind
from trust.frozen import Frozen, Hidden

LARGEST = 32 * 1024 * 1024  # bytes of a signed list; the Union's largest has about 8 MB

Texts = tuple[tuple[str, str], ...]  # (language, text); English is always there (§5.1.4)


class Period(Frozen):
    """A status and when it began; it lasts until the next one."""

    status: str
    since: datetime


def status_at(history: tuple[Period, ...], at: datetime) -> str | None:
    """The status that a history, newest first, gives for a moment; None before it begins."""
    return next((period.status for period in history if period.since <= at), None)


class Recognition(Frozen):
    """One line of a mutual-recognition list: which certificates of a service another territory recognises, and when."""

    scheme: str
    certificate_type: str  # the type name that the certificate carries
    policy_prefix: str  # object identifier without its last nodes
    version_nodes: int = 3  # how many nodes follow the prefix: year, version, release
    policy_exact: str = ""  # where one version is demanded
    root: str  # id of the root's entry
    since: datetime
    until: datetime | None = None
    legal_basis: str
    source: str  # address of the authority's own list
    source_digest: str = ""  # of what was read there
    reviewer: str = ""
    reviewed_on: date | None = None

    def covers(self, at: datetime) -> bool:
        """Whether the recognition was in force at the moment."""
        return self.since <= at and (self.until is None or at < self.until)


class Service(Frozen):
    """A service: an authority's key, and how it stood over time."""

    id: str
    names: Texts
    kind: Kind
    type_uri: str
    certificates: Hidden[tuple[bytes, ...]] = ()  # DER, all of one key (§5.5.3); empty: not supplied
    history: tuple[Period, ...]  # newest first; the first is the current status
    recognitions: tuple[Recognition, ...] = ()

    def status(self, at: datetime) -> str | None:
        """Its status at the moment; None before it was listed."""
        return status_at(self.history, at)

    def stands(self, at: datetime) -> bool:
        """Whether it was in force at the moment."""
        return self.status(at) in IN_FORCE


class Address(Frozen):
    """Where an operator or a provider is reached (§5.3.5, §5.4.3)."""

    street: str
    locality: str
    country: str
    electronic: tuple[str, ...]  # mailto: and https:


class Provider(Frozen):
    """Who offers services."""

    names: Texts
    trade_names: Texts = ()
    address: Address
    information: str  # address of a page
    services: tuple[Service, ...]


class Scheme(Frozen):
    """Who publishes a list, and under which rules."""

    operator: Texts
    address: Address
    name: Texts
    information: str
    legal_notice: Texts
    type_uri: str
    determination: str
    rules: tuple[str, ...]


class Pointer(Frozen):
    """Where a list of lists says that another list is, and whose signature to believe there (§5.3.13)."""

    territory: str
    location: str
    signers: Hidden[tuple[bytes, ...]] = ()  # certificates, DER


class TrustList(Frozen):
    """One issue of a list."""

    territory: str
    sequence: int
    issued_at: datetime
    next_update: datetime | None  # None: closed (§5.3.15); nothing new will come, so it is never current
    scheme: Scheme
    providers: tuple[Provider, ...]
    digest: str = ""  # of the signed bytes; empty until there are any
    pointers: tuple[Pointer, ...] = ()

    def services(self) -> Iterator[Service]:
        """Every service of every provider."""
        for provider in self.providers:
            yield from provider.services

    def service(self, entry: str) -> Service | None:
        """The service with this id."""
        return next((service for service in self.services() if service.id == entry), None)


class ListState(StrEnum):
    """How a territory's list stands at the moment that is asked about."""

    CURRENT = "current"
    EXPIRED = "expired"  # past its next update
    NOT_YET = "not_yet"  # issued later; its history knows that moment
    UNVERIFIED = "unverified"  # its signature does not hold
    UNREADABLE = "unreadable"  # not a trusted list
    MISSING = "missing"


class Standing(Frozen):
    """How one list stands, for readiness, pages and reports."""

    territory: str
    state: ListState
    reason: str = ""
    sequence: int | None = None
    issued_at: datetime | None = None
    next_update: datetime | None = None
    digest: str = ""

    @property
    def usable(self) -> bool:
        """Whether anything may rest on it: a list may be too old for a question, and never too new."""
        return self.state in (ListState.CURRENT, ListState.NOT_YET)


def standing(found: TrustList, at: datetime) -> Standing:
    """How a list that was verified stands at a moment (§5.3.14, §5.3.15)."""
    state = ListState.CURRENT
    if found.next_update is None or at > found.next_update:
        state = ListState.EXPIRED
    elif at < found.issued_at:
        state = ListState.NOT_YET
    return Standing(
        territory=found.territory,
        state=state,
        sequence=found.sequence,
        issued_at=found.issued_at,
        next_update=found.next_update,
        digest=found.digest,
    )


def digest_of(signed: bytes) -> str:
    """What names an issue of a list for ever."""
    return "sha256:" + hashlib.sha256(signed).hexdigest()


def objection_to_successor(old: TrustList, new: TrustList) -> str | None:
    """Why a list may not follow another, or None: nobody may bring back what was replaced (§5.3.2)."""
    if new.territory != old.territory:
        return "territory_differs"
    if new.sequence < old.sequence or new.issued_at < old.issued_at:
        return "older_than_known"
    if new.sequence == old.sequence and new.digest != old.digest:
        return "sequence_reused"
    return None
