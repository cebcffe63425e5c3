"""`gba seal` for a folder and for a stream of paths: every file has its line, and a run that was stopped goes on."""

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
from errno import EACCES, ENOSPC
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deploy.commands import seal_many
from deploy.commands.seal import command as seal
from deploy.commands.verify import command as verify
from tests.fakes.sealing_world import plain_pdf


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GBA_CONFIG", "GBA_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "in" / "below").mkdir(parents=True)
    for number in range(3):
        (tmp_path / "in" / f"{number}.pdf").write_bytes(plain_pdf(number + 1))
    (tmp_path / "in" / "below" / "last.PDF").write_bytes(plain_pdf())
    (tmp_path / "in" / "notes.txt").write_text("not for sealing")
    return tmp_path


def sealed(*arguments: object, given: str | None = None) -> Result:
    return CliRunner().invoke(seal, [str(argument) for argument in arguments], input=given)


def told(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def journal(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "sealed.jsonl").read_text().splitlines()]


def test_a_folder_is_sealed_as_it_is_laid_out(folder: Path) -> None:
    result = sealed(folder / "in", "-o", folder / "out", "--jobs", 2, "--json")
    assert result.exit_code == 0, result.output
    *files, run = told(result)
    assert [Path(one["file"]).relative_to(folder / "out").as_posix() for one in files] == [
        "0.pdf",
        "1.pdf",
        "2.pdf",
        "below/last.PDF",
    ]
    assert run["run"]["sealed"] == 4
    assert journal(folder / "out") == files
    assert CliRunner().invoke(verify, [str(folder / "out")]).exit_code == 0


def test_a_refused_file_stops_nobody(folder: Path) -> None:
    (folder / "in" / "1.pdf").write_text("%PDF, said the text")
    result = sealed(folder / "in", "-o", folder / "out", "--json")
    assert result.exit_code == 1
    assert [one.get("refused") for one in told(result)[:-1]] == [None, "not_a_pdf", None, None]
    assert not (folder / "out" / "1.pdf").exists()


def test_a_run_goes_on_where_it_was(folder: Path) -> None:
    assert sealed(folder / "in", "-o", folder / "out").exit_code == 0
    again = sealed(folder / "in", "-o", folder / "out")
    assert again.exit_code == 3
    assert "--resume goes on" in again.output
    lines = (folder / "out" / "sealed.jsonl").read_text().splitlines(keepends=True)
    (folder / "out" / "sealed.jsonl").write_text("".join(lines[:2]) + '{"source": "ha')  # the machine stopped here
    (folder / "out" / "0.pdf").unlink()  # and this one was lost
    (folder / "in" / "1.pdf").write_bytes(plain_pdf(9))  # and this one is another by now
    resumed = sealed(folder / "in", "-o", folder / "out", "--resume", "--json")
    assert resumed.exit_code == 0
    assert told(resumed)[-1]["run"]["passed_over"] == 0
    third = sealed(folder / "in", "-o", folder / "out", "--resume", "--json")
    assert (told(third)[-1]["run"]["passed_over"], told(third)[-1]["run"]["sealed"]) == (4, 0)


def test_paths_come_as_a_stream(folder: Path) -> None:
    paths = "".join(f"{folder / 'in' / name}\n" for name in ("0.pdf", "2.pdf", "gone.pdf"))
    result = sealed("-", "-o", folder / "out", "--json", given=paths)
    assert result.exit_code == 1
    *files, run = told(result)
    assert [one.get("refused") for one in files] == [None, None, "file_unreadable"]
    assert all(Path(one["file"]).is_file() for one in files[:2])
    assert run["run"]["sealed"] == 2


def test_what_is_in_the_target_folder_is_not_sealed_again(folder: Path) -> None:
    assert sealed(folder / "in", "-o", folder / "in" / "out").exit_code == 0
    assert len(journal(folder / "in" / "out")) == 4


def test_no_seal_is_written_over_another_files(folder: Path) -> None:
    """Neither in one run nor in the next; whoever's file was named first keeps its place."""
    first, second = folder / "in" / "0.pdf", folder / "in" / "below" / "0.pdf"
    second.write_bytes(plain_pdf(2))
    result = sealed(first, second, first, "-o", folder / "out", "--json")
    assert result.exit_code == 1
    assert [one.get("refused") for one in told(result)[:-1]] == [None, "target_taken", "target_taken"]
    resumed = sealed(second, first, "-o", folder / "out", "--json", "--resume")
    assert [one.get("refused") for one in told(resumed)[:-1]] == ["target_taken"]
    assert [one["received_sha256"] for one in journal(folder / "out") if one.get("file", "").endswith("0.pdf")] == [
        f"sha256:{hashlib.sha256(first.read_bytes()).hexdigest()}"
    ]


