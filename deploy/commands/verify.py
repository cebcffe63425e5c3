"""`gba verify`: verify signed PDFs, files or folders."""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.settings import Settings, load

if TYPE_CHECKING:
    from trust.flows.verify_document import VerifyDocument
    from trust.validation.report import Report

COLOURS = {"PASSED": "green", "FAILED": "red", "INDETERMINATE": "yellow"}
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
) -> None:
    """Verify the signatures of PDF files; folders are walked.

    Exit 0 when all passed, 1 when any failed, 2 when any is undecided or unreadable and none failed.
    """
    settings = load()
    verify = _verification(settings, anchors, jobs=jobs, offline=offline, policy=policy)
    begun = time.monotonic()
    kept = _kept(resume) if resume is not None else {}
    verdicts = list(kept.values())
    paths = (path for path in _walk(files) if str(path) not in kept)
    try:
        with ExitStack() as stack:
            lines = stack.enter_context(resume.open("a", encoding="utf-8")) if resume is not None else None
            for count, report in enumerate(_reports(verify, paths, at, jobs), start=1):
                verdicts.append(str(report.verdict.indication))
                if lines is None:
                    click.echo(report.as_line() if as_json else _in_words(report, lang))
                else:
                    lines.write(report.as_line() + "\n")
                    lines.flush()
                    _progress(count, begun)
    finally:
        verify.reader.close()  # type: ignore[attr-defined]  # a ContainedReader, as composed
    if not as_json and len(verdicts) > 1:
        _sum_up(verdicts, time.monotonic() - begun)
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


def _verification(
    settings: Settings, given: tuple[Path, ...], *, jobs: int, offline: bool, policy: str = "ordinary"
) -> "VerifyDocument":
    from deploy.composing import sealing  # noqa: PLC0415 - heavy, and only needed here
    from deploy.composing.custody import open_keys  # noqa: PLC0415
    from trust.settings import TrustSettings  # noqa: PLC0415
    from trust.validation.policy import POLICIES  # noqa: PLC0415

    trust = getattr(settings, "trust", None) or TrustSettings()
    extra: list[bytes] = []
    for path in (*given, *([Path(trust.anchors_file)] if trust.anchors_file else [])):
        try:
            extra += sealing.read_anchors(path.read_bytes())
        except (OSError, ValueError):
            raise click.ClickException(f"{path} holds no certificate that can be read") from None
    authorities = None
    if settings.sandbox:
        authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
    # In the sandbox nothing outside is asked; production asks through the one way out.
    egress = None
    if not offline:
        egress = sealing.in_process(authorities) if authorities is not None else _egress(settings)
    trusted = sealing.listed(settings.data_dir, open_keys(settings), authorities, tuple(extra))
    return sealing.verification(trusted, egress, trust, readers=jobs, policy=POLICIES[policy])


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


def _reports(verify: "VerifyDocument", paths: Iterator[Path], at: datetime | None, jobs: int) -> Iterator["Report"]:
    """Reports in the order of the files, while others are being read."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting: list[Future[Report]] = []
        for path in paths:
            waiting.append(pool.submit(_one, verify, path, at))
            if len(waiting) > 4 * jobs:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def _one(verify: "VerifyDocument", path: Path, at: datetime | None) -> "Report":
    from trust.validation.facts import FileFacts  # noqa: PLC0415
    from trust.validation.report import make  # noqa: PLC0415
    from trust.validation.verdict import undecided  # noqa: PLC0415

    try:
        if path.stat().st_size > LARGEST:
            problem = "too_large"
        else:
            return verify(path.read_bytes(), name=str(path), at=at)
    except OSError:
        problem = "file_unreadable"
    facts = FileFacts(sha256="", size=0, problem=problem)
    moment = at or verify.clock()
    return make(str(path), facts, undecided(problem), (), snapshot=verify.snapshot, policy=verify.policy, at=moment)


def _in_words(report: "Report", language: str) -> str:
    from trust.validation.sentences import sentence  # noqa: PLC0415

    told = report.as_json()
    colour = COLOURS[told["verdict"]]
    lines = [
        f"{click.style(told['verdict'], fg=colour, bold=True)}  {told['file']}",
        f"    {sentence(told['reason'], language)}",
    ]
    for one in told["signatures"]:
        if one["kind"] == "document_timestamp":
            lines.append(
                f"    - {click.style(one['verdict'], fg=COLOURS[one['verdict']])}  document timestamp"
                f" {one['signing_time']} by {one['signer']}"
            )
            continue
        lines.append(f"    - {click.style(one['verdict'], fg=COLOURS[one['verdict']])}  {_who_and_when(one)}")
        if one["reason"] != told["reason"]:
            lines.append(f"      {sentence(one['reason'], language)}")
        changed = one["modifications"].replace("_", " ")
        lines.append(f"      covers: {one['coverage'].lower().replace('_', ' ')}; after it: {changed}")
    return "\n".join(lines)


def _who_and_when(one: Mapping[str, Any]) -> str:
    """Signer, territory, level and time, as far as they are known."""
    time_told = None
    if one["signing_time"]:
        source = str(one["signing_time_source"] or "").replace("_", " ")
        time_told = f"{one['signing_time']} ({source})"
    parts = (one["signer"] or "nobody known", one["territory"], one["level"], time_told)
    return ", ".join(part for part in parts if part)


def _sum_up(verdicts: list[str], seconds: float) -> None:
    counts = ", ".join(
        click.style(f"{verdicts.count(name)} {name.lower()}", fg=colour)
        for name, colour in COLOURS.items()
        if name in verdicts
    )
    click.echo(f"{len(verdicts)} files: {counts}; {len(verdicts) / max(seconds, 1e-9):.1f} a second")
