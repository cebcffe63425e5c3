"""`gba seal` for many files: in order, several at once, with one key session; what is done is kept line by line.

1. Each file's outcome is one line of sealed.jsonl in the target folder, written when the sealed file is there.
2. With --resume a file whose bytes have such a line, and whose sealed file is there, is passed over.
3. No two files go to one place: the second is refused, for the first one's seal would be lost.
4. When the key or every authority is away for many files in a row the run stops: the rest would fail alike.
5. One run at a time writes into a folder; Ctrl-C stops it between two lines.
"""

import hashlib
import json
import sys
import time
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from errno import EEXIST, EISDIR, ENAMETOOLONG, ENOTDIR
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from deploy.commands.cannot_go_on import CannotGoOn, usable
from deploy.commands.interrupts import Interrupts
from deploy.commands.run_file import opened_alone
from deploy.commands.seal_tasks import Task, tasks
from deploy.commands.seal_wish import Wish, as_line, as_told, open_seal, write
from deploy.settings import Settings
from trust.validation.plain_text import plain

if TYPE_CHECKING:
    from trust.flows.seal_pdf import SealPdf
    from trust.signing.profile import SealProfile

JOURNAL = "sealed.jsonl"
LARGEST = 200 * 1024 * 1024
AWAY_IN_A_ROW = 20
# why one file has no place; the next may have one
OF_THIS_FILE = {
    EEXIST: "target_taken",
    EISDIR: "target_taken",
    ENOTDIR: "target_taken",
    ENAMETOOLONG: "target_name_too_long",
}
STOPPED = 130  # as a shell says of who was interrupted


@dataclass(slots=True)
class Tally:
    """How the run goes."""

    total: int | None
    begun: float = field(default_factory=time.monotonic)
    sealed: int = 0
    refused: int = 0
    away: int = 0
    away_in_a_row: int = 0
    passed_over: int = 0

    def count(self, told: dict[str, Any]) -> None:
        """One more."""
        if "refused" not in told:
            self.sealed += 1
            self.away_in_a_row = 0
        elif told["away"]:
            self.away += 1
            self.away_in_a_row += 1
        else:
            self.refused += 1
            self.away_in_a_row = 0

    @property
    def done(self) -> int:
        """Files that need no more looking at."""
        return self.sealed + self.refused + self.away + self.passed_over

    @property
    def exit_code(self) -> int:
        """0 all sealed, 1 some refused, 2 something was away."""
        return 2 if self.away else 1 if self.refused else 0

    def speed(self) -> float:
        """Files a second, so far."""
        return (self.sealed + self.refused) / max(time.monotonic() - self.begun, 1e-9)


def seal_many(settings: Settings, wish: Wish) -> int:
    """Seal them all; gives the exit code. Raises CannotGoOn."""
    from trust.errors import TrustError  # noqa: PLC0415 - not needed for --help

    try:
        wish.target.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotGoOn(f"{plain(str(wish.target))} cannot be a folder: {problem.strerror}") from None
    journal = wish.target / JOURNAL
    found, total = tasks(wish)
    with opened_alone(journal) as lines:
        if journal.stat().st_size and not wish.resume:
            raise CannotGoOn(f"{plain(str(journal))} tells of a run already: --resume goes on with it")
        kept = _kept(journal) if wish.resume else {}
        try:
            with usable():
                seal = open_seal(settings, wish)
        except TrustError as missing:
            raise CannotGoOn(f"no seal can be made: {missing.reason}") from None
        tally = Tally(total)
        outcomes = _outcomes(seal, wish.profile(settings), _left(found, kept, tally), wish.jobs)
        return _run(outcomes, lines, wish, tally)


def _run(outcomes: Generator[dict[str, Any], None, None], lines: IO[str], wish: Wish, tally: Tally) -> int:
    stopped = False
    with closing(outcomes), Interrupts() as interrupts:
        try:
            for told in outcomes:
                with interrupts.whole():
                    tally.count(told)
                    line = as_line(told)
                    _keep(line, lines)
                    _tell(told, line, wish, tally)
                if tally.away_in_a_row >= AWAY_IN_A_ROW:
                    click.echo(
                        f"\nstopped: {told['refused']} for {AWAY_IN_A_ROW} files in a row; --resume goes on", err=True
                    )
                    break
        except KeyboardInterrupt:
            stopped = True
            click.echo("\nstopped; --resume goes on", err=True)
    _sum_up(tally, wish)
    return STOPPED if stopped else tally.exit_code


def _keep(line: str, lines: IO[str]) -> None:
    try:
        lines.write(line + "\n")
        lines.flush()
    except OSError as problem:
        raise CannotGoOn(f"{JOURNAL} cannot be written: {problem.strerror}; --resume goes on") from None


