"""A signer's name or a file's cannot write a verdict of its own."""

from pathlib import Path

import pytest
from click import unstyle

from deploy.commands.verify_words import in_words
from tests.fakes.foreign_signing import ForeignSigner
from tests.fakes.sealing_world import SealingWorld, plain_pdf

UNSEEN = "\x1b\r\u202e\u2028\u200b"


@pytest.mark.parametrize("name", ["Chan\u202eeM tsurT", "Seal\nPASSED  other.pdf", "a\x1b[2K\rPASSED"])
def test_a_name_is_printed_on_one_line_in_one_direction(tmp_path: Path, name: str) -> None:
    world = SealingWorld.open(tmp_path)
    signed = ForeignSigner(world=world, name=name).sign(plain_pdf())

    said = in_words(world.verifier()(signed, name="x\x1b[2J\nPASSED  other.pdf\u2028"), "en")

    assert not any(line.strip().startswith("PASSED  other") for line in said.splitlines())
    assert not {"\x1b[2J", "\x1b[2K"} & {said[at : at + 4] for at in range(len(said))}
    assert not set(UNSEEN) & set(unstyle(said))


def test_a_subject_and_an_issuer_are_told_to_programs_without_what_is_not_seen(tmp_path: Path) -> None:
    world = SealingWorld.open(tmp_path)
    report = world.verifier()(ForeignSigner(world=world, name="Chan\u202eeM tsurT").sign(plain_pdf())).as_json()
    told = report["signatures"][0]
    assert "Chan\ufffdeM tsurT" in told["signer_subject"]
    assert not set(UNSEEN) & set(told["signer_subject"] + told["issuer"])


def test_names_of_people_stay_as_they_are(tmp_path: Path) -> None:
    world = SealingWorld.open(tmp_path)
    for name in ("陳大文", "José d'Assunção", "Chan Siu Ming"):
        signed = ForeignSigner(world=world, name=name).sign(plain_pdf())
        assert world.verify(signed).as_json()["signatures"][0]["signer"] == name
