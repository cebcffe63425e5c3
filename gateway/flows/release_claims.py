"""Tell an agency what it may be told of a person now."""

from datetime import datetime

from msgspec import field

from gateway.flows.remembered import Remembered
from gateway.frozen import Frozen, Hidden
from gateway.identity import release
from gateway.identity.binding import Binding
from gateway.identity.claim import OFFLINE_ACCESS, values
from gateway.identity.claims_choice import unchanged_until
from gateway.identity.consent import ConsentRecord, Kind, stands
from gateway.identity.consent_head import home_of
from gateway.identity.further import VERIFIED_CLAIMS, WITHHELD, Further
from gateway.identity.release import Ground, allowed, withheld
from gateway.identity.transfer import TransferBasis
from gateway.identity.verification import DEFAULT_VOUCHERS, Vouchers
from gateway.oidc.client import Client
from gateway.oidc.pairwise_id import told_to
from gateway.ports.backings import Backing
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork


class ReleaseClaims(Frozen):
    """Claims over the resident's storage."""

    open_work: OpenWork
    clock: Clock
    transfer_bases: tuple[TransferBasis, ...] = ()
    vouchers: Vouchers = field(default_factory=lambda: DEFAULT_VOUCHERS)
    allowed: Hidden[Remembered[object, tuple[datetime, tuple[str, ...]]]] = field(
        default_factory=lambda: Remembered(1000)
    )

    def release(
        self,
        *,
        account: str,
        client: Client,
        claims: tuple[str, ...],
        consent: str | None,
        further: Further | None = None,
        scope: frozenset[str] | None = None,
        backing: Backing | None = None,
    ) -> dict[str, object]:
        """Re-checked each time: the consent that stands now decides, not the one that a token was issued under."""
        if further is None and (not claims or consent is None):
            return {}
        backing = backing or self._backing(account, client)
        record = backing.consent
        ground = Ground(
            binding=None if record is None else _binding_of(record, backing.bindings),
            consent=record if consent is not None else None,
            allowed_scopes=client.scopes,
            destination=client.region,
            bases=self.transfer_bases,
            at=self.clock(),
            scope=scope,
        )
        told = self._told(claims, ground, client)
        return told if further is None else told | further_of(further, ground, self.vouchers)

    def _told(self, claims: tuple[str, ...], ground: Ground, client: Client) -> dict[str, object]:
        """The values now of what may be told. Which that is rests on the request, the law and what was agreed to, the
        same for all who agreed to the same, and is remembered with these; no value is.
        """
        binding, consent = ground.binding, ground.consent
        if binding is None or consent is None or not stands(consent, ground.at):
            return {}
        rests_on = (claims, client.id, client.scopes, client.region, ground.scope, binding.home, consent.items)
        known = self.allowed.get(rests_on)
        if known is None or ground.at >= known[0]:
            known = unchanged_until(ground.bases, None, ground.at), allowed(claims, ground)
            self.allowed.put(rests_on, known)
        return values(binding.profile, known[1])

    def may_return(self, *, account: str, client: Client) -> bool:
        """A standing consent that holds the permission, and a binding for it to be about."""
        record = self._standing(account, client)
        return record is not None and OFFLINE_ACCESS in record.items

    def may_know(self, *, account: str, client: Client) -> bool:
        """A standing consent, whatever it holds, and a binding for it to be about."""
        return self._standing(account, client) is not None

    def _standing(self, account: str, client: Client) -> ConsentRecord | None:
        backing = self._backing(account, client)
        record = backing.consent
        return record if record is not None and backing.bindings and stands(record, self.clock()) else None

    def _backing(self, account: str, client: Client) -> Backing:
        with self.open_work(write=False) as work:
            return Backing(
                bindings=work.bindings.active_of(account),
                consent=work.consents.standing(account, Kind.CLAIMS, client.id),
            )


def further_of(further: Further, ground: Ground, vouchers: Vouchers) -> dict[str, object]:
    """Verified claims, as one element or several; and the reasons, if they were asked for."""
    answer = release.verified(further.verified, ground, vouchers)
    told: dict[str, object] = {}
    if answer.elements:
        told[VERIFIED_CLAIMS] = list(answer.elements) if len(answer.elements) > 1 else answer.elements[0]
    if further.explain is not None:
        reasons = {name: reason.value for name, reason in withheld(further.explain, ground).items()}
        inside = {f"{VERIFIED_CLAIMS}/{name}": reason.value for name, reason in answer.withheld.items()}
        told[WITHHELD] = reasons | inside
    return told


def _binding_of(record: ConsentRecord, bindings: tuple[Binding, ...]) -> Binding | None:
    """The binding whose attributes the person looked at when agreeing; where another took its place, that one. What
    another home of the same person says is no part of it.
    """
    home = home_of(record.head)
    same = [binding for binding in bindings if binding.home is home]
    if len(same) < 2:
        return same[0] if same else None
    processing, client = record.head.get("processing"), record.client or ""
    named = processing.get("binding") if isinstance(processing, dict) else None
    return next((binding for binding in same if told_to(client, binding.id) == named), same[0])
