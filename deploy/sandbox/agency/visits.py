"""Who is at the agency's counter: visits and sign-ins under way, in a small SQLite file that outlives a restart.

A visit is known by the hash of its cookie. A departure is taken once: reading it removes it, so an answer that is
played twice finds nothing.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from deploy.sandbox.agency.sign_in import Departure
from gateway.frozen import Frozen
from gateway.ports.clock import Clock

_DEPARTURE_KEPT = timedelta(hours=1)
_VISIT_KEPT = timedelta(hours=8)
_TABLES = """
CREATE TABLE IF NOT EXISTS departures (state TEXT PRIMARY KEY, visit TEXT NOT NULL, content TEXT NOT NULL, until REAL);
CREATE TABLE IF NOT EXISTS visits (id TEXT PRIMARY KEY, content TEXT NOT NULL, until REAL NOT NULL);
"""


def digest(value: str) -> str:
    """What is kept of a cookie or a state."""
    return hashlib.sha256(value.encode()).hexdigest()


class Visits(Frozen):
    """The agency's whole memory."""

    path: Path
    clock: Clock

    def prepare(self) -> None:
        """Make the file and its tables, and forget what has run out."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._write() as connection:
            connection.executescript(_TABLES)
            for statement in ("DELETE FROM departures WHERE until < ?", "DELETE FROM visits WHERE until < ?"):
                connection.execute(statement, (self.clock().timestamp(),))

    def remember(self, visit: str, departure: Departure, memory: Mapping[str, object]) -> None:
        """Park a sign-in that is under way, with what this agency wants to know when the person is back."""
        content = {
            "url": departure.url,
            "state": departure.state,
            "nonce": departure.nonce,
            "verifier": departure.verifier,
            "memory": dict(memory),
        }
        row = (digest(departure.state), digest(visit), json.dumps(content), self._until(_DEPARTURE_KEPT))
        with self._write() as connection:
            connection.execute("INSERT INTO departures VALUES (?, ?, ?, ?)", row)

    def take(self, visit: str, state: str) -> tuple[Departure, dict[str, object]] | None:
        """The sign-in that this browser began under `state`, once."""
        with self._write() as connection:
            row = connection.execute(
                "DELETE FROM departures WHERE state = ? AND visit = ? AND until > ? RETURNING content",
                (digest(state), digest(visit), self.clock().timestamp()),
            ).fetchone()
        if row is None:
            return None
        content = json.loads(row[0])
        memory = content.pop("memory")
        return Departure(**content), memory

    def keep(self, visit: str, content: Mapping[str, object]) -> None:
        """Write what is known of a visit."""
        row = (digest(visit), json.dumps(content, ensure_ascii=False), self._until(_VISIT_KEPT))
        with self._write() as connection:
            connection.execute("INSERT OR REPLACE INTO visits VALUES (?, ?, ?)", row)

    def find(self, visit: str) -> dict[str, object] | None:
        with self._write() as connection:
            row = connection.execute(
                "SELECT content FROM visits WHERE id = ? AND until > ?", (digest(visit), self.clock().timestamp())
            ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def forget(self, visit: str) -> None:
        with self._write() as connection:
            connection.execute("DELETE FROM visits WHERE id = ?", (digest(visit),))
            connection.execute("DELETE FROM departures WHERE visit = ?", (digest(visit),))

    def _until(self, kept: timedelta) -> float:
        return (self.clock() + kept).timestamp()

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=10)) as connection, connection:
            yield connection
