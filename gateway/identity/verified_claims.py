"""Answering a request for verified claims with what holds, and with nothing that was not asked (OIDC4IDA §5).

A requirement on `verification` that does not hold takes the whole element away; one on a claim takes that claim away;
what we do not know is left out; none of them is an error (§5.7).
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

CONDITIONS = frozenset({"essential", "purpose", "value", "values", "max_age"})
# What an element cannot do without, asked for or not (OpenID Identity Assurance Schema §5.4; OIDC4IDA §5.7.5).
REQUIRED: Mapping[str, str] = {
    "verification": "trust_framework",
    "evidence": "type",
    "check_details": "check_method",
    "document_details": "type",
    "record": "type",
}


class _Unmet:
    """A requirement that does not hold."""


UNMET: Final = _Unmet()


def verification_answer(wish: Mapping[str, Any], known: Mapping[str, Any], *, at: datetime) -> dict[str, Any] | None:
    """What is asked of `known`, with the trust framework in any case; None when a requirement does not hold."""
    chosen = _members("verification", wish, known, at)
    return None if isinstance(chosen, _Unmet) else chosen


def holds(wish: object, value: object, *, at: datetime) -> bool:
    """Whether a value is one that the request allows."""
    if not isinstance(wish, Mapping):
        return True
    if "value" in wish and wish["value"] != value:
        return False
    if "values" in wish and value not in wish["values"]:
        return False
    age = wish.get("max_age")
    if isinstance(age, int | float) and not isinstance(age, bool):
        since = _instant(value)
        return since is None or (at - since).total_seconds() <= age  # §5.5.2: of dates and times only
    return True


def _choose(name: str, wish: Any, known: Any, at: datetime) -> Any:
    if isinstance(known, Mapping):
        named = isinstance(wish, Mapping) and wish.keys() - CONDITIONS
        return _members(name, wish, known, at) if named else known
    if isinstance(known, list):
        return _entries(name, wish, known, at) if isinstance(wish, list) and wish else known
    return known if holds(wish, known, at=at) else UNMET


def _members(name: str, wish: Mapping[str, Any], known: Mapping[str, Any], at: datetime) -> dict[str, Any] | _Unmet:
    required = REQUIRED.get(name, "")
    chosen = {required: known[required]} if required in known else {}
    for member, asked in wish.items():
        if member in known:
            value = _choose(member, asked, known[member], at)
            if isinstance(value, _Unmet):
                return UNMET
            chosen[member] = value
        elif _demands(asked):
            return UNMET
    return chosen


def _entries(name: str, wishes: list[Any], known: list[Any], at: datetime) -> list[Any] | _Unmet:
    """The entries that any of the wishes describes, each once, in our order, with what was asked of them (§5.4)."""
    found: dict[int, Any] = {}
    for wish in wishes:
        for number, entry in enumerate(known):
            chosen = _choose(name, wish, entry, at)
            if not isinstance(chosen, _Unmet):
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
            return datetime.combine(day, time.max, UTC)  # §5.5.2: from the last moment of the date
    except ValueError:
        pass
    return None
