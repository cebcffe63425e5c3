"""The ways in which `gba verify` judges a file: as a document, as a signature by digests, or again as it once was."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from deploy.commands.cannot_go_on import CannotGoOn
from trust.documents import digests
from trust.errors import DocumentRefused, EvidenceUnavailable, ReportUnusable, TrustListRefused
from trust.flows.verify_document import VerifyDocument
from trust.frozen import Frozen
from trust.ports.reading import DetachedReader

if TYPE_CHECKING:
    from trust.flows.verify_again import VerifyAgain
    from trust.validation.report import Report

Judge = Callable[[bytes, Path], "Report"]
PIECE = 1 << 20
UNUSABLE = {
    "report_of_another_form": "the earlier report is of another form, or of a policy that is not known here",
    "report_malformed": "the earlier report is not whole",
    "snapshot_differs": "anchors were given besides the lists then; give the same ones with --trust",
    "snapshot_unknown": "the trust lists of then are not kept here",
    "answer_not_kept": "what the authorities answered then is not kept here",
}


class Wanted(Frozen):
    """What the command was asked for besides its files."""

    at: datetime | None
    digests: tuple[str, ...]
    signs: Path | None
    again: Path | None


def judge(verify: VerifyDocument, wanted: Wanted, again: "Callable[[], VerifyAgain]") -> Judge:
    """The way that was asked for; one at a time."""
    if sum(map(bool, (wanted.digests, wanted.signs, wanted.again))) > 1:
        raise click.UsageError("--digest, --signs and --again exclude one another")
    if wanted.again is not None:
        return _again(again(), _reports(wanted.again))
    if wanted.digests or wanted.signs is not None:
        from trust.flows.verify_digest import VerifyDigest  # noqa: PLC0415 - only for detached signatures

        supplied = _of_file(wanted.signs) if wanted.signs is not None else _told(wanted.digests)
        by_digest = VerifyDigest(reader=cast(DetachedReader, verify.reader), verify=verify)  # it reads both
        return lambda data, path: by_digest(data, supplied, name=str(path), at=wanted.at)
    return lambda data, path: verify(data, name=str(path), at=wanted.at)


def _again(flow: "VerifyAgain", reports: Mapping[str, Mapping[str, Any]]) -> Judge:
    def judged(data: bytes, path: Path) -> "Report":
        earlier = next(iter(reports.values())) if len(reports) == 1 else reports.get(str(path))
        if earlier is None:
            raise CannotGoOn(f"there is no earlier report on {path}")
        try:
            report = flow(earlier, data)
        except (ReportUnusable, TrustListRefused, EvidenceUnavailable) as refused:
            words = UNUSABLE.get(refused.reason, refused.reason.replace("_", " "))
            raise CannotGoOn(f"{path} cannot be judged again: {words}") from None
        if report.as_json() != earlier:
            click.echo(f"{path}: the report differs from the earlier one", err=True)
        return report

    return judged


def _reports(file: Path) -> Mapping[str, Mapping[str, Any]]:
    """Earlier reports by the file they speak of: one JSON object, or one a line."""
    try:
        text = file.read_text("utf-8")
        try:
            told = [json.loads(text)]
        except ValueError:
            told = [json.loads(line) for line in text.splitlines()]
        return {str(each["file"]): each for each in told}
    except (OSError, ValueError, TypeError, KeyError):
        raise CannotGoOn(f"{file} holds no report") from None


def _told(given: tuple[str, ...]) -> Mapping[str, bytes]:
    try:
        return digests.read({name: text for name, _, text in (each.partition(":") for each in given)})
    except DocumentRefused:
        known = ", ".join(digests.LENGTHS)
        raise click.UsageError(f"--digest takes ALGORITHM:HEX; algorithms are {known}") from None


def _of_file(file: Path) -> Mapping[str, bytes]:
    """Every digest that a signature may use, in one pass."""
    try:
        running = {name: hashlib.new(name) for name in digests.LENGTHS if name in hashlib.algorithms_available}
        with file.open("rb") as opened:
            while piece := opened.read(PIECE):
                for each in running.values():
                    each.update(piece)
    except OSError:
        raise CannotGoOn(f"{file} cannot be read") from None
    return {name: each.digest() for name, each in running.items()}
