"""What a person is told of a check, by page and receipt, is what this gateway does."""

import pytest
from msgspec.structs import replace

from deploy.composing.residents import check_purposes, try_questions
from deploy.reading import SettingsRefused
from deploy.settings import PurposeSettings, load
from gateway.settings import FaceCheckSettings, RegionSettings
from tests.fakes.resident_world import PURPOSE as WHOLE
from tests.fakes.resident_world import make_world

PURPOSE = PurposeSettings(
    code="boarding",
    notice="biometric-check",
    agencies=frozenset({"ferry"}),
    impact_assessment="PIA-1",
    necessity={"en": "It must be certain."},
)


def test_every_purpose_says_for_how_long_this_gateway_keeps_the_record() -> None:
    sandbox = load({"GBA_RESIDENTS__CONSENT_MEMORY": "2000d"})
    configured = check_purposes(replace(sandbox, check_purposes=(PURPOSE,)))
    assert [purpose.code for purpose in configured] == ["boarding"]
    for purpose in (*check_purposes(sandbox), *configured):
        assert purpose.retention_days == {"face_image": 0, "result": 2000, "consent_record": 2000}


def test_the_receipt_names_who_compares() -> None:
    service = FaceCheckSettings(
        service="Comparison Office",
        issuer="https://compare.example",
        check_url="https://compare.example/check",
        keys_url="https://compare.example/keys",
        client_id="gateway",
        signing_key="",
        redirect_uri="https://gateway.example/regions/check/callback",
    )
    settings = replace(load({}), check_purposes=(PURPOSE,), regions=RegionSettings(face_check=service))
    (purpose,) = check_purposes(settings)
    assert purpose.parties == (
        {"party_id": "https://compare.example", "role": "processor", "name": "Comparison Office"},
    )
    (invented,) = check_purposes(load({}))
    assert {"party_id", "role", "name"} <= invented.parties[1].keys()


def test_a_question_that_could_not_be_put_to_a_person_is_told_before_the_start() -> None:
    equipment = make_world("sqlite://").equipment
    try_questions(equipment)
    in_three = {language: given for language, given in WHOLE.parameters.items() if language != "pt"}
    lacking = replace(equipment, purposes={WHOLE.code: replace(WHOLE, parameters=in_three)})
    with pytest.raises(SettingsRefused) as refused:
        try_questions(lacking)
    assert refused.value.problems == [
        f"check_purposes.{WHOLE.code}: notice_parameter_agency_phone, in one of the languages"
    ]
