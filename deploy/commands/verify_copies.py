"""Reports beside what `gba verify` prints: one XML or PDF a file, in a file or a folder that was asked for."""

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from deploy.commands.cannot_go_on import CannotGoOn

if TYPE_CHECKING:
    from trust.validation.report import Report


def copies(
    place: Path, ending: str, render: "Callable[[Report], bytes]", *, several: bool
) -> "Callable[[Report], None]":
    """Writes a copy of each report: into the file named, or where there are several into a folder of that name."""
    folder = several or place.is_dir()
    written: dict[Path, str] = {}  # and of which file the report there tells

    def write(report: "Report") -> None:
        target = place / _below(report.file, ending) if folder else place
        of = written.setdefault(target, report.file)
        if of != report.file or (of and target.resolve() == Path(of).resolve()):
            raise CannotGoOn(f"the report on {report.file} would take the place of {target}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(render(report))
        except OSError:
            raise CannotGoOn(f"{target} cannot be written") from None

    return write


def _below(file: str, ending: str) -> Path:
    """The file's path as one below a folder, so that files of one name in two folders stay two."""
    path = PurePath(file)
    parts = [part for part in path.parts if part not in (path.anchor, "..")]
    return Path(*parts[:-1], f"{parts[-1] if parts else 'signature'}{ending}")
