"""Whether what stands after a signature is made of honest revisions, whatever they change: rules in order.

Each rule stands for a way of letting one viewer see what another does not.
"""

from collections.abc import Callable

from trust.frozen import Frozen, Hidden
from trust.pades.hidden import Trail, incomplete
from trust.pades.xref import Layout, Section


class Later(Frozen):
    """The file after one signature."""

    trail: Hidden[Trail]
    end: int  # of the signed bytes
    signed: Layout
    now: Layout
    sections: list[Section]  # the later ones, newest first


def _chained(later: Later) -> bool:
    earlier = [section.offset for section in later.now.sections if section.offset < later.end]
    return bool(later.sections) and earlier == [section.offset for section in later.signed.sections]


RULES: dict[str, Callable[[Later], bool]] = {
    # the later revisions build on the signed one
    "revisions_not_chained": _chained,
    "hidden_objects": lambda later: not later.trail.hides(later.end, later.sections),
    "xref_contradicts_itself": lambda later: not any(section.contradicts for section in later.sections),
    "catalogue_replaced": lambda later: not incomplete(later.sections, later.signed.trailer.get("Root")),
    "entries_point_elsewhere": lambda later: not later.trail.misplaced(later.sections),
}


def objection(later: Later) -> str | None:
    """The first rule that what follows a signature breaks, or None."""
    return next((name for name, holds in RULES.items() if not holds(later)), None)
