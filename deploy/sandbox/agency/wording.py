"""The agency's words, one file a language; a missing word is a fault that the tests find."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("texts")


@cache
def words(language: str) -> Mapping[str, str]:
    """Every text in one language (`zh-Hant`, `zh-Hans`, `en` or `pt`)."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return {str(name): str(text) for name, text in tomllib.load(file).items()}


def told(language: str, prefix: str, reason: str) -> str:
    """The sentence for a reason, or the one for every other reason of its kind."""
    texts = words(language)
    return texts.get(f"{prefix}_{reason}", texts[f"{prefix}_other"])
