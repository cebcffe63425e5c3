"""Make a report again: the same file, snapshot, policy, time and answers, and nobody is asked.

1. The earlier report names everything that it rests on; what it says of the file is not looked at.
2. The lists are opened by their digests and verified anew; anchors that were given by hand are given again.
3. What authorities answered then is taken from where it was kept.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from trust.anchors.snapshot import Snapshot, identity
from trust.errors import EvidenceUnavailable, ReportUnusable, TrustListRefused
from trust.flows.verify_document import VerifyDocument
from trust.frozen import Frozen
from trust.ports.documents import Blobs
from trust.validation.assess import Evidence
from trust.validation.policy import BY_NAME
from trust.validation.report import FORM, Report

OpenNamed = Callable[[str], Snapshot]  # a snapshot by the identity of its lists, with the anchors given by hand


class VerifyAgain(Frozen):
    """Verifies as an earlier report was made."""

    verify: VerifyDocument
    open_snapshot: OpenNamed
    answers: Blobs

    def __call__(self, earlier: Mapping[str, Any], data: bytes) -> Report:
        """The report, byte for byte the earlier one where the file is the same.

        Raises ReportUnusable, TrustListRefused or EvidenceUnavailable.
        """
        basis = _Basis.of(earlier)
        snapshot = self.open_snapshot(identity(basis.lists))
        if snapshot.id != basis.snapshot:
            raise TrustListRefused("snapshot_differs")
        asked = Evidence(ocsps=self._kept(basis.ocsps), crls=self._kept(basis.crls))
        flow = replace(self.verify, status=None, snapshot=snapshot, policy=BY_NAME[basis.policy])
        return flow(data, name=basis.file, at=basis.at, asked=asked)

    def _kept(self, digests: tuple[str, ...]) -> tuple[bytes, ...]:
        try:
            return tuple(self.answers.get(digest) for digest in digests)
        except LookupError:
            raise EvidenceUnavailable("answer_not_kept") from None


class _Basis(Frozen):
    """What a report says that it rests on."""

    file: str
    at: datetime
    policy: str
    snapshot: str
    lists: Mapping[str, str]
    ocsps: tuple[str, ...]
    crls: tuple[str, ...]

    @classmethod
    def of(cls, report: Mapping[str, Any]) -> "_Basis":
        try:
            if report["form"] != FORM or report["policy"] not in BY_NAME:
                raise ReportUnusable("report_of_another_form")
            evidence = [(str(each["kind"]), str(each["digest"])) for each in report["evidence"]]
            at = datetime.fromisoformat(report["at"])
            if at.tzinfo is None:
                raise ReportUnusable("report_malformed")
            return cls(
                file=str(report["file"]),
                at=at,
                policy=report["policy"],
                snapshot=str(report["trust_snapshot"]),
                lists={str(each["territory"]): str(each["list"]) for each in report["trust_lists"] if each["list"]},
                ocsps=tuple(digest for kind, digest in evidence if kind == "ocsp"),
                crls=tuple(digest for kind, digest in evidence if kind == "crl"),
            )
        except (KeyError, TypeError, ValueError):
            raise ReportUnusable("report_malformed") from None
