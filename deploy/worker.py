"""One round of the worker: each task by itself, so that one that fails keeps no other from its turn."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from deploy import clock, logs
from deploy.composing import residents as people
from deploy.composing import sealing
from deploy.composing.documents_place import clear_unfinished
from deploy.composing.partners import WarnOfKeys
from deploy.composing.provider import logouts, provider
from deploy.composing.provider_parts import ProviderParts
from deploy.composing.records import records
from deploy.composing.seal_keys_told import WarnOfSeal
from deploy.composing.world import World
from deploy.data_key import WarnOfDataKey
from deploy.settings import Settings
from deploy.signing_keys import rotation
from deploy.trust_lists.opening import TrustLists
from gateway.flows.forget_replays import ForgetReplays
from gateway.flows.watch_partners import WatchPartners
from trust.storage.audit_log import SqlAuditLog

LISTS_EVERY = timedelta(hours=1)
CONSENTS_EVERY = timedelta(days=1)
SIGNERS_EVERY = timedelta(days=1)
UNFINISHED_EVERY = timedelta(days=1)
WARNED_EVERY = timedelta(days=1)
REPLAYS_EVERY = timedelta(minutes=1)

log = logging.getLogger("deploy.worker")


class Seldom:
    """A task that need not be done every round. It is done at the first, and when it failed at the next."""

    def __init__(self, task: Callable[[], object], *, every: timedelta, clock: Callable[[], datetime]) -> None:
        self._task = task
        self._every = every
        self._clock = clock
        self._next: datetime | None = None

    def __call__(self) -> None:
        """Do it, if it is time."""
        now = self._clock()
        # a clock that was ahead, and was put right, must not keep it waiting until then
        if self._next is None or not self._next - self._every <= now < self._next:
            self._task()
            self._next = now + self._every


class Worker:
    """Made once a process; `round` may be called as often as one likes."""

    def __init__(self, settings: Settings) -> None:
        logs.configure(settings.server.log_level)
        self._world = World.open(settings)
        work = people.open_work(self._world)
        offered = people.offer(settings)
        residents = people.residents(self._world, work, offered)
        parts = ProviderParts.of(self._world, work, offered)
        issuing = provider(parts, steps=residents.steps, claims=residents.claims, subjects=residents.subjects)
        kept = records(self._world, work, issuing)
        watch = WatchPartners(open_work=work, clock=clock.now)
        self._tasks: Mapping[str, Callable[[], object]] = {
            "housekeeping": residents.housekeeping,
            "consents": Seldom(residents.forget_consents, every=CONSENTS_EVERY, clock=clock.now),
            "replays": Seldom(ForgetReplays(open_work=work, clock=clock.now), every=REPLAYS_EVERY, clock=clock.now),
            "deliveries": logouts(parts, issuing, residents.sessions, residents.subjects).deliver,
            "sealing": kept.issue.seal_due,
            "signings": kept.end_signings,
            "signers": Seldom(kept.forget_signers, every=SIGNERS_EVERY, clock=clock.now),
            "unfinished_files": Seldom(self._clear_unfinished, every=UNFINISHED_EVERY, clock=clock.now),
            "verifying": kept.batches.judge_due,
            "verified_batches": kept.batches.purge,
            "audit_chain": self._link,
            "trust_lists": Seldom(self._refresh_trust_lists, every=LISTS_EVERY, clock=clock.now),
            "partners": watch.put_away,
            "partner_keys": Seldom(WarnOfKeys(watch=watch), every=WARNED_EVERY, clock=clock.now),
            "seal_key": Seldom(
                WarnOfSeal(device=kept.seal.device, clock=clock.now), every=WARNED_EVERY, clock=clock.now
            ),
            "data_key": Seldom(
                WarnOfDataKey(keys=self._world.keys, clock=clock.now), every=WARNED_EVERY, clock=clock.now
            ),
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

    def _refresh_trust_lists(self) -> None:
        """Fetch what others publish; in the sandbox, let the lists follow its authorities and not run out."""
        settings = self._world.settings
        authorities = None
        if settings.sandbox:
            authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
        lists = TrustLists(settings.data_dir, self._world.keys, authorities=authorities)
        lists.in_force()
        lists.refresh(self._world.egress)

    def _clear_unfinished(self) -> int:
        return clear_unfinished(self._world.settings, at=clock.now())

    def _link(self) -> int:
        engine = self._world.engine
        with engine.connect().execution_options(write=True) as connection, connection.begin():
            return SqlAuditLog(connection).link(at=clock.now())
