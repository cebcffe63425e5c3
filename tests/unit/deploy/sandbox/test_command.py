"""`gba sandbox`: who lives there, for people and for programs."""

import json

from click.testing import CliRunner

from deploy.commands.sandbox import command
from deploy.sandbox.people import PEOPLE


def test_programs_get_everybody_with_region_and_words() -> None:
    got = CliRunner().invoke(command, ["people", "--json"])
    assert got.exit_code == 0
    listed = json.loads(got.output)
    assert [one["id"] for one in listed] == [one.id for one in PEOPLE]
    for one in listed:
        assert {"region", "login", "password", "story"} <= one.keys()
        assert {"en", "zh-Hant"} == one["story"].keys()


def test_people_get_words_and_stories() -> None:
    got = CliRunner().invoke(command, ["people"])
    assert got.exit_code == 0
    for one in PEOPLE:
        assert f"{one.login} / {one.password}" in got.output
        assert one.story in got.output
