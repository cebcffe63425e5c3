"""Which PDF files are in a folder. What cannot be looked at is named as well: who archives it must hear of it."""

import os
import stat
from pathlib import Path


def pdfs_below(folder: Path) -> list[Path]:
    """Every PDF below, in order; and each folder that does not open, in place of what it may hold.

    Links to folders are not followed: they may lead round in a circle.
    """
    closed: list[Path] = []
    found = [
        path
        for place, _, names in os.walk(folder, onerror=lambda problem: closed.append(Path(problem.filename)))
        for name in names
        if (path := Path(place, name)).suffix.lower() == ".pdf" and _may_be_a_file(path)
    ]
    return sorted(found + closed)


def _may_be_a_file(path: Path) -> bool:
    """A file, or something of which nobody can tell: a link that leads nowhere, a place without the right to look."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True
