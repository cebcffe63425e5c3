"""What a person is told of how long a check is kept is what this gateway does."""

from msgspec.structs import replace

from deploy.composing.residents import check_purposes
from deploy.settings import PurposeSettings, load

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