def _kept(journal: Path) -> dict[tuple[str, str], str]:
    """(source, digest of its bytes) → target of what an earlier run has sealed; a line it did not finish is cut off."""
    try:
        text = journal.read_bytes()
    except FileNotFoundError:
        return {}
    whole = text[: text.rfind(b"\n") + 1]
    kept: dict[tuple[str, str], str] = {}
    try:
        for line in whole.splitlines():
            told = json.loads(line)
            if "refused" not in told and Path(told["file"]).is_file():
                kept[told["source"], told["received_sha256"]] = told["file"]
    except (ValueError, KeyError, TypeError):
        raise CannotGoOn(f"{plain(str(journal))} holds something else than a run; it is left as it is") from None
    if whole != text:
        journal.write_bytes(whole)
    return kept


def _left(tasks: Iterable[Task], kept: dict[tuple[str, str], str], tally: Tally) -> Iterator[Task]:
    owners = {target: source for (source, _), target in kept.items()}
    given: set[Path] = set()
    for task in tasks:
        if kept and (str(task.source), _digest(task.source)) in kept:
            tally.passed_over += 1
            continue
        of_another = owners.get(str(task.target), str(task.source)) != str(task.source)
        yield replace(task, taken=task.taken or of_another or task.target in given)
        given.add(task.target)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""


def _outcomes(
    seal: "SealPdf", profile: "SealProfile", tasks: Iterator[Task], jobs: int
) -> Generator[dict[str, Any], None, None]:
    """What became of each file, in order, while others are being sealed."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting: list[Future[dict[str, Any]]] = []
        try:
            for task in tasks:
                waiting.append(pool.submit(_one, seal, profile, task))
                if len(waiting) > 2 * jobs:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()


def _one(seal: "SealPdf", profile: "SealProfile", task: Task) -> dict[str, Any]:
    from trust.errors import DocumentRefused, TrustError  # noqa: PLC0415

    told: dict[str, Any] = {"source": str(task.source)}
    if task.taken:
        return told | {"refused": "target_taken", "away": False}
    try:
        if task.source.stat().st_size > LARGEST:
            raise DocumentRefused("too_large")
        data = task.source.read_bytes()
    except (OSError, ValueError):  # the latter of a path that can be none
        return told | {"refused": "file_unreadable", "away": False}
    except TrustError as refused:
        return told | {"refused": refused.reason, "away": False}
    try:
        sealed = seal(data, profile)
    except TrustError as refused:
        return told | {"refused": refused.reason, "away": not isinstance(refused, DocumentRefused)}
    try:
        task.target.parent.mkdir(parents=True, exist_ok=True)
        write(task.target, sealed.content)
    except OSError as problem:
        if reason := OF_THIS_FILE.get(problem.errno or 0):
            return told | {"refused": reason, "away": False}
        raise CannotGoOn(f"cannot write {plain(str(task.target))}: {problem.strerror}; --resume goes on") from None
    return told | as_told(task.target, sealed)


def _tell(told: dict[str, Any], line: str, wish: Wish, tally: Tally) -> None:
    if wish.as_json:
        click.echo(line)
    elif "refused" in told:
        click.echo(
            f"{click.style('refused', fg='red', bold=True)}  {plain(told['source'])}  {told['refused']}", err=True
        )
    if sys.stderr.isatty():
        click.echo(f"\r{_bar(tally)} {tally.speed():.1f} a second", nl=False, err=True)


def _bar(tally: Tally) -> str:
    if tally.total is None:
        return f"{tally.done} files"
    filled = round(30 * tally.done / max(tally.total, 1))
    return f"[{'#' * filled}{'.' * (30 - filled)}] {tally.done} of {tally.total}"


def _sum_up(tally: Tally, wish: Wish) -> None:
    if sys.stderr.isatty():
        click.echo(err=True)
    seconds = time.monotonic() - tally.begun
    told = {
        "sealed": tally.sealed,
        "refused": tally.refused,
        "away": tally.away,
        "passed_over": tally.passed_over,
        "seconds": round(seconds, 3),
        "a_second": round(tally.speed(), 1),
    }
    if wish.as_json:
        click.echo(json.dumps({"run": told}))
        return
    over = f", {tally.passed_over} passed over" if tally.passed_over else ""
    missing = f", {tally.away} while something was away" if tally.away else ""
    click.echo(
        f"{tally.sealed} sealed, {tally.refused} refused{missing}{over}; {seconds:.1f} s, {tally.speed():.1f} a second"
    )
