"""What is kept of residents: sign-ins, sessions, accounts, bindings, consents, reviews, and who did what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from gateway.frozen import Frozen, Hidden
from gateway.identity.account import Account
from gateway.identity.binding import Binding, Ended
from gateway.identity.consent import ConsentRecord, Event, Kind
from gateway.identity.identifier import Identifier
from gateway.identity.notice import ShownNotice
from gateway.identity.region import Region
from gateway.identity.review import Review
from gateway.identity.session import Session
from gateway.oidc.sign_in import SignIn


class SignIns(Protocol):
    def add(self, sign_in: SignIn) -> None: ...

    def find(self, sign_in: str) -> SignIn | None: ...

    def find_with_home(self, sign_in: str, home: Region) -> tuple[SignIn, bool] | None:
        """With whether its browser was signed in from this home before, so that no attributes need be asked for."""
        ...

    def departed(self, state: str) -> SignIn | None:
        """The sign-in whose last departure carried this state; only the state's hash is stored."""
        ...

    def away(self, browser: str, to: str) -> SignIn | None:
        """This browser's newest sign-in that is away at `to`: for who comes back without a state."""
        ...

    def save(self, sign_in: SignIn) -> SignIn | None:
        """Keep the change if nobody else made one since it was read; the saved value, or None. A claim is over then."""
        ...

    def keep(self, sign_in: SignIn) -> SignIn:
        """As `save`, for a unit that is nothing without it: raises Outrun where somebody did, by the commit at last."""
        ...

    def claim(self, sign_in: SignIn, *, at: datetime, lapsed: datetime) -> Mapping[str, str] | None:
        """Take its return for who asks, with what was delivered for it, and keep that: the unit's last act. None when
        it changed since it was read, or is claimed, and not since before `lapsed`."""
        ...

    def claimed_at(self, sign_in: str) -> datetime | None:
        """Since when somebody reads its return."""
        ...

    def expired(self, *, before: datetime, limit: int) -> tuple[SignIn, ...]: ...

    def remove(self, sign_in: str) -> None: ...

    def deliver(self, state: str, memory: Mapping[str, str], *, at: datetime) -> bool:
        """Park what a region delivered for the departure with this state, once; False when nobody waits for it."""
        ...

    def delivery(self, state: str) -> Mapping[str, str] | None: ...

    def forget_delivery(self, state: str) -> None:
        """It was read: nothing of it is needed any more."""
        ...

    def purge_deliveries(self, *, before: datetime) -> int: ...


class Sessions(Protocol):
    def add(self, session: Session) -> None:
        """Keep a new one. Raises StepRefused (`session_ended`) where its binding is not active, or is just being ended:
        by the commit at last, and nothing of the unit is kept."""
        ...

    def get(self, session: str) -> Session | None: ...

    def of_account(self, account: str) -> tuple[Session, ...]:
        """Those that have not ended, newest first."""
        ...

    def touch(self, session: str, *, at: datetime) -> None: ...

    def raise_level(self, session: str, *, acr: str, amr: tuple[str, ...], authenticated_at: datetime) -> None:
        """After a stronger sign-in of the same person."""
        ...

    def end(self, session: str, *, at: datetime, why: str) -> bool: ...

    def end_of_account(self, account: str, *, at: datetime, why: str) -> int: ...

    def end_all(self, *, at: datetime, why: str) -> int:
        """Of everybody; how many had not ended."""
        ...

    def forget_browsers(self, account: str) -> None:
        """In which browsers this account's sessions were."""
        ...

    def purge(self, *, before: datetime) -> int:
        """Forget sessions that began before then."""
        ...


class Accounts(Protocol):
    def add(self, account: Account) -> None: ...

    def remove_unused(self, account: str) -> None:
        """Take back an account made a moment ago, because another binding won."""
        ...

    def find(self, account: str) -> Account | None: ...

    def earlier(self, identifier: Identifier) -> str | None:
        """The account that this identifier was last bound to, active or ended."""
        ...

    def close(self, account: str, *, at: datetime) -> bool:
        """For good; False when it was closed already."""
        ...


class Bindings(Protocol):
    def insert_or_get(self, binding: Binding) -> Binding | None:
        """In one statement: this binding, or the active one that already ties the same home identity; None when its
        Guangdong account is actively bound to another identity of that issuer."""
        ...

    def active(self, home: Identifier) -> Binding | None: ...

    def active_guangdong(self, guangdong: Identifier, home_issuer: str) -> Binding | None: ...

    def active_of(self, account: str) -> tuple[Binding, ...]: ...

    def find(self, binding: str) -> Binding | None: ...

    def of_account(self, account: str) -> tuple[Binding, ...]:
        """Active ones first, then the newest."""
        ...

    def end(self, binding: str, *, at: datetime, why: Ended) -> bool:
        """Its profile is erased at once; that it existed stays."""
        ...

    def forget_identities(self, account: str) -> None:
        """Of this account's ended bindings: which identities they tied; nobody can be found by them any more."""
        ...


class Consents(Protocol):
    def add(self, record: ConsentRecord) -> None:
        """Keep a new record with its events. A standing claims consent of the same account and client must have been
        replaced before: raises Outrun where one stands, or the account is closed, by the commit at last, and nothing
        of the unit is kept."""
        ...

    def append(self, record: ConsentRecord, event: Event, shown: ShownNotice | None = None) -> bool:
        """Add one event; False when another with its number is already there. There is no way to change one."""
        ...

    def append_or_nothing(self, record: ConsentRecord, event: Event, shown: ShownNotice | None = None) -> None:
        """The same for a unit that is nothing without it: raises Outrun, by the commit at last."""
        ...

    def find(self, record: str) -> ConsentRecord | None: ...

    def of_account(self, account: str) -> tuple[ConsentRecord, ...]: ...

    def standing(self, account: str, kind: Kind, client: str) -> ConsentRecord | None:
        """The given or used record of this kind for this client, if there is one."""
        ...

    def last_claims(self, account: str, client: str) -> ConsentRecord | None:
        """The last claims record of any state: what was chosen before."""
        ...

    def forget(self, *, ended_before: datetime, limit: int) -> tuple[str, ...]:
        """Whole records to which nothing happened since then, and that stand no more; their ids."""
        ...

    def lapsed(self, *, at: datetime, limit: int) -> tuple[ConsentRecord, ...]:
        """Standing records whose time is over."""
        ...


class Reviews(Protocol):
    def add(self, review: Review, home: Identifier) -> None: ...

    def of(self, home: Identifier) -> Review | None:
        """The newest review of this home identity that is not closed."""
        ...

    def find(self, reference: str) -> Review | None: ...

    def list(self, *, open_only: bool, limit: int) -> tuple[Review, ...]: ...

    def save(self, review: Review) -> bool:
        """Keep a decision, if the review is still open. That they are of two people erases the two records, and so does
        closing, which also forgets whose they were."""
        ...

    def over(self, *, at: datetime, limit: int) -> tuple[Review, ...]: ...


class AuditEvent(Frozen):
    """Something that touched an identity, a consent or a record. Ids and slugs; never personal data."""

    kind: str
    at: datetime
    actor: str  # account, client, operator or `gateway`
    subjects: Hidden[tuple[str, ...]] = ()  # ids of what it happened to
    client: str | None = None
    region: str | None = None
    outcome: str = "done"
    reason: str | None = None


class AuditTrail(Protocol):
    def record(self, event: AuditEvent) -> None:
        """In the same transaction as what it tells of."""
        ...
