"""Take over the names by which an agency knew people before, so that it goes on seeing the same ones.

Line by line, each for itself: what is wrong is listed, what is there already is left, and doing it again changes
nothing. A name that an agency was told here is only changed by a line that names the person by it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from gateway.frozen import Frozen
from gateway.identity import earlier_subject
from gateway.identity.earlier_subject import KnownAs, Standing
from gateway.identity.subject_file import Entry, Problem
from gateway.ports.claims import Subjects
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork, Work

PORTION = 200  # lines in one transaction


class Imported(Frozen):
    """What came of it. `waiting` of the added are for people who have not bound yet."""

    added: int
    waiting: int
    unchanged: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Tally:
    added: int = 0
    waiting: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    names: set[tuple[str, str]] = field(default_factory=set)  # of this file, by agency
    people: set[tuple[str, str]] = field(default_factory=set)

    def take(self, entry: Entry, whose: KnownAs) -> None:
        self.names.add((entry.agency, entry.subject))
        self.people.add((entry.agency, _who(whose)))
        self.added += 1
        self.waiting += whose.account is None


class ImportSubjects(Frozen):
    open_work: OpenWork
    subjects: Subjects
    clock: Clock

    def __call__(
        self,
        lines: Iterable[Entry | Problem],
        *,
        operator: str,
        dry_run: bool,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Imported:
        """Portions of the file, each kept by itself; `dry_run` keeps none of them."""
        tally = _Tally()
        keep = None if dry_run else operator
        for portion in _portions(lines, PORTION):
            with self.open_work(write=not dry_run) as work:
                agencies = frozenset(client.agency for client in work.clients.list())
                for line in portion:
                    self._line(work, line, agencies, tally, keep)
                if not dry_run:
                    work.commit()
            progress(portion[-1].line)
        return Imported(
            added=tally.added, waiting=tally.waiting, unchanged=tally.unchanged, problems=tuple(tally.problems)
        )

    def _line(
        self, work: Work, line: Entry | Problem, agencies: frozenset[str], tally: _Tally, keep: str | None
    ) -> None:
        """One line; `keep` is the operator in whose name it is kept, None: nothing is."""
        if isinstance(line, Problem):
            tally.problems.append(line)
            return
        whose = _person(work, line) if line.agency in agencies else "agency_unknown"
        if isinstance(whose, str):
            tally.problems.append(Problem(line=line.line, reason=whose))
            return
        now = self._standing(work, line, whose, tally)
        if earlier_subject.is_so_already(line.subject, now):
            tally.unchanged += 1
            return
        reason = earlier_subject.objection(now)
        if reason is None and keep is not None:
            reason = self._keep(work, line, now, keep)
        if reason is None:
            tally.take(line, whose)
        else:
            tally.problems.append(Problem(line=line.line, reason=reason))

    def _keep(self, work: Work, entry: Entry, now: Standing, operator: str) -> str | None:
        account = now.whose.account
        if not work.earlier_subjects.add(entry.agency, entry.subject, now.whose):
            return "person_has_another"  # another import was quicker
        if account is not None and now.names_it:
            # both names stand for the person from now on, so that what the agency holds under either is found
            work.known_subjects.remember(entry.agency, entry.subject, account)
            for client in work.clients.list():
                if client.agency == entry.agency:  # what was issued under the name before ends
                    work.grants.revoke_of(at=self.clock(), account=account, client=client.id)
        subjects = (entry.agency, account or "waiting")
        work.audit.record(AuditEvent(kind="subject.imported", at=self.clock(), actor=operator, subjects=subjects))
        return None

    def _standing(self, work: Work, entry: Entry, whose: KnownAs, tally: _Tally) -> Standing:
        account, agency = whose.account, entry.agency
        return Standing(
            whose=whose,
            taken_by=work.earlier_subjects.find(agency, entry.subject),
            told_to=work.known_subjects.account(agency, entry.subject),
            in_file=(agency, entry.subject) in tally.names,
            person_in_file=(agency, _who(whose)) in tally.people,
            imported=None if account is None else work.earlier_subjects.of(agency, account),
            told=frozenset() if account is None else work.known_subjects.told(agency, account),
            present=None if account is None else self.subjects.of(account, agency, work=work),
            names_it=entry.our_subject is not None,
        )


def _who(whose: KnownAs) -> str:
    return whose.account or whose.person or ""


def _person(work: Work, entry: Entry) -> KnownAs | str:
    """Whose line it is: an account that is open, or somebody who has yet to bind. Else why that cannot be told."""
    if entry.identity is not None:
        account = work.accounts.earlier(entry.identity)
        person = work.earlier_subjects.person(entry.identity)
        return KnownAs(account=account, person=person)
    account = entry.account
    if entry.our_subject is not None:
        account = work.known_subjects.account(entry.agency, entry.our_subject)
        if account is None:
            return "subject_never_told"
    found = None if account is None else work.accounts.find(account)
    if found is None or found.closed_at is not None:
        return "account_unknown"
    return KnownAs(account=account)


def _portions(lines: Iterable[Entry | Problem], size: int) -> Iterator[tuple[Entry | Problem, ...]]:
    given = iter(lines)
    while portion := tuple(islice(given, size)):
        yield portion
