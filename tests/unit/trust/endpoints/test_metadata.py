"""What an agency tells of a record or of a signing, read or refused by name."""

import json
from collections.abc import Callable

import pytest

from trust.endpoints import documents, signings
from trust.errors import DocumentRefused

RECORD = {"subject": "s", "title": "A title", "kind": "permit"}


def told(**changed: object) -> bytes:
    return json.dumps(RECORD | changed).encode()


@pytest.mark.parametrize("title", ["Receipt", "Residence permit", "zh-Hans"])
def test_the_letters_of_a_title_name_no_language(title: str) -> None:
    """What is read as Portuguese for the `pt` in Receipt is sealed in Portuguese."""
    metadata = documents.read_metadata(told(title=title))
    assert (metadata.language, metadata.title) == ("zh-Hant", {"zh-Hant": title})


def test_the_languages_of_a_title_do() -> None:
    assert documents.read_metadata(told(title={"pt": "Recibo"})).language == "pt"
    assert documents.read_metadata(told(title={"pt": "Recibo", "en": "Receipt"}, language="pt")).language == "pt"


@pytest.mark.parametrize("read", [documents.read_metadata, signings.read_metadata])
@pytest.mark.parametrize(
    "changed",
    [
        {"language": ["en"]},
        {"language": {"en": 1}},
        {"language": 7},
        {"title": "half a letter \ud83d"},
        {"subject": "\ud83d"},
        {"subject": "nothing\0more"},
        {"title": ["A title"]},
    ],
)
def test_what_nobody_can_keep_is_refused(read: Callable[[bytes], object], changed: dict[str, object]) -> None:
    with pytest.raises(DocumentRefused, match="metadata_malformed"):
        read(told(**changed))


def test_a_language_may_be_left_open() -> None:
    assert documents.read_metadata(told(language=None)).language == "zh-Hant"
