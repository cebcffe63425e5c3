"""Text that JSON can carry and nothing can keep: half a surrogate pair, as where a name was cut in the middle."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.errors import AssertionRejected
from gateway.regions.hongkong import messages
from tests.fakes.outside import Outside
from tests.fakes.travels import Result, ToGuangdong, ToHongKong, ToMacau

HALF = "陈\ud840"


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registered")


@pytest.mark.parametrize(
    "told",
    [
        {"chName": {"ChineseName": HALF}},
        {"enName": {"UnstructuredName": HALF}},
        {"idNo": {"Identification": HALF, "CheckDigit": "3"}},
        {"birthDate": HALF},
    ],
)
def test_in_a_profile_it_is_refused_by_name(registered: Path, told: dict[str, Any]) -> None:
    travel = ToHongKong(Outside(registered))
    trip = travel.to_the_request()
    with pytest.raises(AssertionRejected, match="malformed"):
        travel.given(trip, travel.written(lambda answer: answer.update(told)))


def test_in_the_state_of_a_callback_it_names_no_departure(registered: Path) -> None:
    travel = ToHongKong(Outside(registered))
    trip = travel.to_the_request()
    with pytest.raises(AssertionRejected, match="state_missing"):
        travel.given(trip, travel.written(lambda answer: answer.update(state=HALF)))


@pytest.mark.parametrize("field", ["accessToken", "openID"])
def test_in_a_token_it_is_refused_before_it_is_sent_anywhere(field: str) -> None:
    with pytest.raises(messages.AnswerRefused, match="answer_malformed"):
        messages.read_token({"accessToken": "a", "openID": "o", field: HALF})


@pytest.mark.parametrize("claim", ["name", "name_zh", "birthdate", "bir_number"])
def test_in_a_claim_it_is_refused_by_name(registered: Path, claim: str) -> None:
    with pytest.raises(AssertionRejected, match="attribute_malformed"):
        ToMacau(Outside(registered)).userinfo(lambda answer: answer.update({claim: HALF}))


@pytest.mark.parametrize("member", ["cn", "useridcode", "idcardnumber"])
def test_in_an_account_it_is_refused_by_name(registered: Path, member: str) -> None:
    with pytest.raises(AssertionRejected, match="malformed"):
        ToGuangdong(Outside(registered)).account(lambda answer: answer["userobj"].update({member: HALF}))


def kept(result: Result) -> Result:
    msgspec.json.encode(result)  # as a sign-in is
    return result


def test_a_version_that_cannot_be_kept_is_none(registered: Path) -> None:
    account = kept(ToGuangdong(Outside(registered)).account(lambda answer: answer["userobj"].update(uversion=HALF)))
    assert getattr(account, "version", "") is None
    assert messages.read_token({"accessToken": "a", "openID": "o", "lastModifiedDate": HALF}).changed == ""


@pytest.mark.parametrize("told", [["x"] * 200, "x" * 9000, {}, True, None])
def test_only_a_short_text_or_a_number_is_a_version(registered: Path, told: object) -> None:
    travel = ToMacau(Outside(registered))
    travel.claims(updated_at=told)
    assert getattr(travel.happy(), "version", "") is None
