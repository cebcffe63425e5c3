"""Answering a request for verified claims with what holds, and with nothing that was not asked (OIDC4IDA §5).

A requirement on `verification` that does not hold takes the whole element away; one on a claim takes that claim away;
what we do not know is left out; none of them is an error (§5.7).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

CONDITIONS = frozenset({"essential", "purpose", "value", "values", "max_age"})
LINKED_BY_OR = "evidence"  # one of the kinds asked for is enough; of other lists each entry must be found


class _Unmet:
    """A requirement that does not hold."""


UNMET: Final = _Unmet()


def verification_answer(wish: Mapping[str, Any], known: Mapping[str, Any], *, at: datetime) -> dict[str, Any] | None:
    """What is asked of `known`, with the trust framework in any case; None when a requirement does not hold."""
    chosen = _members(wish, known, at)
    if isinstance(chosen, _Unmet):
        return None
    return {"trust_framework": known["trust_framework"], **chosen}


def holds(wish: object, value: object, *, at: datetime) -> bool:
    """Whether a value is one that the request allows."""
    if not isinstance(wish, Mapping):
        return True
    if "value" in wish and wish["value"] != value:
        return False
    if "values" in wish and value not in wish["values"]:
        return False
    age = wish.get("max_age")
    if isinstance(age, int) and not isinstance(age, bool):
        since = _instant(value)
        return since is None or (at - since).total_seconds() <= age  # §5.5.2: of dates and times only
    return True


def _choose(name: str, wish: Any, known: Any, at: datetime) -> Any:
    if isinstance(known, Mapping):
        named = isinstance(wish, Mapping) and wish.keys() - CONDITIONS
        return _members(wish, known, at) if named else known
    if isinstance(known, list):
        return _entries(name, wish, known, at) if isinstance(wish, list) and wish else known
    return known if holds(wish, known, at=at) else UNMET


def _members(wish: Mapping[str, Any], known: Mapping[str, Any], at: datetime) -> dict[str, Any] | _Unmet:
    chosen: dict[str, Any] = {}
    for name, asked in wish.items():
        if name in known:
            value = _choose(name, asked, known[name], at)
            if isinstance(value, _Unmet):
                return UNMET
            chosen[name] = value
        elif _demands(asked):
            return UNMET
    return chosen


def _entries(name: str, wishes: list[Any], known: list[Any], at: datetime) -> list[Any] | _Unmet:
    """The entries asked for, each once, in our order, with what was asked of them."""
    found: dict[int, Any] = {}
    for wish in wishes:
        matching = {
            number: chosen
            for number, entry in enumerate(known)
            if not isinstance(chosen := _choose("", wish, entry, at), _Unmet)
        }
        if not matching and name != LINKED_BY_OR:
            return UNMET
        for number, chosen in matching.items():
            found[number] = {**found.get(number, {}), **chosen}
    return [found[number] for number in sorted(found)] or UNMET


def _demands(wish: Any) -> bool:
    """Whether there is a requirement anywhere in it, so that not knowing is not meeting."""
    if isinstance(wish, list):
        return any(_demands(one) for one in wish)
    if not isinstance(wish, Mapping):
        return False
    return bool(wish.keys() & {"value", "values", "max_age"}) or any(_demands(one) for one in wish.values())


def _instant(value: object) -> datetime | None:
    try:
        if isinstance(value, str) and "T" in value:
            return datetime.fromisoformat(value).astimezone(UTC)
        if isinstance(value, str):
            day = date.fromisoformat(value)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        pass
    return None
