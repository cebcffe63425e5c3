"""A notice: what a person is told before being asked, as ordered blocks in four languages.

The text is data (translations/notices). Its hash is taken over exactly what was shown: RFC 8785 canonical JSON of
`[{id, kind, text}]`, after substitution, NFC, line ends LF; never over rendered HTML.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from msgspec import field

from gateway.frozen import Frozen, Hidden
from gateway.identity.canonical import digest

LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")
MAX_BYTES = 65_536
PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
KINDS = frozenset({"question", "paragraph", "heading", "warning", "alternative"})


class NoticeBroken(ValueError):
    """The text cannot be shown: a part is missing or a parameter has no value. The message is a slug."""


class Block(Frozen, kw_only=False):
    """One clause: a stable anchor (`n7`), a kind for its looks, and the text."""

    id: str
    kind: str
    text: str


class NoticeText(Frozen):
    """One language of a notice. `answers` are the labels of the two equal buttons; `labels` name what lists name."""

    language: str
    title: str
    blocks: tuple[Block, ...]
    answers: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    joiner: str = ", "

    def listed(self, names: Iterable[str]) -> str:
        """These names in this language's words, as a list; `none` stands for an empty one."""
        return self.joiner.join(self.label(name) for name in names) or self.label("none")

    def label(self, name: str) -> str:
        if name not in self.labels:
            raise NoticeBroken(f"notice_label_{name}")
        return self.labels[name]

    def parameters(self) -> frozenset[str]:
        return _named(self)

    def __hash__(self) -> int:
        """Of its title alone, so that looking up what was made of a text does not cost reading it."""
        return hash((self.language, self.title))


class Notice(Frozen):
    """A notice in every language in which it exists; `binding_language` decides where they differ."""

    id: str
    version: str
    effective_from: date
    binding_language: str
    texts: Mapping[str, NoticeText]

    def in_language(self, locale: str) -> NoticeText:
        return self.texts.get(locale) or self.texts[self.binding_language]


class ShownNotice(Frozen):
    """A notice as one person saw it: parameters filled in, hashed. Enough to rebuild and to prove the text."""

    id: str
    version: str
    effective_from: date
    language: str
    binding_language: str
    languages: tuple[str, ...]
    title: str
    blocks: tuple[Block, ...]
    answers: Mapping[str, str]
    parameters: Hidden[Mapping[str, str]]
    text_sha256: str
    text_set_sha256: str


def read(source: str, *, language: str) -> tuple[dict[str, str], NoticeText]:
    """A notice file of one language: its heading (id, version, effective_from, binding_language) and its text."""
    if len(source.encode()) > MAX_BYTES:
        raise NoticeBroken("notice_too_large")
    raw = tomllib.loads(source)
    try:
        blocks = tuple(
            Block(id=str(block["id"]), kind=str(block["kind"]), text=normal(str(block["text"])))
            for block in raw["block"]
        )
        heading = {name: str(raw[name]) for name in ("id", "version", "effective_from", "binding_language")}
        text = NoticeText(
            language=language,
            title=normal(str(raw["title"])),
            blocks=blocks,
            answers=dict(raw.get("answers", {})),
            labels=dict(raw.get("labels", {})),
            joiner=str(raw.get("joiner", ", ")),
        )
    except KeyError as missing:
        raise NoticeBroken(f"notice_lacks_{missing.args[0]}") from None
    if any(block.kind not in KINDS for block in blocks) or len({block.id for block in blocks}) != len(blocks):
        raise NoticeBroken("notice_blocks_unclear")
    return heading, text


def assemble(sources: Mapping[str, str]) -> Notice:
    """One notice from its files by language. All must have the same clauses, in order, with the same parameters."""
    read_in = {language: read(source, language=language) for language, source in sorted(sources.items())}
    if not read_in:
        raise NoticeBroken("notice_unknown")
    headings = [heading for heading, _ in read_in.values()]
    texts = {language: text for language, (_, text) in read_in.items()}
    if any(heading != headings[0] for heading in headings):
        raise NoticeBroken("notice_headings_differ")
    shapes = {tuple((block.id, block.kind) for block in text.blocks) for text in texts.values()}
    if len(shapes) != 1:
        raise NoticeBroken("notice_clauses_differ")
    if len({(frozenset(text.labels), frozenset(text.answers), text.parameters()) for text in texts.values()}) != 1:
        raise NoticeBroken("notice_parts_differ")
    first = headings[0]
    if first["binding_language"] not in texts:
        raise NoticeBroken("notice_binding_language_absent")
    return Notice(
        id=first["id"],
        version=first["version"],
        effective_from=date.fromisoformat(first["effective_from"]),
        binding_language=first["binding_language"],
        texts=texts,
    )


def show(notice: Notice, *, language: str, parameters: Mapping[str, Mapping[str, str]]) -> ShownNotice:
    """The notice as it is shown. `parameters` has the values by language; each language needs all it names."""
    filled = {
        name: _filled(text, tuple(sorted(parameters.get(name, {}).items()))) for name, text in notice.texts.items()
    }
    text = notice.in_language(language)
    title, blocks, _ = filled[text.language]
    hashes = {name: found for name, (_, _, found) in filled.items()}
    return ShownNotice(
        id=notice.id,
        version=notice.version,
        effective_from=notice.effective_from,
        language=text.language,
        binding_language=notice.binding_language,
        languages=tuple(name for name in LANGUAGES if name in notice.texts),
        title=title,
        blocks=blocks,
        answers=text.answers,
        parameters=dict(parameters.get(text.language, {})),
        text_sha256=hashes[text.language],
        text_set_sha256=digest(sorted(hashes.items())),
    )


def text_sha256(blocks: tuple[Block, ...]) -> str:
    """The hash of the text as shown."""
    return digest([{"id": block.id, "kind": block.kind, "text": normal(block.text)} for block in blocks])


def normal(text: str) -> str:
    """NFC, LF, no space at either end."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


@lru_cache(maxsize=64)
def _named(text: NoticeText) -> frozenset[str]:
    parts = (text.title, *(block.text for block in text.blocks))
    return frozenset(name for part in parts for name in PARAMETER.findall(part))


@lru_cache(maxsize=256)  # an agency asks all its visitors in the same words
def _filled(text: NoticeText, given: tuple[tuple[str, str], ...]) -> tuple[str, tuple[Block, ...], str]:
    """Title and blocks with these values, and the hash of the text."""
    values = dict(given)
    missing = sorted(_named(text) - values.keys())
    if missing:
        raise NoticeBroken(f"notice_parameter_{missing[0]}")

    def filled(part: str) -> str:
        return normal(PARAMETER.sub(lambda found: values[found[1]], part))

    made = tuple(Block(id=block.id, kind=block.kind, text=filled(block.text)) for block in text.blocks)
    return filled(text.title), made, text_sha256(made)
