"""Posting callbacks from the background, again and again until they are taken or too old."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from gateway.ports.egress import Egress, EgressFailed

Headers = Callable[[], Mapping[str, str]]  # made anew for each attempt, since they are signed with the time
PAUSES = (0.0, 0.3, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before each attempt

log = logging.getLogger(__name__)


class Deliver(Protocol):
    def __call__(self, url: str, headers: Headers, body: bytes) -> None:
        """See that it gets there; returns at once."""
        ...


class Courier:
    """Implements Deliver with one thread a delivery."""

    def __init__(self, send: Egress, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._send = send
        self._sleep = sleep

    def __call__(self, url: str, headers: Headers, body: bytes) -> None:
        threading.Thread(target=self.carry, args=(url, headers, body), daemon=True, name="sandbox-callback").start()

    def carry(self, url: str, headers: Headers, body: bytes) -> bool:
        """Whether it was taken in the end."""
        for pause in PAUSES:
            self._sleep(pause)
            try:
                if self._send("POST", url, headers=headers(), body=body).status < 300:
                    return True
            except EgressFailed as failed:
                log.info("callback not taken: %s", failed.reason)
        log.warning("callback given up")
        return False
