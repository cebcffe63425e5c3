"""A client's keys: those it enrolled with, or those at its `jwks_uri`, kept for a while and never lost for nothing.

Kept sets are fetched anew after their time, which differs a little from client to client and process to process, and
when a signature names a key that is not there, within a budget. When the partner does not answer, the last good set
goes on serving.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.flows.find_client import KnownClient
from gateway.oidc import compact_jws, strict_json
from gateway.oidc.compact_jws import Jws, JwsRefused
from gateway.oidc.key_set import MOST_KEYS, KeySet
from gateway.oidc.public_key import KeyRefused, PublicKey, admit
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress, EgressFailed

LONGEST = 65_536  # bytes of a key set that are read
WORTH_A_REFETCH = frozenset({"key_unknown", "signature_wrong"})
NEVER = KeySet(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is known of one address. `due`: when to ask again; `asked_at`: when it was last asked."""

    url: str
    keys: KeySet = NEVER
    due: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKeys:
    """`spread` differs from process to process, so that they do not all ask at once."""

    egress: Egress
    clock: Clock
    spread: str
    live: timedelta = timedelta(minutes=15)
    ask_again_after: timedelta = timedelta(seconds=30)
    kept: dict[str, Kept] = field(default_factory=dict, repr=False)

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
            kept = Kept(url=url, due=now, asked_at=now - self.ask_again_after)
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
        # first noted, then asked: others who come meanwhile go on with what there is
        self.kept[client] = kept = replace(kept, asked_at=now, due=now + self.ask_again_after)
        try:
            keys = self._fetch(kept.url)
        except (EgressFailed, ValueError):
            return kept
        self.kept[client] = kept = replace(kept, keys=keys, due=now + self._lifetime(client))
        return kept

    def _fetch(self, url: str) -> KeySet:
        reply = self.egress("GET", url, headers={"accept": "application/jwk-set+json, application/json"})
        if reply.status != 200:
            raise ValueError("answer_not_ok")
        listed = strict_json.read_object(reply.body, longest=LONGEST).get("keys")
        keys: list[PublicKey] = []
        for jwk in listed[:MOST_KEYS] if isinstance(listed, list) else ():
            try:
                keys.append(admit(jwk))
            except KeyRefused:  # for encryption, or of a kind we do not use: none of our business
                continue
        if not keys:
            raise ValueError("no_usable_key")
        return KeySet(tuple(keys))

    def _lifetime(self, client: str) -> timedelta:
        """Between four and six fifths of `live`."""
        drawn = hashlib.sha256(f"{self.spread}{client}".encode()).digest()[0] / 255
        return self.live * (0.8 + 0.4 * drawn)
