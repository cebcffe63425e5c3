"""One gateway over one data directory of the sandbox: who comes second is told so, and by whom it is held."""

import fcntl
import os
from pathlib import Path
from typing import IO

FILE = "serving.lock"


class Taken(Exception):
    """Another gateway serves from this directory; `port` is its port, or empty where it has not said yet."""

    def __init__(self, port: str) -> None:
        super().__init__("data_directory_taken")
        self.port = port


def claim(data_dir: Path, port: int) -> IO[str]:
    """Hold the directory until the file is closed, however this process ends. Raises Taken."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.fdopen(os.open(data_dir / FILE, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            raise Taken(file.read(5)) from None
    file.truncate()
    file.write(str(port))
    file.flush()
    return file
