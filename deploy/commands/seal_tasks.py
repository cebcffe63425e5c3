"""Which files `gba seal` was given, and where each sealed copy goes."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from deploy.commands.cannot_go_on import CannotGoOn
from deploy.commands.pdf_files import pdfs_below
from deploy.commands.seal_wish import Wish
from trust.frozen import Frozen
from trust.validation.plain_text import plain


class Task(Frozen, kw_only=False):
    """A file and where its sealed copy goes."""

    source: Path
    target: Path
    taken: bool = False  # another file lies there, or its sealed copy


def tasks(wish: Wish) -> tuple[Iterator[Task], int | None]:
    """The files in order, and how many where that is known. Raises CannotGoOn."""
    if any(str(source) == "-" for source in wish.sources):
        if len(wish.sources) > 1:
            raise click.UsageError("- stands alone: the paths come on the standard input.")
        # a path need not be text in the terminal's encoding
        return _from_stream(sys.stdin.buffer, wish.target), None
    found = [task for source in wish.sources for task in _below(source, wish.target)]
    if not found:
        raise CannotGoOn("there is no PDF file in what was named")
    originals = {task.source.absolute() for task in found}
    return (_placed(task, originals) for task in found), len(found)


def _placed(task: Task, originals: set[Path]) -> Task:
    return Task(task.source, task.target, taken=task.target.absolute() in originals)


def _from_stream(stream: IO[bytes], folder: Path) -> Iterator[Task]:
    for line in stream:
        if named := line.rstrip(b"\r\n"):
            path = Path(os.fsdecode(named))
            target = folder / _beside(path)
            yield Task(path, target, taken=path.absolute() == target.absolute())


def _below(source: Path, folder: Path) -> Iterator[Task]:
    if not source.is_dir():
        yield Task(source, folder / source.name)
        return
    inside, whole = folder.resolve(), source.resolve()
    if inside == whole:
        raise CannotGoOn(f"{plain(str(source))} is what is to be sealed: name another folder with -o")
    for found in pdfs_below(source):
        if whole not in inside.parents or inside not in found.resolve().parents:
            yield Task(found, folder / found.relative_to(source))


def _beside(path: Path) -> Path:
    """A path below the target folder that no other path of a stream has."""
    parts = [part for part in path.parts if part not in (path.anchor, ".", "..")]
    return Path(*parts)
