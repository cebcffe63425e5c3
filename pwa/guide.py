"""The guide for partner agencies: chapters from translations/guide, and the examples that tests run (deploy/examples).

A text is paragraphs between blank lines; lines that begin with `- ` are a list, lines indented by four spaces are
shown as they are, and what stands between backticks is code. There is no markup beyond that, and nothing of a text
reaches a page unescaped.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.frozen import Frozen, Hidden

ORIGIN = "{origin}"
# How the languages of the examples are called, everywhere alike.
TONGUES: Mapping[str, str] = {".py": "Python", ".mjs": "JavaScript", ".sh": "Bash, curl, OpenSSL"}

Line = tuple[tuple[str, bool], ...]  # pieces, and whether each is code


class Block(Frozen, kw_only=False):
    """`kind` is p, ul or pre; a list has several lines, all else one."""

    kind: str
    lines: tuple[Line, ...]


class Chapter(Frozen):
    id: str
    title: str
    blocks: Hidden[tuple[Block, ...]]
    examples: tuple[str, ...] = ()  # names of files


class Guide(Frozen):
    """In one language. `words` are what the pages about it say besides."""

    title: str
    lead: str
    words: Mapping[str, str]
    chapters: tuple[Chapter, ...]

    def chapter(self, name: str) -> Chapter | None:
        return next((one for one in self.chapters if one.id == name), None)

    def after(self, name: str) -> Chapter | None:
        """The chapter that follows."""
        names = [one.id for one in self.chapters]
        place = names.index(name) + 1
        return self.chapters[place] if place < len(names) else None


class Example(Frozen):
    name: str
    tongue: str
    source: Hidden[str]


def load(file: Path, *, origin: str) -> Guide:
    """The guide of one language, about the gateway at this address."""
    told: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8").replace(ORIGIN, origin))
    return Guide(
        title=told["title"],
        lead=told["lead"],
        words=told["words"],
        chapters=tuple(
            Chapter(
                id=one["id"],
                title=one["title"],
                blocks=blocks(one["text"]),
                examples=tuple(one.get("examples", ())),
            )
            for one in told["chapter"]
        ),
    )


def examples(folder: Path) -> Mapping[str, Example]:
    """All of them by name, as they stand in their files."""
    return {
        file.name: Example(name=file.name, tongue=TONGUES[file.suffix], source=file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir())
        if file.suffix in TONGUES and not file.name.startswith("_")
    }


def blocks(text: str) -> tuple[Block, ...]:
    """A text in its parts."""
    return tuple(_block(part.split("\n")) for part in text.strip("\n").split("\n\n") if part.strip())


def _block(lines: Sequence[str]) -> Block:
    if all(line.startswith("    ") for line in lines):
        return Block("pre", ((("\n".join(line[4:] for line in lines), True),),))
    if lines[0].startswith("- "):
        items: list[str] = []
        for line in lines:
            if line.startswith("- "):
                items.append(line[2:])
            else:
                items[-1] += " " + line.strip()
        return Block("ul", tuple(pieces(item) for item in items))
    return Block("p", (pieces(_joined(lines)),))


def _joined(lines: Sequence[str]) -> str:
    """Lines of a paragraph are one; between Han characters no space is wanted."""
    said = lines[0]
    for line in lines[1:]:
        gap = "" if said[-1:] > "\u2e7f" and line[:1] > "\u2e7f" else " "
        said += gap + line
    return said


def pieces(text: str) -> Line:
    """What is said, and what is code."""
    return tuple((piece, number % 2 == 1) for number, piece in enumerate(text.split("`")) if piece)