def test_a_file_of_something_else_is_left_alone(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "sealed.jsonl").write_text("shopping list\n")
    assert sealed(folder / "in", "-o", folder / "out", "--resume").exit_code == 3
    assert (folder / "out" / "sealed.jsonl").read_text() == "shopping list\n"


def test_a_run_with_nothing_to_seal_is_no_success(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = sealed(folder / "empty", "-o", folder / "out")
    assert (result.exit_code, "no PDF file" in result.stderr) == (3, True)
    itself = sealed(folder / "in", "-o", folder / "in" / "below" / "..")
    assert (itself.exit_code, "name another folder" in itself.stderr) == (3, True)
    assert sealed(folder / "in", "-o", folder / "in" / "0.pdf").exit_code == 3
    assert sealed(folder / "in", "-o", folder / "out").exit_code == 0  # nothing to resume


def test_a_folder_within_the_target_is_sealed_like_any_other(folder: Path) -> None:
    assert sealed(folder / "in", "-o", folder).exit_code == 0
    assert len(journal(folder)) == 4


def test_no_original_is_written_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "in" / "0.pdf").read_bytes()
    result = sealed(folder / "in" / "0.pdf", folder / "in" / "below" / "last.PDF", "-o", folder / "in", "--json")
    assert [one.get("refused") for one in told(result)[:-1]] == ["target_taken", None]
    assert (folder / "in" / "0.pdf").read_bytes() == before
    monkeypatch.chdir(folder)
    assert told(sealed("-", "-o", ".", "--json", given="in/0.pdf\n"))[0]["refused"] == "target_taken"


def test_a_name_that_is_no_text_is_sealed_and_known_again(folder: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(folder / "in") + b"/caf\xe9.pdf"))
    odd.write_bytes(plain_pdf())
    assert sealed(folder / "in", "-o", folder / "out").exit_code == 0
    assert len(journal(folder / "out")) == 5
    assert told(sealed(folder / "in", "-o", folder / "out", "--resume", "--json"))[-1]["run"]["passed_over"] == 5


def test_a_stream_may_hold_names_that_are_none(folder: Path) -> None:
    odd = os.fsencode(folder / "in") + b"/caf\xe9.pdf"
    Path(os.fsdecode(odd)).write_bytes(plain_pdf())
    stream = b"one\0two.pdf\n" + odd + b"\n" + os.fsencode(folder / "in" / "0.pdf") + b"\n"
    result = CliRunner().invoke(seal, ["-", "-o", str(folder / "out"), "--json"], input=stream)
    assert [one.get("refused") for one in told(result)[:-1]] == ["file_unreadable", None, None]


def test_a_name_as_long_as_a_name_can_be_is_sealed(folder: Path) -> None:
    (folder / "in" / f"{'檔' * 83}.pdf").write_bytes(plain_pdf())  # 253 bytes
    assert sealed(folder / "in", "-o", folder / "out").exit_code == 0
    assert not list((folder / "out").glob(".*"))


def test_a_file_without_a_place_stops_nobody(folder: Path) -> None:
    (folder / "out" / "0.pdf").mkdir(parents=True)
    (folder / "out" / "below").write_text("a file")
    result = sealed(folder / "in", "-o", folder / "out", "--json")
    assert [one.get("refused") for one in told(result)[:-1]] == ["target_taken", None, None, "target_taken"]


def test_a_name_forges_no_line_and_commands_no_terminal(folder: Path) -> None:
    (folder / "in" / "x\nsealed  y\x1b[2J.pdf").write_text("no PDF")
    refused = sealed(folder / "in", "-o", folder / "out")
    assert [line[:9] for line in refused.stderr.splitlines()] == ["refused  "]
    assert "\x1b" not in refused.stderr


