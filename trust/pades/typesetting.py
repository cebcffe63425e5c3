"""Sets pages with typst: the visible seal, receipts and reports; with the vendored font and nothing of the system."""

import threading
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # seven megabytes that a process should hold only once it sets a page
    import typst

Standard = Literal["a-2a", "a-3a", "ua-1"]

_LOCK = threading.Lock()  # typst's compiler is not for two threads at once


class CannotSet(Exception):
    """typst's own words are the message; they hold what was to be set, and go no further."""


def compiled(
    source: bytes,
    inputs: dict[str, str],
    *,
    tagged: bool = True,
    archival: bool = False,
    attachments: bool = False,
    timestamp: datetime | None = None,
) -> bytes:
    """A template as a PDF, with the vendored font and nothing of the system.

    Archival PDF must draw every character; a file name with one that no font here has is shown with a box instead,
    and the PDF then claims no archival standard.
    """
    standards: list[Standard] = ["a-3a" if attachments else "a-2a", "ua-1"] if archival else []
    try:
        drawn = _drawn(source, inputs, tagged, standards, timestamp)
    except CannotSet as error:
        if not standards or "could not be displayed" not in str(error):
            raise
        drawn = _drawn(source, inputs, tagged, [], timestamp)
    assert isinstance(drawn, bytes)  # no file named
    return drawn


def _drawn(
    source: bytes, inputs: dict[str, str], tagged: bool, standards: list[Standard], timestamp: datetime | None
) -> object:
    from typst import TypstError  # noqa: PLC0415 - see above

    try:
        with _LOCK:
            return compiler().compile(
                input=source,
                format="pdf",
                sys_inputs=inputs,
                pdf_tags=tagged,
                pdf_standards=[*standards],
                timestamp=timestamp and timestamp.replace(microsecond=0),  # typst takes whole seconds only
            )
    except TypstError as error:
        raise CannotSet(str(error)) from None


@lru_cache(maxsize=1)
def compiler() -> "typst.Compiler":
    """The one compiler of this process: loading the font takes longer than drawing."""
    from typst import Compiler  # noqa: PLC0415 - see above

    return Compiler(font_paths=[str(files("trust.pades") / "fonts")], ignore_system_fonts=True)
