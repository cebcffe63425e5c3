"""When the name by which an agency knew a person before can be taken over.

A subject is never given to another person, and a person has one at an agency (OIDC Core §8). What an agency was told
here is changed only by a line that shows that it knows: one that names the person by it.
"""

from collections.abc import Callable, Mapping

from gateway.frozen import Frozen, Hidden


class KnownAs(Frozen):
    """Whose name it is: an account, or somebody who has yet to bind (`person`, a keyed hash)."""

    account: str | None = None
    person: str | None = None


class Standing(Frozen):
    """What is so already, of the name and of the person at this agency."""

    whose: KnownAs  # of the line
    taken_by: KnownAs | None  # imported before
    told_to: str | None = None  # the account for which the agency was told this very subject
    in_file: bool = False  # the name stood in an earlier line
    person_in_file: bool = False
    imported: Hidden[str | None] = None  # another name, imported before
    told: Hidden[frozenset[str]] = frozenset()  # what the agency was told for the account
    present: Hidden[str | None] = None  # what it would be told now
    names_it: bool = False  # the line names the person by what the agency was told


def is_so_already(name: str, now: Standing) -> bool:
    """Whether the line changes nothing."""
    return now.present == name if now.taken_by is None else _same(now.taken_by, now.whose)


# First broken rule wins.
RULES: Mapping[str, Callable[[Standing], bool]] = {
    "subject_of_another_person": lambda now: (
        now.taken_by is None and (now.told_to is None or now.told_to == now.whose.account)
    ),
    "subject_twice": lambda now: not now.in_file,
    "person_twice": lambda now: not now.person_in_file,
    "person_has_another": lambda now: now.imported is None,
    "told_under_another_subject": lambda now: not now.told or now.names_it,
}


def objection(now: Standing) -> str | None:
    """Why this line cannot be taken, or None if it can. Ask `is_so_already` first."""
    return next((name for name, holds in RULES.items() if not holds(now)), None)


def _same(one: KnownAs, other: KnownAs) -> bool:
    return one.account == other.account if other.account is not None else one.person == other.person
