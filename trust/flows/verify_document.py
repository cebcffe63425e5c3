"""Verify a document: read, judge, ask what nobody has answered yet, judge again, report."""

from dataclasses import dataclass
from datetime import datetime

from trust.anchors.snapshot import Snapshot
from trust.ports import Clock
from trust.ports.reading import DocumentReader, StatusSource
from trust.validation import report
from trust.validation.assess import Evidence, assess, unanswered
from trust.validation.judge import fold, judge
from trust.validation.policy import Policy
from trust.validation.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyDocument:
    """Verifies against one snapshot under one policy."""

    reader: DocumentReader
    status: StatusSource | None  # None: without a network
    snapshot: Snapshot
    policy: Policy
    clock: Clock

    def __call__(self, data: bytes, *, name: str = "", at: datetime | None = None) -> Report:
        """The report; every input has one."""
        facts = self.reader.read(data)
        moment = at or self.clock()
        trusted = self.snapshot.as_of(moment)  # nothing from a list that is out of date
        findings = assess(facts, trusted, Evidence(), self.policy, moment)
        open_questions = unanswered(findings)
        if open_questions and self.status is not None:
            ocsps, crls = self.status.answers(open_questions)
            if ocsps or crls:
                extra = Evidence(ocsps=ocsps, crls=crls)
                findings = assess(facts, trusted, extra, self.policy, moment)
        judged = tuple((found, judge(found, self.policy)) for found in findings)
        return report.make(
            name,
            facts,
            fold(facts, judged),
            judged,
            snapshot=trusted,
            policy=self.policy,
            at=moment,
        )
