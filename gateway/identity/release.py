"""What may be told of a person at this moment: identity ∩ asked ∩ allowed ∩ consented ∩ lawful to transfer.

Each of the five can only take away. A consent that was withdrawn or has lapsed since takes away everything. What is
taken away has a reason, and an agency may have it. The order of the reasons keeps it from telling more than the agency
may know: what depends on the person comes after what does not, and whether something is held at all comes after the
person's own word that the agency may know.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import field

from gateway.frozen import Frozen, Hidden
from gateway.identity.binding import Binding
from gateway.identity.claim import CLAIMS, VERIFICATION, Holder, values
from gateway.identity.consent import ConsentRecord, stands
from gateway.identity.further import Elements
from gateway.identity.region import HOMES, Region
from gateway.identity.transfer import Refused, TransferBasis, assess
from gateway.identity.verification import Vouchers, is_verified, verification
from gateway.identity.verified_claims import holds, verification_answer


class Withheld(StrEnum):
    """Why a claim that was asked for is not told."""

    UNKNOWN = "claim_unknown"
    NOT_ALLOWED = "not_allowed_for_client"
    NOT_IN_SCOPE = "not_requested_scope"  # the token at hand was narrowed
    NOT_CONSENTED = "not_consented"
    NOT_LAWFUL = "transfer_not_lawful"
    NOT_CONSENTED_OR_LAWFUL = "not_consented_or_not_lawful"  # it is lawful from some homes and not from others
    NOT_HELD = "not_held"
    # of verified claims alone
    NOT_VERIFIED = "assurance_too_low"  # nobody vouches for it
    NOT_MET = "verification_not_met"  # vouched for, but not as the request demands
    OTHER_VALUE = "value_not_met"


class Ground(Frozen):
    """All that a decision rests on. Without a binding or a consent nothing of a person is told."""

    binding: Binding | None
    consent: ConsentRecord | None
    allowed_scopes: frozenset[str]
    destination: str
    bases: tuple[TransferBasis, ...]
    at: datetime
    scope: frozenset[str] | None = None  # of the token at hand, where it was narrowed


class VerifiedAnswer(Frozen):
    """The elements to tell, and what was withheld of those asked for, by claim."""

    elements: Hidden[tuple[Mapping[str, object], ...]] = ()
    withheld: Mapping[str, Withheld] = field(default_factory=dict)


def objection(name: str, ground: Ground) -> Withheld | None:
    """Why this claim may not be told, or None if it may."""
    claim = CLAIMS.get(name)
    if claim is None:
        return Withheld.UNKNOWN
    if claim.scope not in ground.allowed_scopes:
        return Withheld.NOT_ALLOWED
    if ground.scope is not None and claim.scope not in ground.scope:
        return Withheld.NOT_IN_SCOPE
    return _objection_of_person(name, ground)


def _objection_of_person(name: str, ground: Ground) -> Withheld | None:
    binding, consent = ground.binding, ground.consent
    if binding is None or consent is None or binding.ended_at is not None or not stands(consent, ground.at):
        return Withheld.NOT_CONSENTED
    lawful = _is_lawful(name, binding.home, ground)
    if lawful and name in consent.items:
        return None
    # where the law differs by home, a reason of its own for either would say where the person is from
    if any(_is_lawful(name, home, ground) is not lawful for home in HOMES):
        return Withheld.NOT_CONSENTED_OR_LAWFUL
    return Withheld.NOT_CONSENTED if lawful else Withheld.NOT_LAWFUL


def _is_lawful(name: str, home: Region, ground: Ground) -> bool:
    assessed = assess(name, home=home, destination=ground.destination, bases=ground.bases, at=ground.at)
    return not isinstance(assessed, Refused)


def withheld(names: Iterable[str], ground: Ground) -> dict[str, Withheld]:
    """The claims among these that are not told, each with its reason."""
    told = tell(names := tuple(names), ground)
    return {name: objection(name, ground) or Withheld.NOT_HELD for name in names if name not in told}


def tell(names: Iterable[str], ground: Ground) -> dict[str, object]:
    """The values that may be told, by name."""
    if ground.binding is None:
        return {}
    return values(ground.binding.profile, allowed(names, ground))


def allowed(names: Iterable[str], ground: Ground) -> tuple[str, ...]:
    """Those of the claims that may be told, whatever is held of them."""
    return tuple(name for name in names if objection(name, ground) is None)


def release(
    names: Iterable[str],
    *,
    binding: Binding,
    consent: ConsentRecord,
    allowed_scopes: frozenset[str],
    destination: str,
    bases: Iterable[TransferBasis],
    at: datetime,
) -> dict[str, object]:
    """The values that may be told, by name: the same, for those who ask for nothing further."""
    ground = Ground(
        binding=binding,
        consent=consent,
        allowed_scopes=allowed_scopes,
        destination=destination,
        bases=tuple(bases),
        at=at,
    )
    return tell(names, ground)


def verified(elements: Elements, ground: Ground, vouchers: Vouchers) -> VerifiedAnswer:
    """What may be told of claims together with how they were verified: an element for each side that vouches."""
    answers: list[Mapping[str, object]] = []
    reasons: dict[str, Withheld] = {}
    for element in elements:
        asked: Mapping[str, object] = element["claims"]
        for holder in Holder:
            its = {name: wish for name, wish in asked.items() if _verifiable(name) and CLAIMS[name].holder is holder}
            said = _verified_by(holder, element["verification"], its, ground, vouchers)
            reasons |= said.withheld
            answers += said.elements
        reasons |= {name: Withheld.UNKNOWN for name in asked if not _verifiable(name)}
    return VerifiedAnswer(elements=tuple(answers), withheld=reasons)


def _verifiable(name: str) -> bool:
    return name in CLAIMS and CLAIMS[name].verifiable


def _verified_by(
    holder: Holder, wish: Mapping[str, object], asked: Mapping[str, object], ground: Ground, vouchers: Vouchers
) -> VerifiedAnswer:
    """One side's part of one element."""
    binding = ground.binding
    barred = {name: reason for name in asked if (reason := objection(VERIFICATION, ground) or objection(name, ground))}
    open_to = {name: asked[name] for name in asked if name not in barred}
    if binding is None or not open_to:
        return VerifiedAnswer(withheld=barred)
    known = verification(binding, holder, vouchers)
    if known is None:
        return VerifiedAnswer(withheld=barred | dict.fromkeys(open_to, Withheld.NOT_VERIFIED))
    how = verification_answer(wish, known, at=ground.at)
    if how is None:
        return VerifiedAnswer(withheld=barred | dict.fromkeys(open_to, Withheld.NOT_MET))
    told: dict[str, object] = {}
    for name, value_wish in open_to.items():
        value = values(binding.profile, [name]).get(name)
        if value is None:
            barred[name] = Withheld.NOT_HELD
        elif not is_verified(binding, name):
            barred[name] = Withheld.NOT_VERIFIED
        elif not holds(value_wish, value, at=ground.at):
            barred[name] = Withheld.OTHER_VALUE
        else:
            told[name] = value
    # without a claim there is nothing that was verified, and so no element (OIDC4IDA §5.7.5)
    return VerifiedAnswer(elements=({"verification": how, "claims": told},) if told else (), withheld=barred)
