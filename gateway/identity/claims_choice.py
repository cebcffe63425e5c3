"""What an agency asks to be told, weighed: lawful, known, agreed before, or to be asked now.

Only the difference is asked again. A voluntary claim that was declined stays declined until something else has to be
asked; an essential one is asked again, for the agency says that it cannot serve without it. Who refused altogether
is asked again: an agency that was told no is not let in by itself the next time it asks.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property

from msgspec.structs import replace

from gateway.frozen import Frozen, Hidden
from gateway.identity.binding import Profile
from gateway.identity.claim import ASKABLE, PERMISSIONS, VERIFICATION, values
from gateway.identity.consent import ConsentRecord, State, stands
from gateway.identity.region import Region
from gateway.identity.transfer import Allowed, Ask, Refused, Transfer, TransferBasis, assess, source

DECLINED, NOT_OFFERED = "declined", "not_offered"  # in the facts of an answer

NEVER = datetime.max.replace(tzinfo=UTC)


class WeighedClaim(Frozen):
    """`before` is the last answer given, if any; `agreed` whether that still stands.

    A struct, since each person's answer makes a changed copy of every claim.
    """

    name: Hidden[str]
    essential: bool
    transfer: Transfer
    source: str
    destination: str
    agreed: bool
    before: bool | None

    @property
    def lawful(self) -> bool:
        return not isinstance(self.transfer, Refused)

    @property
    def ground(self) -> str | None:
        basis = self.transfer.basis if isinstance(self.transfer, Allowed | Ask) else None
        return None if basis is None else basis.ground.value

    @property
    def settled(self) -> bool:
        return not self.lawful or self.agreed or (self.before is False and not self.essential)


class Weighed(tuple[WeighedClaim, ...]):
    """The claims of a request; what follows from them is worked out once."""

    @cached_property
    def pending(self) -> bool:
        """Whether there is anything that must be asked."""
        return not all(claim.settled for claim in self)

    @cached_property
    def agreed(self) -> tuple[str, ...]:
        """The names of those that may be told."""
        return tuple(claim.name for claim in self if claim.agreed and claim.lawful)


NOTHING_ASKED = Weighed()


def weigh(
    asked: Mapping[str, bool],
    *,
    home: Region,
    destination: str,
    bases: Iterable[TransferBasis],
    last: ConsentRecord | None,
    at: datetime,
) -> Weighed:
    """`asked` maps each claim to whether it is essential; `last` is the last claims record for this client.

    It is a matter of the law and of the person's word; what is held about them has no part in it.
    """
    agreed, answers = _agreed(last, at), _answers(last)
    bases = tuple(bases)
    return Weighed(
        WeighedClaim(
            name=name,
            essential=essential,
            transfer=assess(name, home=home, destination=destination, bases=bases, at=at),
            source=destination if name in PERMISSIONS else source(name, home),
            destination=destination,
            agreed=name in agreed,
            before=answers.get(name),
        )
        for name, essential in asked.items()
    )


def available(weighed: Iterable[WeighedClaim], profile: Profile) -> frozenset[str]:
    """Those with which there is anything to tell: a fact if it is held, a permission always."""
    names = [claim.name for claim in weighed]
    known = values(profile, names)
    return frozenset(name for name in names if name in known or name in PERMISSIONS or name == VERIFICATION)


def unchanged_until(bases: Iterable[TransferBasis], last: ConsentRecord | None, at: datetime) -> datetime:
    """When time alone may make the same claims weigh otherwise."""
    ends = (*(basis.valid_until for basis in bases), None if last is None else last.valid_until)
    return min((end for end in ends if end is not None and end > at), default=NEVER)


def answered(weighed: Iterable[WeighedClaim], last: ConsentRecord, at: datetime) -> Weighed:
    """The same claims after this answer: nothing else about them depends on it."""
    agreed, answers = _agreed(last, at), _answers(last)
    return Weighed([replace(one, agreed=one.name in agreed, before=answers.get(one.name)) for one in weighed])


def chosen(weighed: Iterable[WeighedClaim], ticked: frozenset[str]) -> tuple[str, ...]:
    """What agreeing with these voluntary claims ticked allows; nothing that is not lawful, nothing not asked."""
    return tuple(claim.name for claim in weighed if claim.lawful and (claim.essential or claim.name in ticked))


def left_out(weighed: Iterable[WeighedClaim], names: Iterable[str], profile: Profile) -> dict[str, list[str]]:
    """Of what was asked beside `names`, for the record: what was declined, and what nobody could agree to, as nothing
    of it is held and its screen offered no choice. Neither is asked again by itself."""
    rest = [claim for claim in weighed if claim.lawful and claim.name not in names]
    held = available(rest, profile)
    declined = sorted(claim.name for claim in rest if claim.name in held)
    missing = sorted(claim.name for claim in rest if claim.name not in held)
    return {DECLINED: declined, **({NOT_OFFERED: missing} if missing else {})}


def _agreed(last: ConsentRecord | None, at: datetime) -> frozenset[str]:
    return frozenset(last.items) if last is not None and stands(last, at) else frozenset()


def _answers(last: ConsentRecord | None) -> dict[str, bool]:
    if last is None or last.state in (State.REFUSED, State.WITHDRAWN, State.UNANSWERED):
        return {}
    given = next(event for event in last.events if event.state is State.GIVEN)
    listed = (given.facts.get(name, []) for name in (DECLINED, NOT_OFFERED))
    names = [str(name) for names in listed if isinstance(names, list) for name in names if name in ASKABLE]
    return {**dict.fromkeys(names, False), **dict.fromkeys(last.items, True)}
