"""How far `gba verify` is, in one line that is written over, for somebody who watches while reports go elsewhere."""

import time
from types import TracebackType
from typing import Self

import click

from trust.validation.words import words

BLINK = 0.1  # seconds between two lines
CLEAR = "\r\033[K"


class Progress:
    """Counts files; says so on the standard error where somebody watches."""

    def __init__(self, total: int, language: str, *, watched: bool) -> None:
        self._total, self._watched = total, watched and total > 1
        self._speed = words(language)["speed"]
        self._begun = self._said = time.monotonic()
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watched:
            click.echo(CLEAR, nl=False, err=True, color=True)

    def count(self) -> None:
        """One more."""
        self._done += 1
        now = time.monotonic()
        if not self._watched or now - self._said < BLINK:
            return
        self._said = now
        speed = self._done / (now - self._begun)
        left = round((self._total - self._done) / speed)
        line = f"{self._done}/{self._total}  {self._speed.format(speed=f'{speed:.1f}')}  -{left // 60}:{left % 60:02}"
        click.echo(CLEAR + line, nl=False, err=True, color=True)
