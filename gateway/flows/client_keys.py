"""A client's keys: those it enrolled with, or those at its `jwks_uri`, kept for a while and never lost for nothing.

Kept sets are fetched anew after their time, which differs a little from client to client and process to process, and
when a signature names a key that is not there, within a budget. When the partner does not answer, the last good set
goes on serving. What was heard is stored: a process that begins, or that one beside was quicker than, asks there first,
so a restart at an hour when the partner is away locks nobody out, and all processes share one budget.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import field
from msgspec.structs import replace

from gateway.flows.find_client import KnownClient
from gateway.frozen import Frozen, Hidden
from gateway.oidc import compact_jws, strict_json
from gateway.oidc.compact_jws import Jws, JwsRefused
from gateway.oidc.key_set import MOST_KEYS, KeySet
from gateway.oidc.public_key import KeyRefused, PublicKey, admit
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress, EgressFailed
from gateway.ports.partners import KeptKeys
from gateway.ports.work import OpenWork

LONGEST = 65_536  # bytes of a key set that are read
WORTH_A_REFETCH = frozenset({"key_unknown", "signature_wrong"})
NEVER = KeySet(())
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
PROBLEMS = frozenset({"answer_not_ok", "no_usable_key"})


class Kept(Frozen):
    """What is known of one address. `due`: when to ask again; `asked_at`: when it was last asked."""

    url: str
    keys: KeySet = NEVER
    due: datetime
    asked_at: datetime
    fetched_at: datetime | None = None


def _whoever_comes() -> None:
    """May wait."""


class ClientKeys(Frozen):
    """`spread` differs from process to process, so that they do not all ask at once.

    `may_wait` is called before a partner is asked, and before anything is noted; it raises where nobody may wait.
    """

    open_work: OpenWork
    egress: Egress
    clock: Clock
    spread: str
    may_wait: Callable[[], None] = _whoever_comes
    live: timedelta = timedelta(minutes=15)
    ask_again_after: timedelta = timedelta(seconds=30)
    kept: Hidden[dict[str, Kept]] = field(default_factory=dict)

    def verify(self, jws: Jws, known: KnownClient) -> None:
        """Check the signature with a key of this client. Raises JwsRefused."""
        url = known.client.jwks_uri
        if url is None:
            compact_jws.verify(jws, known.keys)
            return
        present = self._present(known.client.id, url)
        try:
            compact_jws.verify(jws, present.keys)
        except JwsRefused as refusal:
            fresh = self._ask(known.client.id, present) if str(refusal) in WORTH_A_REFETCH else present
            if fresh.keys is present.keys:
                raise
            compact_jws.verify(jws, fresh.keys)

    def _present(self, client: str, url: str) -> Kept:
        now, kept = self.clock(), self.kept.get(client)
        if kept is None or kept.url != url:
            nothing = Kept(url=url, due=now, asked_at=LONG_AGO)
            kept = self.kept[client] = self._recalled(client, nothing)
        if now >= kept.due:
            kept = self._ask(client, kept)
        if kept.keys is NEVER:
            raise JwsRefused("client_keys_unavailable")
        return kept

    def _ask(self, client: str, kept: Kept) -> Kept:
        """The set anew, or the last good one; asked no more often than the budget says, whoever forges what."""
        now = self.clock()
        if now - kept.asked_at < self.ask_again_after:
            return kept
        stored = self._recalled(client, kept)
        if now - stored.asked_at < self.ask_again_after:  # a process beside has just asked
            self.kept[client] = stored
            return stored
        self.may_wait()
        # first noted, then asked: others who come meanwhile go on with what there is
        self.kept[client] = kept = replace(stored, asked_at=now, due=now + self.ask_again_after)
        try:
            keys = self._fetch(kept.url)
        except EgressFailed as failed:
            self._store(client, kept, problem=failed.reason)
            return kept
        except ValueError as wrong:
            self._store(client, kept, problem=str(wrong) if str(wrong) in PROBLEMS else "answer_malformed")
            return kept
        self.kept[client] = kept = replace(kept, keys=keys, due=now + self._lifetime(client), fetched_at=now)
        self._store(client, kept, problem=None)
        return kept

    def _recalled(self, client: str, kept: Kept) -> Kept:
        """What is stored of this address, if it is newer than what this process knows."""
        with self.open_work(write=False) as work:
            stored = work.partner_keys.find(client)
        if stored is None or stored.url != kept.url or stored.asked_at <= kept.asked_at:
            return kept
        keys, due = _admitted(stored.jwks.get("keys")), stored.asked_at + self.ask_again_after
        if not keys or stored.fetched_at is None:
            return replace(kept, asked_at=stored.asked_at, due=due)
        if stored.problem is None:
            due = stored.fetched_at + self._lifetime(client)
        return replace(kept, keys=KeySet(keys), due=due, asked_at=stored.asked_at, fetched_at=stored.fetched_at)

    def _store(self, client: str, kept: Kept, *, problem: str | None) -> None:
        told = KeptKeys(
            client=client,
            url=kept.url,
            jwks=kept.keys.jwks(),
            fetched_at=kept.fetched_at,
            asked_at=kept.asked_at,
            problem=problem,
        )
        with self.open_work(write=True) as work:
            work.partner_keys.keep(told)
            work.commit()

    def _fetch(self, url: str) -> KeySet:
        reply = self.egress("GET", url, headers={"accept": "application/jwk-set+json, application/json"})
        if reply.status != 200:
            raise ValueError("answer_not_ok")
        told = strict_json.read_object(reply.body, longest=LONGEST)
        strict_json.refuse_unwritable(told)  # it is going to be stored
        keys = _admitted(told.get("keys"))
        if not keys:
            raise ValueError("no_usable_key")
        return KeySet(keys)

    def _lifetime(self, client: str) -> timedelta:
        """Between four and six fifths of `live`."""
        drawn = hashlib.sha256(f"{self.spread}{client}".encode()).digest()[0] / 255
        return self.live * (0.8 + 0.4 * drawn)


def _admitted(listed: Any) -> tuple[PublicKey, ...]:
    """Those that we may use; what is for encryption, or of another kind, is none of our business."""
    keys: list[PublicKey] = []
    for jwk in listed[:MOST_KEYS] if isinstance(listed, list) else ():
        try:
            keys.append(admit(jwk))
        except KeyRefused:
            continue
    return tuple(keys)
