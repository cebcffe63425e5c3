"""What a clause is about stands out, and not a letter of it is lost."""

import tomllib
from pathlib import Path

import pytest

from pwa.views.notices import lead

NOTICES = sorted((Path(__file__).resolve().parents[3] / "translations" / "notices").rglob("*.toml"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Where it goes: to the registry.", ("Where it goes:", " to the registry.")),
        ("保存多久：相片保存0日。", ("保存多久：", "相片保存0日。")),
        ("Only you can answer.", ("", "Only you can answer.")),
        ("A sentence that goes on for long before it comes to this: a colon.", ("", None)),
        ("", ("", "")),
    ],
)
def test_the_first_words_are_set_apart(text: str, parts: tuple[str, str | None]) -> None:
    assert lead(text) == (parts[0], text if parts[1] is None else parts[1])


@pytest.mark.parametrize("file", NOTICES, ids=lambda file: "/".join(file.parts[-3:]))
def test_every_clause_but_the_question_says_first_what_it_is_about(file: Path) -> None:
    blocks = tomllib.loads(file.read_text(encoding="utf-8"))["block"]
    assert [block["id"] for block in blocks if block["kind"] != "question" and not lead(block["text"])[0]] == []
