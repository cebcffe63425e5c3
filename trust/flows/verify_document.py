"""Verify a document: read, judge, ask what nobody has answered yet, judge again, report."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from trust.anchors.snapshot import Snapshot
from trust.errors import TrustError
from trust.frozen import Frozen
from trust.ports import Clock
from trust.ports.reading import DocumentReader, StatusSource
from trust.validation import acts, report
from trust.validation.assess import Evidence, assess, unanswered
from trust.validation.facts import FileFacts
from trust.validation.judge import fold, judge
from trust.validation.policy import Policy
from trust.validation.report import Report

if TYPE_CHECKING:
    from trust.ports.documents import Blobs


class VerifyDocument(Frozen):
    """Verifies against one snapshot under one policy."""

    reader: DocumentReader
    status: StatusSource | None  # None: without a network
    snapshot: Snapshot
    policy: Policy
    clock: Clock
    answers: "Blobs | None" = None  # where what was answered is kept, so that the report can be made again

    def __call__(
        self, data: bytes, *, name: str = "", at: datetime | None = None, asked: Evidence | None = None
    ) -> Report:
        """The report; every input has one. `asked` is what was answered once: then nobody is asked again."""
        return self.judged(self.reader.read(data), name=name, at=at, asked=asked)

    def judged(
        self, facts: FileFacts, *, name: str = "", at: datetime | None = None, asked: Evidence | None = None
    ) -> Report:
        """The report on what was read."""
        moment = _whole(at or self.clock())
        trusted = self.snapshot.as_of(moment)  # nothing from a list that is out of date
        extra = asked or Evidence()
        findings = assess(facts, trusted, extra, self.policy, moment)
        if asked is None and self.status is not None and (open_questions := unanswered(findings)):
            ocsps, crls = self.status.answers(open_questions)
            if ocsps or crls:
                extra = Evidence(ocsps=tuple(dict.fromkeys(ocsps)), crls=tuple(dict.fromkeys(crls)))
                findings = assess(facts, trusted, extra, self.policy, moment)
                self._keep(extra)
        judged = tuple((found, judge(found, self.policy)) for found in acts.joined(findings))
        return report.make(
            name,
            facts,
            fold(facts, judged),
            judged,
            snapshot=trusted,
            policy=self.policy,
            at=moment,
            asked=extra,
        )

    def _keep(self, extra: Evidence) -> None:
        if self.answers is None:
            return
        try:
            for _, der in report.answers(extra):
                self.answers.put(der)
        except (TrustError, OSError):
            return  # the verdict stands without; that it cannot be made again is found out by who tries


def _whole(at: datetime) -> datetime:
    """The end of this second: a report tells whole seconds, and what was stamped just now is not later than it."""
    return at if not at.microsecond else at.replace(microsecond=0) + timedelta(seconds=1)
