"""Under which name an agency knows a person: the one function that every kind of token asks.

The name that the agency had for the person before, where one was imported; else an HMAC of the account under the key
that the account's own id names. Whether an agency has imported names at all is kept in the process and asked again
after `recheck`, so that for all others this is computation alone.
"""

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta

from gateway.flows.remembered import Remembered
from gateway.identity import subject
from gateway.identity.identifier import Identifier
from gateway.ports.claims import PairwiseKeys
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork, Work

MOST_REMEMBERED = 500  # names of some 250 bytes


class PairwiseSubjects:
    """Implements gateway.ports.claims.Subjects."""

    def __init__(
        self, *, keys: PairwiseKeys, open_work: OpenWork, clock: Clock, recheck: timedelta = timedelta(seconds=1)
    ) -> None:
        self._keys = keys
        self._open_work = open_work
        self._clock = clock
        self._recheck = recheck
        self._kept: dict[str, tuple[bool, datetime]] = {}  # one for each agency
        # by account and agency, for as long as a sign-in asks again and again; they never become others
        self._made: Remembered[tuple[str, str], str] = Remembered(MOST_REMEMBERED)

    def of(self, account: str, agency: str, *, work: Work | None = None) -> str:
        return self._earlier(account, agency, work) or self.made(account, agency)

    def made(self, account: str, agency: str) -> str:
        """The name we make ourselves."""
        name = self._made.get((account, agency))
        if name is None:
            name = subject.pairwise(account, agency, secret=self._keys.secret(subject.key_version(account)))
            self._made.put((account, agency), name)
        return name

    def _earlier(self, account: str, agency: str, work: Work | None) -> str | None:
        now = self._clock()
        has_any, since = self._kept.get(agency, (False, None))
        if since is None or now - since >= self._recheck:
            with self._unit(work) as unit:
                has_any = unit.earlier_subjects.any_of(agency)
            self._kept[agency] = has_any, now
        if not has_any:
            return None
        with self._unit(work) as unit:
            return unit.earlier_subjects.of(agency, account)

    def _unit(self, work: Work | None) -> AbstractContextManager[Work]:
        return self._open_work(write=False) if work is None else nullcontext(work)


def settle_earlier_subjects(work: Work, identities: tuple[Identifier, ...], account: str) -> None:
    """Somebody bound these identities: names that waited for them are theirs, in the caller's transaction.

    An agency that was told another name for this account meanwhile keeps that one.
    """
    for agency, name in work.earlier_subjects.waiting(identities):
        unnamed = work.earlier_subjects.of(agency, account) is None
        if unnamed and not work.known_subjects.told(agency, account):
            work.earlier_subjects.settle(agency, name, account)
