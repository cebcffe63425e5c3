"""The structure tree of a tagged document: read so that a field can be put into it, and written with the field in it.

ISO 14289-1 §7.18.1 wants every annotation that is shown in the structure: an element of type Form, which names the
widget, and under which the widget is found again through the parent tree (ISO 32000-1 §14.7.4.4).
"""

from typing import Any

import pikepdf

from trust.pades import own_text
from trust.pades.sig_fields import get
from trust.pades.survey import Tags

MOST_KIDS = 50_000


def tags_of(root: Any) -> Tags | None:
    """What must be known of it; None where there is none, or one that is not understood."""
    structure = get(root, "/StructTreeRoot")
    tree = get(structure, "/ParentTree")
    marked = get(get(root, "/MarkInfo"), "/Marked")
    if not (marked is True and isinstance(structure, pikepdf.Dictionary) and isinstance(tree, pikepdf.Dictionary)):
        return None
    if not structure.is_indirect:
        return None
    holder, kids = structure, _items(get(structure, "/K"))
    if len(kids) == 1 and isinstance(kids[0], pikepdf.Dictionary) and get(kids[0], "/S") == "/Document":
        holder, kids = kids[0], _items(get(kids[0], "/K"))
    numbers, leaves = _items(get(tree, "/Nums")), _items(get(tree, "/Kids"))
    next_key = _next_key(get(structure, "/ParentTreeNextKey"), numbers, leaves)
    if not holder.is_indirect or next_key is None or max(map(len, (kids, numbers, leaves))) > MOST_KIDS:
        return None
    return Tags(
        root=structure.objgen,
        entries=own_text.fields(structure),
        holder=holder.objgen,
        holder_entries={} if holder.objgen == structure.objgen else own_text.fields(holder),
        kids=tuple(map(own_text.text, kids)),
        tree=own_text.fields(tree),
        numbers=tuple(map(own_text.text, numbers)),
        leaves=tuple(map(own_text.text, leaves)),
        next_key=next_key,
    )


def _items(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _next_key(stated: Any, numbers: list[Any], leaves: list[Any]) -> int | None:
    """A key that no page and no annotation has: the stated one, or one above all that are there."""
    if isinstance(stated, int) and not isinstance(stated, bool):
        return stated
    if numbers and not leaves:
        return max(int(key) for key in numbers[::2]) + 1
    limits = [get(leaf, "/Limits") for leaf in leaves]
    if limits and all(isinstance(pair, pikepdf.Array) and len(pair) == 2 for pair in limits):
        return max(int(pair[1]) for pair in limits) + 1
    return None
