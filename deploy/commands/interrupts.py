"""Ctrl-C between two steps, never within one: what was told to somebody is also counted."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self


class Interrupts:
    """While it is entered, an interruption that comes during `whole()` waits until that is over.

    Enter it in the main thread, where Python hears signals. KeyboardInterrupt is raised as always elsewhere.
    """

    def __init__(self) -> None:
        self._within = self._asked = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """A step that is done whole or not begun."""
        self._within = True
        try:
            yield
        finally:
            self._within = False
        if self._asked:
            raise KeyboardInterrupt

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        if not self._within:
            raise KeyboardInterrupt
