"""One round of the worker: each task by itself, so that one that fails keeps no other from its turn."""

import logging
from collections.abc import Callable, Mapping

from deploy import clock, logs
from deploy.composing import residents as people
from deploy.composing.provider import logouts, provider
from deploy.composing.records import records
from deploy.composing.world import World
from deploy.settings import Settings
from deploy.signing_keys import rotation
from trust.storage.audit_log import SqlAuditLog

log = logging.getLogger("deploy.worker")


class Worker:
    """Made once a process; `round` may be called as often as one likes."""

    def __init__(self, settings: Settings) -> None:
        logs.configure(settings.server.log_level)
        self._world = World.open(settings)
        work = people.open_work(self._world)
        offered = people.offer(settings)
        residents = people.residents(self._world, work, offered)
        issuing = provider(
            self._world, work, offered, steps=residents.steps, claims=residents.claims, subjects=residents.subjects
        )
        kept = records(self._world, work, issuing)
        self._tasks: Mapping[str, Callable[[], object]] = {
            "housekeeping": residents.housekeeping,
            "logouts": logouts(self._world, work, issuing, residents.sessions, residents.subjects).deliver,
            "sealing": kept.issue.seal_due,
            "audit_chain": self._link,
            "key_rotation": rotation(self._world.keys, settings.oidc, open_work=work, clock=clock.now),
        }

    def round(self) -> list[str]:
        """Do every task once; the names of those that failed, which the log explains."""
        failed = []
        for name, task in self._tasks.items():
            try:
                task()
            except Exception:
                log.exception("task_failed", extra={"kind": name})
                failed.append(name)
        return failed

    def _link(self) -> int:
        engine = self._world.engine
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            return SqlAuditLog(connection).link(at=clock.now())
