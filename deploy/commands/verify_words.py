"""What `gba verify` says of a file, every word of it in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from trust.validation.plain_text import plain
from trust.validation.sentences import sentence
from trust.validation.words import acts, later_changes, words

if TYPE_CHECKING:
    from trust.validation.report import Report

COLOURS = {"PASSED": "green", "FAILED": "red", "INDETERMINATE": "yellow"}


def in_words(report: "Report", language: str) -> str:
    """A few lines: the verdict on the file, and on each signature in it."""
    told = report.as_json()
    said = words(language)
    lines = [
        f"{_verdict(told, said, bold=True)}  {plain(told['file']) or said['document_digest']}",
        f"    {sentence(told['reason'], language)}",
    ]
    for one in told["signatures"]:
        lines.append(f"    - {_verdict(one, said)}  {_who_and_when(one, said)}")
        if one["reason"] != told["reason"]:
            lines.append(f"      {sentence(one['reason'], language)}")
        if one["kind"] == "signature":
            facts = {"coverage": one["coverage"], "modifications": later_changes(one)}
            known = (f"{said[name]}{_colon(language)}{said[word]}" for name, word in facts.items() if word)
            lines.append("      " + ("；" if language.startswith("zh") else "; ").join(known))
        if seal := one["electronic_seal"]:
            lines.append(f"      {said['electronic_seal']}{_colon(language)}{seal['name']} ({seal['standard']})")
    lines += [f"    {line}" for line in acts(told, language)]
    return "\n".join(lines)


def summed_up(verdicts: Sequence[str], now: int, seconds: float, language: str) -> str:
    """How many files came out how, and how fast those were that were judged now."""
    said = words(language)
    counts = ", ".join(
        click.style(f"{said[name]} {verdicts.count(name)}", fg=colour)
        for name, colour in COLOURS.items()
        if name in verdicts
    )
    speed = said["speed"].format(speed=f"{now / max(seconds, 1e-9):.1f}")
    return f"{said['files'].format(count=len(verdicts))}{_colon(language)}{counts}; {speed}"


def _verdict(told: Mapping[str, Any], said: Mapping[str, str], *, bold: bool = False) -> str:
    return click.style(said[told["verdict"]].upper(), fg=COLOURS[told["verdict"]], bold=bold)


def _who_and_when(one: Mapping[str, Any], said: Mapping[str, str]) -> str:
    """What it is, whose, of which territory and level, and when, as far as that is known."""
    time = one["signing_time"]
    if time and one["signing_time_source"]:
        time = f"{time} ({said[one['signing_time_source']]})"
    territory, level = one["territory"], one["level"]
    parts = (
        said[one["kind"]] if one["kind"] == "document_timestamp" else None,
        one["signer"] or said["nobody_known"],
        said.get(territory, territory) if territory else None,
        said.get(level, level) if level else None,
        time,
    )
    return ", ".join(part for part in parts if part)


def _colon(language: str) -> str:
    return "：" if language.startswith("zh") else ": "
