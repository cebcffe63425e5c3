"""Whether trust lists hold: each thing that was looked at as a row, with what is wrong and what is still open."""

from pathlib import Path
from typing import Any

from deploy import clock
from deploy.trust_lists.opening import TrustLists
from deploy.trust_lists.sources import TERRITORIES
from trust.anchors.source import SourceRefused
from trust.anchors.trust_list import standing
from trust.errors import TrustListRefused

PLACEHOLDERS = ("(to be named)", "To be supplied")


def own(lists: TrustLists) -> list[dict[str, Any]]:
    """The reviewed sources, and the snapshot in force."""
    rows: list[dict[str, Any]] = []
    for territory in TERRITORIES:
        row: dict[str, Any] = {"what": f"source {territory}", "state": "holds", "problems": [], "open": []}
        try:
            source = lists.source(territory)
        except SourceRefused as refused:
            row |= {"state": "does not hold", "problems": refused.problems}
        else:
            row["open"] += [f"{each}: certificate: to be supplied by the operator" for each in source.to_be_supplied]
            row["open"] += [f"{each}: no reviewer has signed off its recognition" for each in source.unreviewed]
            said = (source.scheme.operator[0][1], source.scheme.address.street)
            if any(mark in text for mark in PLACEHOLDERS for text in said):
                row["open"].append("scheme: the operator's name and address are to be supplied")
        rows.append(row)
    for each in lists.snapshot(anew=True).standings(clock.now()):
        problems = [] if each.usable else [each.reason or each.state.value]
        rows.append({"what": f"list {each.territory}", "state": each.state.value, "problems": problems, "open": []})
    return rows


def files(lists: TrustLists, paths: tuple[Path, ...], signers: tuple[bytes, ...]) -> list[dict[str, Any]]:
    """Lists in files, of whichever scheme."""
    rows = []
    for file in paths:
        row: dict[str, Any] = {"what": str(file), "problems": [], "open": []}
        try:
            found = lists.xml.read(file.read_bytes(), signers)
        except TrustListRefused as refused:
            row |= {"state": "refused", "problems": [refused.reason]}
        else:
            stands = standing(found, clock.now())
            row |= {"state": f"{found.territory}, issue {found.sequence}, {stands.state.value}"}
            row["problems"] = [] if stands.usable else [stands.state.value]
            row["open"] = [f"{each.id}: no certificate" for each in found.services() if not each.certificates]
        rows.append(row)
    return rows
