"""`gba verify`: verify signed PDFs, files or folders."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.commands.verify_copies import copies
from deploy.commands.verify_words import in_words, summed_up
from deploy.settings import Settings, load

if TYPE_CHECKING:
    from deploy.commands.verify_modes import Judge
    from trust.flows.verify_again import VerifyAgain
    from trust.flows.verify_document import VerifyDocument
    from trust.validation.report import Report

LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")
LARGEST = 512 * 1024 * 1024  # bytes
LINE = b'{"form":"gba-verification/'  # how each line of JSON begins


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic in click's stubs, not when it runs
    """A moment in ISO 8601; UTC where it names no zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, in UTC."""
        try:
            read = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-11-21T08:00:00Z", param, ctx)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def _tell_schema(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    from trust.validation.report_schema import schema  # noqa: PLC0415 - only needed here

    click.echo(json.dumps(schema(), ensure_ascii=False, indent=2))
    ctx.exit()


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, one a line.")
@click.option(
    "--trust",
    "anchors",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PEM file of authorities to trust besides the lists. May be given several times.",
)
@click.option("--at", type=Moment(), help="Judge as of this moment instead of now (ISO 8601).")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="Read this many files at once.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="The language of the words.")
@click.option(
    "--policy",
    type=click.Choice(["seal", "ordinary", "archive"]),
    default="ordinary",
    help="seal: nothing may follow but evidence; archive: the evidence must be in the file.",
)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one JSON object a file to this file, and pass over the files that it already has.",
)
@click.option(
    "--digest",
    "digests",
    metavar="ALGORITHM:HEX",
    multiple=True,
    help="FILE is a detached signature over a document with this digest. May be given several times.",
)
@click.option(
    "--signs",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="FILE is a detached signature over this document, of which only digests are taken.",
)
@click.option(
    "--again",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judge as this earlier report did (JSON): its lists, policy, moment and answers; nobody is asked.",
)
@click.option("--xml", type=click.Path(path_type=Path), help="Write the report after ETSI TS 119 102-2 too.")
@click.option("--pdf", type=click.Path(path_type=Path), help="Write the report as a sealed PDF in --lang too.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_schema,
    help="Print the JSON Schema of reports, and end.",
)
@click.option("--offline", is_flag=True, help="Ask no authority; judge by what the files carry.")
def command(  # noqa: PLR0917 - click's options, by name
    files: tuple[Path, ...],
    as_json: bool,
    anchors: tuple[Path, ...],
    at: datetime | None,
    jobs: int,
    lang: str,
    offline: bool,
    policy: str,
    resume: Path | None,
    digests: tuple[str, ...],
    signs: Path | None,
    again: Path | None,
    xml: Path | None,
    pdf: Path | None,
) -> None:
    """Verify the signatures of PDF files; folders are walked.

    With several files --xml and --pdf name a folder.

    Exit 0 when all passed, 1 when any failed, 2 when any is undecided or unreadable and none failed.
    """
    from deploy.commands.verify_modes import Wanted, judge  # noqa: PLC0415 - heavy, and not needed for --help

    settings = load()
    given = _anchors(settings, anchors)
    verify = _verification(settings, given, jobs=jobs, offline=offline or again is not None, policy=policy)
    wanted = Wanted(at=at, digests=digests, signs=signs, again=again)
    judged = judge(verify, wanted, partial(_again, settings, verify, given))
    several = len(files) > 1 or files[0].is_dir()
    copying = [copies(xml, ".xml", _as_xml, several=several)] if xml is not None else []
    if pdf is not None:
        copying.append(copies(pdf, ".pdf", _printing(settings, lang), several=several))
    begun = time.monotonic()
    kept = _kept(resume) if resume is not None else {}
    verdicts = list(kept.values())
    paths = (path for path in _walk(files) if str(path) not in kept)
    try:
        with ExitStack() as stack:
            lines = stack.enter_context(resume.open("a", encoding="utf-8")) if resume is not None else None
            for count, report in enumerate(_reports(verify, judged, paths, jobs, at), start=1):
                verdicts.append(str(report.verdict.indication))
                for copy in copying:
                    copy(report)
                if lines is None:
                    click.echo(report.as_line() if as_json else in_words(report, lang))
                else:
                    lines.write(report.as_line() + "\n")
                    lines.flush()
                    _progress(count, begun)
    finally:
        verify.reader.close()  # type: ignore[attr-defined]  # a ContainedReader, as composed
    if not as_json and len(verdicts) > 1:
        click.echo(summed_up(verdicts, time.monotonic() - begun, lang))
    sys.exit(1 if "FAILED" in verdicts else 2 if "INDETERMINATE" in verdicts or not verdicts else 0)


def _kept(resume: Path) -> dict[str, str]:
    """File → verdict, of the reports that an earlier run wrote; a line that it did not finish is cut off."""
    try:
        text = resume.read_bytes()
    except FileNotFoundError:
        return {}
    whole, unfinished = text[: text.rfind(b"\n") + 1], text[text.rfind(b"\n") + 1 :]
    kept: dict[str, str] = {}
    try:
        for line in whole.splitlines():
            told = json.loads(line)
            kept[told["file"]] = told["verdict"]
    except (ValueError, KeyError, TypeError):
        unfinished, kept = b"?", {}
    if not unfinished.startswith(LINE[: len(unfinished)]):
        raise click.ClickException(f"{resume} holds something else than reports; it is left as it is")
    if unfinished:
        resume.write_bytes(whole)
    return kept


def _progress(count: int, begun: float) -> None:
    """How far it is, for somebody who watches."""
    if sys.stderr.isatty():
        speed = count / max(time.monotonic() - begun, 1e-9)
        click.echo(f"\r{count} files, {speed:.1f} a second", nl=False, err=True)


def _anchors(settings: Settings, given: tuple[Path, ...]) -> tuple[bytes, ...]:
    """Certificates that are trusted besides the lists."""
    from deploy.composing import sealing  # noqa: PLC0415 - heavy, and only needed here

    extra: list[bytes] = []
    file = settings.trust.anchors_file
    for path in (*given, *([Path(file)] if file else [])):
        try:
            extra += sealing.read_anchors(path.read_bytes())
        except (OSError, ValueError):
            raise click.ClickException(f"{path} holds no certificate that can be read") from None
    return tuple(extra)


def _verification(
    settings: Settings, given: tuple[bytes, ...], *, jobs: int, offline: bool, policy: str
) -> "VerifyDocument":
    from deploy.composing import sealing  # noqa: PLC0415
    from deploy.composing.answers import KeptAnswers  # noqa: PLC0415
    from deploy.composing.custody import open_keys  # noqa: PLC0415
    from trust.validation.policy import POLICIES  # noqa: PLC0415

    reader = sealing.reading(settings.trust, readers=jobs)
    reader.start()  # while the lists are being read here
    authorities = None
    if settings.sandbox:
        authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
    # In the sandbox nothing outside is asked; production asks through the one way out.
    egress = None
    if not offline:
        egress = sealing.in_process(authorities) if authorities is not None else _egress(settings)
    keys = open_keys(settings)
    trusted = sealing.listed(settings.data_dir, keys, authorities, given)
    made = sealing.verification(trusted, egress, settings.trust, policy=POLICIES[policy], reader=reader)
    return replace(made, answers=KeptAnswers(settings, keys)) if settings.trust.keep_answers else made


def _again(settings: Settings, verify: "VerifyDocument", given: tuple[bytes, ...]) -> "VerifyAgain":
    from deploy.composing.verifying import again  # noqa: PLC0415

    return again(settings, verify, given)


def _printing(settings: Settings, language: str) -> "Callable[[Report], bytes]":
    from deploy.composing.verifying import printing  # noqa: PLC0415 - typst, and only needed here

    printed = printing(settings)
    return lambda report: printed(report.as_json(), language)


def _as_xml(report: "Report") -> bytes:
    from trust.validation.report_xml import render  # noqa: PLC0415

    return render(report)


def _egress(settings: Settings):  # type: ignore[no-untyped-def]
    from deploy.composing.world import World  # noqa: PLC0415

    return World.open(settings).egress


def _walk(given: tuple[Path, ...]) -> Iterator[Path]:
    """Files as given; of folders every PDF below, in order."""
    for path in given:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*") if found.is_file() and _looks_like(found))
        else:
            yield path


def _looks_like(path: Path) -> bool:
    return path.suffix.lower() == ".pdf"


def _reports(
    verify: "VerifyDocument", judged: "Judge", paths: Iterator[Path], jobs: int, at: datetime | None
) -> Iterator["Report"]:
    """Reports in the order of the files, while others are being read."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting: list[Future[Report]] = []
        for path in paths:
            waiting.append(pool.submit(_one, verify, judged, path, at))
            if len(waiting) > 4 * jobs:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _one(verify: "VerifyDocument", judged: "Judge", path: Path, at: datetime | None) -> "Report":
    from trust.validation.facts import FileFacts  # noqa: PLC0415
    from trust.validation.report import make  # noqa: PLC0415
    from trust.validation.verdict import undecided  # noqa: PLC0415

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
