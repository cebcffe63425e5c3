"""How long one key seals what is kept of people."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.frozen import Frozen
from trust.custody.key_store import KeyStore
from trust.keys.key import Purpose

# Nonces are random, so one key may seal 2^32 values (NIST SP 800-38D §8.3): a hundred a second are that in 16 months.
SEALS_FOR = timedelta(days=365)

log = logging.getLogger(__name__)


class WarnOfDataKey(Frozen):
    """A line in the log once the key has served its time: a worker's task.

    No new one is made unasked: a backup of the key file from before would not open what is sealed under it.
    """

    keys: KeyStore
    clock: Callable[[], datetime]

    def __call__(self) -> str:
        """The reason that was told; empty if all is well. Raises KeyUnavailable where there is no key."""
        age = self.clock() - self.keys.current(Purpose.DATA).created_at
        reason = "data_key_old" if age > SEALS_FOR else ""
        if reason:
            log.warning("data_key", extra={"reason": reason})
        return reason
