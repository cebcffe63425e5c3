"""`gba seal` and `gba verify` in a fresh data directory, without a server."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding
from jsonschema import Draft202012Validator

from deploy.commands.seal import command as seal
from deploy.commands.verify import command as verify
from tests.fakes import pki
from tests.fakes.sealing_world import plain_pdf
from tests.unit.trust.pades import test_detached
from trust.validation.words import WORDS


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
    told = {Path(json.loads(line)["file"]).name: json.loads(line) for line in result.stdout.splitlines()}
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


def test_no_report_takes_the_place_of_the_document_or_of_another_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (folder / "out.pdf").read_bytes()
    refused = verified("--xml", folder / "out.pdf", folder / "out.pdf")
    assert (refused.exit_code, (folder / "out.pdf").read_bytes() == whole) == (3, True)
    (folder / "sub").mkdir()
    (folder / "sub" / "out.pdf").write_bytes((folder / "in.pdf").read_bytes())
    monkeypatch.chdir(folder)
    assert verified("--xml", "xml", "sub/../out.pdf", "sub/out.pdf").exit_code == 3
    assert b"total-passed" in (folder / "xml" / "sub" / "out.pdf.xml").read_bytes()


def test_a_folder_without_a_document_is_said_to_be_one(folder: Path) -> None:
    (folder / "empty").mkdir()
    result = verified("--json", folder / "empty")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "no PDF file" in result.stderr


def test_lines_of_json_stay_by_themselves_and_the_speed_is_said_aside(folder: Path) -> None:
    result = verified("--json", folder / "out.pdf", folder / "in.pdf")
    assert len([json.loads(line) for line in result.stdout.splitlines()]) == 2
    assert re.fullmatch(r"2 files: Passed 1, Undecided 1; [0-9.]+ a second\n", result.stderr)


def test_who_stops_it_is_told_how_far_it_came_and_goes_on_later(folder: Path) -> None:
    (folder / "many").mkdir()
    for number in range(400):
        (folder / "many" / f"{number:03}.pdf").hardlink_to(folder / "out.pdf")
    kept = folder / "reports.jsonl"
    command = [sys.executable, "-m", "deploy.cli", "verify", "--resume", str(kept), "--jobs", "2", str(folder / "many")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.monotonic() + 180
    while not (kept.exists() and kept.stat().st_size) and time.monotonic() < until:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said, complained = running.communicate(timeout=180)
    lines = kept.read_text().splitlines()
    assert (running.returncode, complained) == (130, "")
    assert 0 < len(lines) < 400
    assert len(lines) == 1 or said.startswith(f"{len(lines)} files: Passed {len(lines)};")
    finished = verified("--resume", kept, "--jobs", 2, folder / "many")
    assert (finished.exit_code, len(kept.read_text().splitlines())) == (0, 400)


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
        assert verified("--resume", folder / "notes.txt", folder / "out.pdf").exit_code == 3
        assert (folder / "notes.txt").read_text() == text


def test_reports_that_have_no_place_are_no_failed_documents(folder: Path) -> None:
    nowhere = verified("--resume", folder / "nowhere" / "reports.jsonl", folder / "out.pdf")
    assert (nowhere.exit_code, "cannot be written" in nowhere.stderr) == (3, True)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "deploy.cli", "verify", "--json", str(folder / "out.pdf")]
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    assert (run.returncode, "No space left on device" in run.stderr) == (3, True)
    assert "Traceback" not in run.stderr


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


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "pt"])
def test_no_english_word_is_left_in_another_language(folder: Path, language: str) -> None:
    (folder / "b.pdf").write_bytes((folder / "out.pdf").read_bytes().replace(b"/Sig", b"/Sih"))
    shown = verified("--lang", language, folder).output.replace(str(folder), "")
    english = {word.lower() for _, _, said, _ in WORDS.values() for word in re.findall(r"[A-Za-z]{4,}", said)}
    portuguese = {word.lower() for *_, said in WORDS.values() for word in re.findall(r"[A-Za-z]{4,}", said)}
    left = {word for word in re.findall(r"[A-Za-z]{4,}", shown.lower()) if word in english - portuguese}
    assert left - {"sandbox", "seal", "guangdong", "timestamp", "file"} == set(), shown


def test_a_report_is_written_as_xml_and_as_a_sealed_pdf(folder: Path) -> None:
    xml, pdf = folder / "report.xml", folder / "report.pdf"
    result = verified("--xml", xml, "--pdf", pdf, "--lang", "pt", folder / "out.pdf")
    assert result.exit_code == 0, result.output
    assert b"urn:etsi:019102:mainindication:total-passed" in xml.read_bytes()
    told = json.loads(verified("--json", pdf).output)
    assert (told["verdict"], told["signatures"][0]["level"]) == ("PASSED", "B-LTA")
    with pikepdf.open(pdf) as printed:
        assert not any(one.get("/AP") for page in printed.pages for one in page.obj.get("/Annots", ()))  # PDF/UA
        attached = json.loads(printed.attachments["verification-report.json"].get_file().read_bytes())
    assert attached["file"] == str(folder / "out.pdf")


def test_reports_on_several_files_go_into_a_folder(folder: Path) -> None:
    assert verified("--xml", folder / "xml", folder / "out.pdf", folder / "in.pdf").exit_code == 2
    assert sorted(file.name for file in (folder / "xml").rglob("*.xml")) == ["in.pdf.xml", "out.pdf.xml"]


def test_a_detached_signature_is_judged_by_its_document_or_its_digest(folder: Path) -> None:
    document, signature, anchor = folder / "record.txt", folder / "record.p7s", folder / "anchor.pem"
    document.write_bytes(test_detached.DOCUMENT)
    signature.write_bytes(test_detached.signed())
    anchor.write_bytes(test_detached.ROOT.certificate.public_bytes(Encoding.PEM))
    then = ("--trust", anchor, "--at", pki.NOW.isoformat())
    by_document = verified("--json", *then, "--signs", document, signature)
    told = json.loads(by_document.output)
    assert (told["verdict"], told["subject"]) == ("PASSED", "digest")
    digest = "sha256:" + hashlib.sha256(test_detached.DOCUMENT).hexdigest()
    assert verified(*then, "--digest", digest, signature).exit_code == 0
    assert verified(*then, "--digest", "sha256:" + "00" * 32, signature).exit_code == 1
    assert "ALGORITHM:HEX" in verified("--digest", "md5:00", signature).output
    assert verified("--digest", digest, "--signs", document, signature).exit_code == 2


def test_a_report_is_made_again_byte_for_byte_without_asking_anybody(folder: Path) -> None:
    bare = folder / "bare.pdf"
    made = CliRunner().invoke(seal, ["--level", "B-B", str(folder / "in.pdf"), "-o", str(bare)])
    assert made.exit_code == 0, made.output
    first = verified("--json", "--xml", folder / "1.xml", bare)
    assert json.loads(first.output)["verdict"] == "PASSED"
    assert json.loads(first.output)["evidence"]  # somebody was asked
    assert json.loads(verified("--json", "--offline", bare).output)["reason"] == "TRY_LATER"
    (folder / "1.json").write_text(first.output)
    again = [sys.executable, "-m", "deploy.cli", "verify", "--json", "--again", str(folder / "1.json")]
    ran = subprocess.run(
        [*again, "--xml", str(folder / "2.xml"), str(bare)], capture_output=True, text=True, check=False, timeout=180
    )
    assert (ran.stdout, ran.stderr) == (first.output, "")
    assert (folder / "2.xml").read_bytes() == (folder / "1.xml").read_bytes()


def test_what_cannot_be_judged_again_says_why(folder: Path) -> None:
    report = json.loads(verified("--json", folder / "out.pdf").output)
    for changed, words in (
        ({"policy": "mine/1"}, "another form"),
        ({"trust_snapshot": "sha256:" + "00" * 32}, "--trust"),
        ({"evidence": [{"kind": "ocsp", "digest": "sha256:" + "00" * 32}]}, "not kept here"),
        ({"at": "2026-11-21"}, "not whole"),
    ):
        (folder / "earlier.json").write_text(json.dumps(report | changed))
        result = verified("--again", folder / "earlier.json", folder / "out.pdf")
        assert (result.exit_code, words in result.output) == (3, True), result.output
    (folder / "earlier.json").write_text(json.dumps(report))
    other = verified("--json", "--again", folder / "earlier.json", folder / "in.pdf")
    assert "differs" in other.output


def test_many_reports_are_made_again_each_by_its_file(folder: Path) -> None:
    first = verified("--json", folder / "out.pdf", folder / "in.pdf")
    (folder / "earlier.jsonl").write_text(first.stdout)
    again = verified("--json", "--again", folder / "earlier.jsonl", folder / "out.pdf", folder / "in.pdf")
    assert again.stdout == first.stdout
    (folder / "new.pdf").write_bytes(plain_pdf())
    assert "no earlier report" in verified("--again", folder / "earlier.jsonl", folder / "new.pdf").output
    (folder / "earlier.jsonl").write_text("no report")
    assert "holds no report" in verified("--again", folder / "earlier.jsonl", folder / "in.pdf").output


def test_a_file_whose_name_is_no_text_is_judged_like_any_other(folder: Path) -> None:
    (folder / "odd").mkdir()
    Path(os.fsdecode(os.fsencode(folder / "odd") + b"/\xff\xfe.pdf")).write_bytes(plain_pdf())
    kept = folder / "reports.jsonl"
    copies = ("--xml", folder / "xml", "--pdf", folder / "pdf")
    assert verified("--resume", kept, *copies, folder / "odd").exit_code == 2
    assert json.loads(kept.read_text())["reason"] == "no_signature"
    before = kept.read_text()
    assert verified("--resume", kept, folder / "odd").exit_code == 2
    assert kept.read_text() == before  # known by its name
    assert len(list((folder / "pdf").rglob("*.pdf"))) == len(list((folder / "xml").rglob("*.xml"))) == 1


def test_each_line_has_the_form_that_the_command_publishes(folder: Path) -> None:
    schema = json.loads(verified("--schema").output)
    for line in verified("--json", folder / "out.pdf", folder / "in.pdf", folder / "nowhere.pdf").stdout.splitlines():
        Draft202012Validator(schema).validate(json.loads(line))
