"""What `gba verify` does: put a verifier together, judge file after file, say what came of them.

Readers start before any key is opened, as copies of this process, which by then has imported what both need.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click
from cryptography.hazmat.backends import default_backend
from msgspec.structs import replace

from deploy.commands.cannot_go_on import CannotGoOn, usable
from deploy.commands.interrupts import Interrupts
from deploy.commands.loading import loading
from deploy.commands.pdf_files import pdfs_below
from deploy.commands.run_file import opened_alone
from deploy.commands.verify_copies import copies
from deploy.commands.verify_modes import Judge, Wanted, judge
from deploy.commands.verify_progress import Progress
from deploy.commands.verify_resumed import kept_in
from deploy.commands.verify_words import in_words, summed_up
from deploy.composing import sealing
from deploy.composing.answers import KeptAnswers
from deploy.composing.custody import open_keys
from deploy.composing.rare_egress import RareEgress
from deploy.settings import Settings, load
from trust.flows.verify_document import VerifyDocument
from trust.frozen import Frozen
from trust.pades.contained import ContainedReader
from trust.validation.facts import FileFacts
from trust.validation.policy import POLICIES
from trust.validation.report import Report, make
from trust.validation.verdict import undecided

if TYPE_CHECKING:
    from concurrent.futures import Future

    from trust.flows.verify_again import VerifyAgain

LARGEST = 512 * 1024 * 1024  # bytes
AHEAD = 4  # reports that may wait for their turn, for each reader
STOPPED = 130  # as a shell says of who was interrupted


class Asked(Frozen):
    """What the command was asked for; its options explain themselves."""

    files: tuple[Path, ...]
    as_json: bool
    anchors: tuple[Path, ...]
    at: datetime | None
    jobs: int
    lang: str
    offline: bool
    policy: str
    resume: Path | None
    digests: tuple[str, ...]
    signs: Path | None
    again: Path | None
    xml: Path | None
    pdf: Path | None

    @property
    def several(self) -> bool:
        """Whether more than one report may come of it."""
        return len(self.files) > 1 or self.files[0].is_dir()


def run(asked: Asked) -> int:
    """Do it, and give back the exit status."""
    settings = load()
    with closing(sealing.reading(settings.trust, readers=asked.jobs)) as reader:
        with loading(), usable():
            default_backend()  # who checks a signature loads it: once here, not once in every copy
            reader.start(as_copies=True)
            given = _anchors(settings, asked.anchors)
            verify = _verification(settings, given, asked, reader)
            wanted = Wanted(at=asked.at, digests=asked.digests, signs=asked.signs, again=asked.again)
            judged = judge(verify, wanted, partial(_again, settings, verify, given))
        return _verified(asked, verify, judged, settings)


def _verified(asked: Asked, verify: VerifyDocument, judged: Judge, settings: Settings) -> int:
    made: list[str] = []
    stopped = False
    with ExitStack() as stack:
        lines = stack.enter_context(opened_alone(asked.resume)) if asked.resume is not None else None
        kept = kept_in(asked.resume, POLICIES[asked.policy].name) if asked.resume is not None else {}
        paths = [path for path in _walk(asked.files) if str(path) not in kept]
        if not paths and not kept:
            raise CannotGoOn("there is no PDF file in what was named")
        begun = time.monotonic()
        tell = _telling(asked, settings, lines)
        watching = asked.resume is not None or not sys.stdout.isatty()
        progress = stack.enter_context(Progress(len(paths), asked.lang, watched=watching and sys.stderr.isatty()))
        interrupts = stack.enter_context(Interrupts())
        try:
            for report in _reports(verify, judged, paths, asked):
                with interrupts.whole():  # whoever stops it is told as many as were kept
                    tell(report)
                    made.append(str(report.verdict.indication))
                    progress.count()
        except KeyboardInterrupt:
            stopped = True
    verdicts = [*kept.values(), *made]
    if len(verdicts) > 1:
        aside = asked.as_json and asked.resume is None  # lines of JSON stay by themselves
        click.echo(summed_up(verdicts, len(made), time.monotonic() - begun, asked.lang), err=aside)
    if stopped:
        return STOPPED
    return 1 if "FAILED" in verdicts else 2 if "INDETERMINATE" in verdicts else 0


def _telling(asked: Asked, settings: Settings, lines: IO[str] | None) -> Callable[[Report], None]:
    """Says each report everywhere where it was asked for."""
    told: list[Callable[[Report], None]] = []
    if asked.xml is not None:
        told.append(copies(asked.xml, ".xml", _as_xml, several=asked.several))
    if asked.pdf is not None:
        told.append(copies(asked.pdf, ".pdf", _printing(settings, asked.lang), several=asked.several))
    if lines is not None:
        told.append(lambda report: print(report.as_line(), file=lines, flush=True))
    elif asked.as_json:
        told.append(lambda report: click.echo(report.as_line()))
    else:
        told.append(lambda report: click.echo(in_words(report, asked.lang)))

    def tell(report: Report) -> None:
        try:
            for each in told:
                each(report)
        except OSError as problem:  # or its trace would end with 1, as if a file had failed
            raise CannotGoOn(f"what was found cannot be written: {problem.strerror}") from None

    return tell


def _anchors(settings: Settings, given: tuple[Path, ...]) -> tuple[bytes, ...]:
    """Certificates that are trusted besides the lists."""
    extra: list[bytes] = []
    file = settings.trust.anchors_file
    for path in (*given, *([Path(file)] if file else [])):
        try:
            extra += sealing.read_anchors(path.read_bytes())
        except (OSError, ValueError):
            raise CannotGoOn(f"{path} holds no certificate that can be read") from None
    return tuple(extra)


def _verification(
    settings: Settings, given: tuple[bytes, ...], asked: Asked, reader: ContainedReader
) -> VerifyDocument:
    authorities = None
    if settings.sandbox:
        authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
    # In the sandbox nothing outside is asked; production asks through the one way out.
    egress = None
    if not asked.offline and asked.again is None:
        egress = sealing.in_process(authorities) if authorities is not None else RareEgress(settings)
    keys = open_keys(settings)
    trusted = sealing.listed(settings.data_dir, keys, authorities, given)
    made = sealing.verification(trusted, egress, settings.trust, policy=POLICIES[asked.policy], reader=reader)
    return replace(made, answers=KeptAnswers(settings, keys)) if settings.trust.keep_answers else made


def _again(settings: Settings, verify: VerifyDocument, given: tuple[bytes, ...]) -> "VerifyAgain":
    from deploy.composing.verifying import again  # noqa: PLC0415 - only for earlier reports

    return again(settings, verify, given)


def _printing(settings: Settings, language: str) -> Callable[[Report], bytes]:
    from deploy.composing.verifying import printing  # noqa: PLC0415 - typst, only for paper

    printed = printing(settings)
    return lambda report: printed(report.as_json(), language)


def _as_xml(report: Report) -> bytes:
    from trust.validation.report_xml import render  # noqa: PLC0415 - only for XML

    return render(report)


def _walk(given: tuple[Path, ...]) -> Iterator[Path]:
    """Files as given; of folders every PDF below, in order."""
    for path in given:
        if path.is_dir():
            yield from pdfs_below(path)
        else:
            yield path


def _reports(verify: VerifyDocument, judged: Judge, paths: list[Path], asked: Asked) -> Iterator[Report]:
    """Reports in the order of the files, while others are being read."""
    if len(paths) == 1:
        yield _one(verify, judged, paths[0], asked.at)
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only for several files

    # of several readers none waits while a report is being judged: one thread more than there are readers
    pool = ThreadPoolExecutor(max_workers=asked.jobs + (asked.jobs > 1))
    try:
        waiting: list[Future[Report]] = []
        for path in paths:
            waiting.append(pool.submit(_one, verify, judged, path, asked.at))
            if len(waiting) > AHEAD * asked.jobs:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _one(verify: VerifyDocument, judged: Judge, path: Path, at: datetime | None) -> Report:
    try:
        if path.stat().st_size > LARGEST:
            problem = "too_large"
        else:
            return judged(path.read_bytes(), path)
    except OSError:
        problem = "file_unreadable"
    facts = FileFacts(sha256="", size=0, problem=problem)
    moment = at or verify.clock()
    return make(str(path), facts, undecided(problem), (), snapshot=verify.snapshot, policy=verify.policy, at=moment)
