"""`gba seal` and `gba verify` in a fresh data directory, without a server."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.commands.seal import command as seal
from deploy.commands.verify import command as verify
from tests.fakes.sealing_world import plain_pdf


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GBA_CONFIG", "GBA_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "in.pdf").write_bytes(plain_pdf())
    sealed = CliRunner().invoke(seal, [str(tmp_path / "in.pdf"), "-o", str(tmp_path / "out.pdf")])
    assert sealed.exit_code == 0, sealed.output
    return tmp_path


def verified(*arguments: object) -> Result:
    return CliRunner().invoke(verify, [str(argument) for argument in arguments])


def test_a_sealed_file_passes_with_exit_0(folder: Path) -> None:
    result = verified("--json", folder / "out.pdf")
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert (told["file"], told["verdict"]) == (str(folder / "out.pdf"), "PASSED")
    assert told["signatures"][0]["level"] == "B-LTA"


def test_a_folder_is_walked_and_any_failure_is_exit_1(folder: Path) -> None:
    pdf = (folder / "out.pdf").read_bytes()
    (folder / "changed.pdf").write_bytes(pdf.replace(b"/Sig", b"/Sih"))
    result = verified("--json", "--jobs", 2, folder)
    told = {Path(json.loads(line)["file"]).name: json.loads(line) for line in result.output.splitlines()}
    assert {name: one["verdict"] for name, one in told.items()} == {
        "changed.pdf": "FAILED",
        "in.pdf": "INDETERMINATE",
        "out.pdf": "PASSED",
    }
    assert result.exit_code == 1


def test_undecided_without_failure_is_exit_2(folder: Path) -> None:
    assert verified(folder / "out.pdf", folder / "in.pdf").exit_code == 2
    missing = verified("--json", folder / "nowhere.pdf")
    assert (missing.exit_code, json.loads(missing.output)["reason"]) == (2, "file_unreadable")


def test_words_are_said_in_the_language_asked_for(folder: Path) -> None:
    assert "签署有效" in verified("--lang", "zh-Hans", folder / "out.pdf").output


def test_the_moment_of_judgement_can_be_given(folder: Path) -> None:
    early = verified("--json", "--at", "2020-01-01T00:00:00Z", folder / "out.pdf")
    assert json.loads(early.output)["verdict"] != "PASSED"
    assert verified("--at", "soon", folder / "out.pdf").exit_code == 2


def test_a_refused_file_writes_nothing(folder: Path) -> None:
    (folder / "text.pdf").write_text("%PDF, said the text")
    result = CliRunner().invoke(seal, ["--json", str(folder / "text.pdf"), "-o", str(folder / "never.pdf")])
    assert (result.exit_code, json.loads(result.output)["refused"]) == (1, "not_a_pdf")
    assert not (folder / "never.pdf").exists()


def test_a_run_that_was_stopped_goes_on_where_it_was(folder: Path) -> None:
    kept = folder / "reports.jsonl"
    assert verified("--resume", kept, folder / "out.pdf").exit_code == 0
    first = kept.read_text()
    kept.write_text(first + '{"form":"gba-verification/1","file":"half')
    assert verified("--resume", kept, folder).exit_code == 2
    lines = kept.read_text().splitlines(keepends=True)
    assert lines[0] == first
    assert [Path(json.loads(line)["file"]).name for line in lines] == ["out.pdf", "in.pdf"]


def test_a_file_of_something_else_is_never_overwritten(folder: Path) -> None:
    for text in ("shopping list", "one\ntwo\n", '{"form":"other"'):
        (folder / "notes.txt").write_text(text)
        assert verified("--resume", folder / "notes.txt", folder / "out.pdf").exit_code == 1
        assert (folder / "notes.txt").read_text() == text


def test_each_policy_is_named_and_asks_for_what_it_says(folder: Path) -> None:
    for policy in ("seal", "ordinary", "archive"):
        told = json.loads(verified("--json", "--policy", policy, folder / "out.pdf").output)
        assert (told["policy"], told["verdict"]) == (f"{policy}/1", "PASSED")


def test_the_law_is_told_condition_by_condition(folder: Path) -> None:
    told = json.loads(verified("--json", folder / "out.pdf").output)["signatures"][0]["legal_regime"]
    outcomes = {one["condition"]: (one["outcome"], one["reason"]) for one in told["conditions"]}
    assert "Electronic Signature Law" in told["law"]
    assert outcomes["art_13_2_sole_control_when_signing"] == ("not_checked", "not_shown_by_a_file")
    assert outcomes["art_13_4_later_alteration_of_content_detectable"] == ("met", None)
