"""Answers of authorities are kept under their digests, and are there for whoever makes a report again."""

from pathlib import Path

import pytest

from deploy.composing import answers
from deploy.composing.answers import KeptAnswers
from deploy.composing.custody import open_keys
from deploy.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("GBA_CONFIG", "GBA_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path))
    return load()


def test_what_was_kept_is_found_by_another_process(settings: Settings) -> None:
    name = KeptAnswers(settings, open_keys(settings)).put(b"answer")
    assert name.startswith("sha256:")
    assert KeptAnswers(settings, open_keys(settings)).get(name) == b"answer"


def test_what_was_never_kept_is_not_found(settings: Settings) -> None:
    with pytest.raises(LookupError):
        KeptAnswers(settings, open_keys(settings)).get("sha256:" + "00" * 32)


def test_an_answer_is_written_once_however_often_it_serves(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_REMEMBERED", 2)
    kept = KeptAnswers(settings, open_keys(settings))
    names = [kept.put(b"%d" % number) for number in (1, 1, 2, 3, 1)]
    assert len({*names}) == 3
    assert all(kept.get(name) for name in names)
    assert len([file for file in (tmp_path / "blobs").rglob("*") if file.is_file()]) == 3
