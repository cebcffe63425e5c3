"""Record what a person lets an agency be told, or that they would rather not."""

from datetime import datetime

from msgspec.structs import replace

from gateway.flows import record_consent
from gateway.flows.equipment import Equipment
from gateway.flows.onward import Standing, end, header, onward, party_of, withdrawal
from gateway.identity import consent, consent_head
from gateway.identity.claims_choice import answered, chosen, left_out
from gateway.identity.consent import STANDING, ConsentRecord, Kind, State
from gateway.identity.notice import ShownNotice
from gateway.oidc.pairwise_id import told_to
from gateway.oidc.sign_in import SignIn
from gateway.ports.work import Work


def agree(
    equipment: Equipment,
    work: Work,
    sign_in: SignIn,
    now: Standing,
    shown: ShownNotice,
    *,
    ticked: frozenset[str],
    at: datetime,
    answer: dict[str, object],
) -> SignIn:
    """One record stands per person and agency's client; it takes over from the one before, and holds what that held of
    the same home, for no longer than that would have: nobody has just been asked about it.
    """
    names = chosen(now.weighed, ticked)
    before = now.last_claims
    kept = _carried_over(before, now, at)
    assert now.binding is not None
    said = left_out(now.weighed, names, now.binding.profile)
    until = before.valid_until if before is not None and kept else None
    record = _asked(equipment, work, sign_in, now, shown, items=(*kept, *names), at=at, until=until)
    given = consent.then(record, State.GIVEN, at=at, by="person", facts={**answer, **said})
    if before is not None and before.state in STANDING:
        record_consent.replace(work, before, at=at, facts={"by_record": given.id})
    work.consents.add(given)
    record_consent.audit(work, given, at=at, by="person")
    after = replace(sign_in, claims=names, claims_consent=given.id)
    known = replace(now, weighed=answered(now.weighed, given, at), last_claims=given)
    return onward(equipment, work, after, at=at, now=known)


def decline(
    equipment: Equipment,
    work: Work,
    sign_in: SignIn,
    now: Standing,
    shown: ShownNotice,
    *,
    at: datetime,
    answer: dict[str, object],
) -> SignIn:
    """The agency is told that access was denied; what stood before stands."""
    record = _asked(equipment, work, sign_in, now, shown, items=tuple(c.name for c in now.weighed if c.lawful), at=at)
    refused = consent.then(record, State.REFUSED, at=at, by="person", facts=answer)
    work.consents.add(refused)
    record_consent.audit(work, refused, at=at, by="person")
    return end(equipment, work, sign_in, code="access_denied", reason="claims_declined", at=at)


def _asked(
    equipment: Equipment,
    work: Work,
    sign_in: SignIn,
    now: Standing,
    shown: ShownNotice,
    *,
    items: tuple[str, ...],
    at: datetime,
    until: datetime | None = None,
) -> ConsentRecord:
    session, client, binding = now.session, now.client, now.binding
    assert session is not None
    assert client is not None
    assert binding is not None
    record_id = equipment.new_token()
    lifetime = equipment.settings.claims_consent_lifetime
    return consent.asked(
        record_id=record_id,
        kind=Kind.CLAIMS,
        account=session.account,
        client=client.id,
        items=items,
        head=consent_head.head(
            header(equipment, work, Kind.CLAIMS, session, client.agency),
            consent_head.for_claims(
                now.weighed,
                binding=told_to(client.id, binding.id),  # receipts are shown around
                destination=client.region,
                days=lifetime.days,
                withdrawal=withdrawal(equipment, record_id),
            ),
            (party_of(client),),
        ),
        shown=shown,
        at=sign_in.stage_since,
        valid_until=min(at + lifetime, until or at + lifetime),
    )


def _carried_over(before: ConsentRecord | None, now: Standing, at: datetime) -> tuple[str, ...]:
    """What stands already of the same home, and is not asked about now."""
    home = None if now.binding is None else now.binding.home
    if before is None or not consent.stands(before, at) or consent_head.home_of(before.head) is not home:
        return ()
    asked = {claim.name for claim in now.weighed}
    return tuple(name for name in before.items if name not in asked)