def test_what_cannot_be_looked_at_is_told_and_not_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "in" / "gone.pdf").symlink_to(folder / "nowhere.pdf")
    scandir = os.scandir

    def without_rights(path: Any) -> Any:
        if Path(path).name == "below":
            raise PermissionError(EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", without_rights)
    result = sealed(folder / "in", "-o", folder / "out", "--json")
    assert result.exit_code == 1
    assert {Path(one["source"]).name: one["refused"] for one in told(result)[:-1] if "refused" in one} == {
        "below": "file_unreadable",
        "gone.pdf": "file_unreadable",
    }
    looked = CliRunner().invoke(verify, ["--json", str(folder / "in")])
    assert looked.exit_code == 2
    lines = [json.loads(line) for line in looked.stdout.splitlines()]
    assert {Path(one["file"]).name for one in lines if one["reason"] == "file_unreadable"} == {"below", "gone.pdf"}


def test_a_file_that_cannot_be_read_has_no_trace(folder: Path) -> None:
    result = sealed("/proc/self/mem", "-o", folder / "one.pdf")
    assert (result.exit_code, result.stderr) == (3, "Error: /proc/self/mem cannot be read: Input/output error\n")
    nowhere = sealed(folder / "in" / "0.pdf", "-o", folder / "nowhere" / "one.pdf")
    assert (nowhere.exit_code, "cannot write" in nowhere.stderr) == (3, True)


def test_a_data_directory_that_cannot_be_used_has_no_trace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GBA_DATA_DIR", str(folder / "in" / "0.pdf"))
    one, out = str(folder / "in" / "0.pdf"), str(folder / "out")
    runs = [CliRunner().invoke(seal, [each, "-o", out]) for each in (one, str(folder / "in"))]
    for run in (*runs, CliRunner().invoke(verify, [one])):
        assert (run.exit_code, "in/0.pdf" in run.stderr, "cannot be used" in run.stderr) == (3, True, True)


def test_a_disk_that_is_full_stops_the_run_and_the_next_one_goes_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def on_a_full_disk(self: Path, data: bytes) -> int:
        if any(out.suffix == ".pdf" for out in (folder / "out").iterdir()):
            raise OSError(ENOSPC, "No space left on device")
        return write(self, data)

    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", on_a_full_disk)
        result = sealed(folder / "in", "-o", folder / "out")
    assert (result.exit_code, "No space left on device; --resume goes on" in result.stderr) == (3, True)
    resumed = sealed(folder / "in", "-o", folder / "out", "--resume", "--json")
    assert (resumed.exit_code, told(resumed)[-1]["run"]["sealed"]) == (0, 3)


def test_two_runs_do_not_write_into_one_folder(folder: Path) -> None:
    assert sealed(folder / "in", "-o", folder / "out").exit_code == 0
    with (folder / "out" / "sealed.jsonl").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = sealed(folder / "in", "-o", folder / "out", "--resume")
        checking = CliRunner().invoke(verify, [str(folder / "out"), "--resume", held.name])
    assert (second.exit_code, "another run is writing" in second.stderr) == (3, True)
    assert (checking.exit_code, "another run is writing" in checking.stderr) == (3, True)


def test_who_stops_it_goes_on_later(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as stopping:
        stopping.setattr(seal_many, "_tell", stop)
        result = sealed(folder / "in", "-o", folder / "out")
    assert (result.exit_code, len(journal(folder / "out"))) == (130, 1)
    assert "stopped; --resume goes on" in result.stderr
    assert result.stdout.startswith("1 sealed, 0 refused;")
    resumed = sealed(folder / "in", "-o", folder / "out", "--resume", "--json")
    assert (resumed.exit_code, told(resumed)[-1]["run"]["passed_over"]) == (0, 1)


def test_an_authority_that_is_away_is_exit_2_and_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GBA_TRUST__TIMESTAMP_URLS", "http://stamps.nowhere.test/tsa")
    monkeypatch.setenv("GBA_TRUST__SEAL_TERRITORY", "HK")
    result = sealed(folder / "in", "-o", folder / "out", "--json")
    assert result.exit_code == 2
    one = sealed(folder / "in" / "0.pdf", "-o", folder / "one.pdf", "--json")
    assert one.exit_code == 1
    assert told(one)[0]["authorities"] == [{"host": "stamps.nowhere.test", "reason": "stamp_authority_refused"}]


def test_the_key_process_loads_no_pdf_library(folder: Path) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from deploy.commands.seal import command; "
        "r = CliRunner().invoke(command, sys.argv[1:]); print(r.exit_code, sorted(m for m in sys.modules "
        "if m in ('pikepdf', 'pyhanko', 'trust.pades.surveyor', 'trust.pades.source')))"
    )
    words = [str(folder / "in" / "0.pdf"), "-o", str(folder / "one.pdf")]
    run = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=dict(os.environ),
    )
    assert run.stdout.strip() == "0 []"
