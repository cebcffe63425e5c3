"""The file in which a run keeps what it has done, so that another can go on."""

import fcntl
from pathlib import Path
from typing import IO

from deploy.commands.cannot_go_on import CannotGoOn
from trust.validation.plain_text import plain


def opened_alone(path: Path) -> IO[str]:
    """The file, to be added to by one run at a time until it is closed. Raises CannotGoOn."""
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as problem:
        raise CannotGoOn(f"{plain(str(path))} cannot be written: {problem.strerror}") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            raise CannotGoOn(f"another run is writing {plain(str(path))} at this moment") from None
    except OSError:
        pass  # a file system without locks: one run at a time is then the caller's word
    return file
