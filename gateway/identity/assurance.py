"""How sure a region is of a person, as a level from 1 to 4.

Levels are ordinal: what asks for 2 is content with 4. The table is configuration; the one below is its default.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from types import MappingProxyType

from gateway.frozen import Frozen
from gateway.identity.region import Region

ACR_PREFIX = "urn:gba:acr:"


class Level(IntEnum):
    SELF_ASSERTED = 1
    RECORD_MATCHED = 2
    PERSON_MATCHED = 3  # person, document and record, with a possession factor
    CERTIFIED = 4  # certificate, counter, or a step-up at home

    @property
    def acr(self) -> str:
        """The level as the value of the `acr` claim."""
        return f"{ACR_PREFIX}{self.value}"


LEVELS: Mapping[str, Level] = MappingProxyType({level.acr: level for level in Level})


class Method(Frozen):
    """What a region's way of signing in is worth; `amr` in the words of RFC 8176."""

    level: Level
    amr: tuple[str, ...]


Methods = Mapping[Region, Mapping[str, Method]]


def _method(level: Level, *amr: str) -> Method:
    return Method(level=level, amr=amr)


DEFAULT_METHODS: Methods = MappingProxyType(
    {
        Region.HONG_KONG: {
            "iamsmart": _method(Level.PERSON_MATCHED, "swk", "user"),
            "iamsmart_step_up": _method(Level.CERTIFIED, "swk", "user", "mfa"),
        },
        Region.MACAU: {
            "unproofed": _method(Level.SELF_ASSERTED, "pwd"),
            "password": _method(Level.RECORD_MATCHED, "pwd"),
            "password_otp": _method(Level.PERSON_MATCHED, "pwd", "otp", "mfa"),
            "electronic_identity": _method(Level.PERSON_MATCHED, "swk", "user"),
            "esigncloud": _method(Level.CERTIFIED, "swk", "otp", "mfa"),
        },
        Region.GUANGDONG: {
            "L0": _method(Level.SELF_ASSERTED, "pwd"),
            "L1": _method(Level.RECORD_MATCHED, "pwd"),
            "L2": _method(Level.PERSON_MATCHED, "pwd", "mfa"),
            "L3": _method(Level.CERTIFIED, "hwk", "mfa"),
        },
    }
)

# How a binding came about bounds what it can carry.
BINDING_LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        "user-bound": Level.PERSON_MATCHED,  # the person signed in at both ends, and the records agree
        "counter": Level.CERTIFIED,  # a person decided with the documents at hand
    }
)


def grade(region: Region, method: str, methods: Methods = DEFAULT_METHODS) -> Method | None:
    """What this method is worth, or None for one that nobody has graded: then nothing may rest on it."""
    return methods.get(region, {}).get(method)


def effective(source: Level, *others: Level) -> Level:
    """The level of a session that rests on several things: that of the weakest (source, binding, target)."""
    return min((source, *others))


def level_of(acr: str) -> Level | None:
    """The level that an `acr` value names, or None."""
    return LEVELS.get(acr)


def demanded(acr_values: Iterable[str]) -> Level | None:
    """The lowest level among those a client accepts; None when it names none that we know (OIDC Core §3.1.2.1)."""
    return min((level for level in map(level_of, acr_values) if level is not None), default=None)


def suffices(reached: Level, floor: Level | None) -> bool:
    """Compared by order: an account at L3 satisfies a service that wants L2."""
    return floor is None or reached >= floor


def proves_identity(level: Level) -> bool:
    """Whether attributes at this level were checked against anything; a self-asserted record proves nothing."""
    return level > Level.SELF_ASSERTED
