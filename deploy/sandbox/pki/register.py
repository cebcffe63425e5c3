"""What the sandbox's authorities have revoked, kept in one small file."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path


class Register:
    """Serial numbers revoked, by territory; read again when the file changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._revoked: dict[str, dict[str, str]] = {}

    def revoked(self, territory: str) -> dict[int, datetime]:
        """Serial number → since when."""
        self._refresh()
        return {
            int(serial, 16): datetime.fromisoformat(since) for serial, since in self._revoked.get(territory, {}).items()
        }

    def revoke(self, territory: str, serial: int, *, at: datetime) -> None:
        """Revoke a certificate from this moment; the first revocation stands."""
        import tempfile  # noqa: PLC0415 - who verifies one file revokes nothing

        self._refresh()
        self._revoked.setdefault(territory, {}).setdefault(
            f"{serial:x}", at.astimezone(UTC).replace(microsecond=0).isoformat()
        )
        handle, name = tempfile.mkstemp(dir=self._path.parent)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(self._revoked, file)
        Path(name).replace(self._path)
        self._refresh()

    @property
    def version(self) -> tuple[int, int] | None:
        """Changes whenever something was revoked."""
        self._refresh()
        return self._seen

    def _refresh(self) -> None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return
        mark = (stat.st_mtime_ns, stat.st_ino)
        if mark != self._seen:
            self._revoked = json.loads(self._path.read_text(encoding="ascii"))
            self._seen = mark
