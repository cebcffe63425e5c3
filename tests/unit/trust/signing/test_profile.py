"""What a visible seal says is what is meant: one line of the agency's name, and no date but its own."""

import pytest

from trust.signing.profile import SealProfile, objection


@pytest.mark.parametrize("name", ["Registry", "登記處　香港", "Conservatória do Registo"])
def test_a_name_is_taken_as_it_is_written(name: str) -> None:
    assert objection(SealProfile(agency=name)) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "A" * 201,
        "Registry\n2031-01-01 00:00:00 UTC+8",
        "\u202e8+CTU 10-10-1302",
        "A\u2028B",
        "A\x00B",
        "\u200b",
    ],
)
def test_no_name_draws_a_second_line_or_is_turned_round(name: str) -> None:
    assert objection(SealProfile(agency=name)) == "agency_name_unfit"
