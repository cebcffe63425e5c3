"""What an agency's visitors are asked is worked out once, and anew as soon as anything in it changes."""

import pytest
from msgspec.structs import replace
from msgspec.structs import replace as changed

from gateway.flows import question_texts
from gateway.flows.equipment import Equipment
from gateway.identity.check import CheckAsked, retention_days
from gateway.identity.claims_choice import WeighedClaim
from gateway.identity.notice import ShownNotice
from gateway.identity.region import Region
from gateway.identity.transfer import Allowed, Refused
from gateway.oidc.client import Client
from tests.fakes.resident_world import PARAMETERS, PURPOSE, make_world

CLIENT = Client(
    id="registry",
    agency="registry-agency",
    names={"en": "Registry", "zh-Hant": "登記處"},
    purpose={"en": "Registration"},
    region="CN-44",
    redirect_uris=("https://agency.example/callback",),
)
NAME = WeighedClaim(
    name="name",
    essential=True,
    transfer=Allowed(None),
    source="HK",
    destination="CN-44",
    agreed=False,
    before=None,
)
SEX = changed(NAME, name="gender", essential=False)


@pytest.fixture(scope="module")
def equipment() -> Equipment:
    return make_world("sqlite://").equipment


def asked(equipment: Equipment, client: Client = CLIENT, *weighed: WeighedClaim, language: str = "en") -> ShownNotice:
    return question_texts.claims(equipment, client=client, weighed=weighed or (NAME, SEX), language=language)


def test_the_same_question_is_worked_out_once(equipment: Equipment) -> None:
    assert asked(equipment) is asked(equipment)
    # what this person had answered before is not in the text
    assert asked(equipment) is asked(equipment, CLIENT, changed(NAME, agreed=True), changed(SEX, before=False))


@pytest.mark.parametrize(
    ("client", "weighed"),
    [
        (replace(CLIENT, names={**CLIENT.names, "en": "Land Registry"}), (NAME, SEX)),
        (replace(CLIENT, purpose={"en": "Transfer of land"}), (NAME, SEX)),
        (replace(CLIENT, region="HK"), (NAME, SEX)),
        (CLIENT, (NAME,)),
        (CLIENT, (NAME, changed(SEX, essential=True))),
        (CLIENT, (NAME, changed(SEX, transfer=Refused("no_transfer_basis")))),
        (CLIENT, (NAME, changed(SEX, source="CN-44"))),
    ],
)
def test_another_question_has_another_text(
    equipment: Equipment, client: Client, weighed: tuple[WeighedClaim, ...]
) -> None:
    assert asked(equipment, client, *weighed).text_sha256 != asked(equipment).text_sha256


def test_another_language_has_another_text_of_the_same_set(equipment: Equipment) -> None:
    english, chinese = asked(equipment), asked(equipment, language="zh-Hant")
    assert english.text_sha256 != chinese.text_sha256
    assert english.text_set_sha256 == chinese.text_set_sha256


def test_another_operator_has_texts_of_its_own(equipment: Equipment) -> None:
    other = replace(
        equipment, operator={name: {**given, "operator": "Other"} for name, given in equipment.operator.items()}
    )
    assert "Other" in str(asked(other).blocks)


def test_a_check_is_said_to_be_kept_as_long_as_its_receipt_says(equipment: Equipment) -> None:
    wrong = {one: {**PARAMETERS, "photo_days": "30", "record_days": "7"} for one in PURPOSE.parameters}
    purpose = replace(PURPOSE, retention_days=retention_days(2000), parameters=wrong)
    asked = CheckAsked(application="APP-1", purpose=purpose.code)
    shown = question_texts.check(
        equipment, client=CLIENT, asked=asked, purpose=purpose, home=Region.MACAU, language="en"
    )
    assert (shown.parameters["photo_days"], shown.parameters["record_days"]) == ("0", "2000")
