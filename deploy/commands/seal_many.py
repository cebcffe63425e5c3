"""`gba seal` for many files: in order, several at once, with one key session; what is done is kept line by line.

1. Each file's outcome is one line of sealed.jsonl in the target folder, written when the sealed file is there.
2. With --resume a file whose bytes have such a line, and whose sealed file is there, is passed over.
3. No two files go to one place: the second is refused, for the first one's seal would be lost.
4. When the key or every authority is away for many files in a row the run stops: the rest would fail alike.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from deploy.commands.seal_wish import Wish, as_told, open_seal, write
from deploy.settings import Settings
from trust.frozen import Frozen

if TYPE_CHECKING:
    from trust.flows.seal_pdf import SealPdf
    from trust.signing.profile import SealProfile

JOURNAL = "sealed.jsonl"
LARGEST = 200 * 1024 * 1024
AWAY_IN_A_ROW = 20
LONGEST_LINE = 64 * 1024 * 1024  # of the journal that is read back


class Task(Frozen, kw_only=False):
    """A file and where its sealed copy goes."""

    source: Path
    target: Path
    taken: bool = False  # another file's sealed copy lies there


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
    """Seal them all; gives the exit code."""
    from trust.errors import TrustError  # noqa: PLC0415 - not needed for --help

    wish.target.mkdir(parents=True, exist_ok=True)
    journal = wish.target / JOURNAL
    if journal.exists() and not wish.resume:
        raise click.ClickException(f"{journal} tells of a run already: --resume goes on with it")
    kept = _kept(journal) if wish.resume else {}
    tasks, total = _tasks(wish)
    try:
        seal = open_seal(settings, wish)
    except TrustError as missing:
        raise click.ClickException(f"no seal can be made: {missing.reason}") from None
    profile, tally = wish.profile(settings), Tally(total)
    with journal.open("a", encoding="utf-8") as lines:
        for told in _outcomes(seal, profile, _left(tasks, kept, tally), wish.jobs):
            tally.count(told)
            line = json.dumps(told, ensure_ascii=False)
            lines.write(line + "\n")
            lines.flush()
            _tell(told, line, wish, tally)
            if tally.away_in_a_row >= AWAY_IN_A_ROW:
                click.echo(
                    f"\nstopped: {told['refused']} for {AWAY_IN_A_ROW} files in a row; --resume goes on", err=True
                )
                break
    _sum_up(tally, wish)
    return tally.exit_code


def _tasks(wish: Wish) -> tuple[Iterator[Task], int | None]:
    """The files in order, and how many where that is known."""
    if any(str(source) == "-" for source in wish.sources):
        if len(wish.sources) > 1:
            raise click.UsageError("- stands alone: the paths come on the standard input.")
        return _from_stream(sys.stdin, wish.target), None
    found = [task for source in wish.sources for task in _below(source, wish.target)]
    return iter(found), len(found)


def _from_stream(stream: IO[str], folder: Path) -> Iterator[Task]:
    for line in stream:
        if path := line.rstrip("\r\n"):
            yield Task(Path(path), folder / _beside(Path(path)))


def _below(source: Path, folder: Path) -> Iterator[Task]:
    if not source.is_dir():
        yield Task(source, folder / source.name)
        return
    inside = folder.resolve()
    for found in sorted(source.rglob("*")):
        if found.suffix.lower() == ".pdf" and found.is_file() and inside not in found.resolve().parents:
            yield Task(found, folder / found.relative_to(source))


def _beside(path: Path) -> Path:
    """A path below the target folder that no other path of a stream has."""
    parts = [part for part in path.parts if part not in (path.anchor, ".", "..")]
    return Path(*parts)


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
        raise click.ClickException(f"{journal} holds something else than a run; it is left as it is") from None
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
        yield replace(task, taken=of_another or task.target in given)
        given.add(task.target)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _outcomes(seal: "SealPdf", profile: "SealProfile", tasks: Iterator[Task], jobs: int) -> Iterator[dict[str, Any]]:
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
        sealed = seal(task.source.read_bytes(), profile)
        task.target.parent.mkdir(parents=True, exist_ok=True)
        write(task.target, sealed.content)
    except OSError:
        return told | {"refused": "file_unreadable", "away": False}
    except TrustError as refused:
        return told | {"refused": refused.reason, "away": not isinstance(refused, DocumentRefused)}
    return told | as_told(task.target, sealed)


def _tell(told: dict[str, Any], line: str, wish: Wish, tally: Tally) -> None:
    if wish.as_json:
        click.echo(line)
    elif "refused" in told:
        click.echo(f"{click.style('refused', fg='red', bold=True)}  {told['source']}  {told['refused']}", err=True)
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
