"""A way out that is put together when the first question is asked: most signed files carry their answers.

It leads where the settings allow, and not to the addresses of partners: those stand in the database, which who only
verifies need not have.
"""

import threading
from collections.abc import Mapping

from deploy.settings import Settings
from trust.ports.egress import Egress, Reply


class RareEgress:
    """Satisfies the Egress port of trust; the network's libraries are not loaded before somebody asks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._opened: Egress | None = None

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """Ask, through the one way out."""
        return self._open()(method, url, headers=headers, body=body)

    def _open(self) -> Egress:
        with self._lock:
            if self._opened is None:
                from deploy.composing.world import origins  # noqa: PLC0415 - see above
                from deploy.egress import Egress as OneWayOut  # noqa: PLC0415

                self._opened = OneWayOut(
                    allowed=origins(self._settings),
                    timeout=self._settings.egress.timeout,
                    largest=self._settings.egress.largest_answer,
                    connections=self._settings.egress.connections,
                    authorities=self._settings.egress.authorities_file,
                )
            return self._opened
