"""Show by which names an agency knows people: for its own move to another place, or to compare."""

from collections.abc import Iterator, Mapping

from gateway.frozen import Frozen
from gateway.ports.claims import Subjects
from gateway.ports.work import OpenWork


class ExportSubjects(Frozen):
    open_work: OpenWork
    subjects: Subjects

    def __call__(self, agency: str) -> Iterator[Mapping[str, object]]:
        """One line for each person the agency was told of or is waiting for; never an identity at a region."""
        with self.open_work(write=False) as work:
            accounts = work.known_subjects.accounts(agency)
            earlier = work.earlier_subjects.list(agency)
            for account in sorted({*accounts, *(known.account for _, known in earlier if known.account)}):
                subject = self.subjects.of(account, agency, work=work)
                yield {"agency": agency, "subject": subject, "account": account}
            for subject, known in earlier:
                if known.account is None:
                    yield {"agency": agency, "subject": subject, "waiting": True}
