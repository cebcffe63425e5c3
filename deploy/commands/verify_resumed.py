"""What an earlier run of `gba verify --resume` wrote."""

import json
from pathlib import Path

from deploy.commands.cannot_go_on import CannotGoOn

LINE = b'{"form":"gba-verification/'  # how each line of JSON begins


def kept_in(resume: Path, policy: str) -> dict[str, str]:
    """File → verdict, of the reports that an earlier run wrote; a line that it did not finish is cut off."""
    try:
        text = resume.read_bytes()
    except FileNotFoundError:
        return {}
    whole, unfinished = text[: text.rfind(b"\n") + 1], text[text.rfind(b"\n") + 1 :]
    kept: dict[str, str] = {}
    policies: set[str] = set()
    try:
        for line in whole.splitlines():
            told = json.loads(line)
            kept[told["file"]] = told["verdict"]
            policies.add(told["policy"])
    except (ValueError, KeyError, TypeError):
        unfinished, kept = b"?", {}
    if not unfinished.startswith(LINE[: len(unfinished)]):
        raise CannotGoOn(f"{resume} holds something else than reports; it is left as it is")
    if policies - {policy}:
        raise CannotGoOn(f"{resume} holds reports under another policy; it is left as it is")
    if unfinished:
        resume.write_bytes(whole)
    return kept
