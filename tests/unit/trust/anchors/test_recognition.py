"""Mutual recognition: all five conditions at once, each by itself, as of the signing time, and never by guess."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.fakes.trust_lists import (
    AT,
    BEGAN,
    ISSUING,
    OTHER_ISSUING,
    OTHER_ROOT,
    PREFIX,
    ROOT,
    listed,
    recognition,
    root_service,
    service,
    table,
)
from trust.anchors.recognition import CONDITIONS, Conclusion, MutualRecognition, Outcome, assess
from trust.anchors.trust_list import TrustList, standing

LIST = listed()
GOOD = (ISSUING.leaf(), ISSUING.der, ROOT.der)


def answer(
    path: tuple[bytes, ...] = GOOD, found: TrustList = LIST, *, at: datetime = AT, now: datetime = AT
) -> MutualRecognition:
    return assess(path, territory="HK", at=at, lists=[found], standings=[standing(found, now)])


def outcomes(found: MutualRecognition) -> dict[str, str]:
    return {each.name: each.reason or each.outcome.value for each in found.conditions}


def with_recognition(**changes: Any) -> TrustList:
    return listed(table(root_service(), service(recognition=[recognition(**changes)])))


def test_a_certificate_that_meets_all_five_is_recognised() -> None:
    found = answer()
    assert found.conclusion is Conclusion.RECOGNISED
    assert {each.outcome for each in found.conditions} == {Outcome.MET}
    assert (found.scheme, found.entry, found.list_digest) == ("hk-guangdong", "example-issuing", LIST.digest)


BROKEN: dict[str, tuple[str, MutualRecognition]] = {
    "recognition_period": (
        "before_recognition",
        answer(found=with_recognition(**{"from": AT}), at=AT - timedelta(days=1)),
    ),
    "root": ("other_root", answer((GOOD[0], ISSUING.der, OTHER_ROOT.der))),
    "signing_ca": ("other_signing_ca", answer((OTHER_ISSUING.leaf(), OTHER_ISSUING.der, ROOT.der))),
    "certificate_type": ("other_type", answer((ISSUING.leaf("Example e-Cert (Server)"), *GOOD[1:]))),
    "policy": ("other_policy", answer((ISSUING.leaf(policies=["1.2.3.4"]), *GOOD[1:]))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_condition_that_fails_is_enough_and_is_told_by_itself(name: str) -> None:
    reason, found = BROKEN[name]
    assert found.conclusion is Conclusion.NOT_RECOGNISED
    assert outcomes(found) == {**dict.fromkeys(CONDITIONS, "met"), name: reason}
    assert found.reason == reason


def test_every_condition_has_an_example() -> None:
    assert BROKEN.keys() == CONDITIONS.keys()


def test_the_period_is_that_of_the_signing_and_not_of_the_looking() -> None:
    ended = with_recognition(until=AT - timedelta(days=30))
    assert answer(found=ended).reason == "after_recognition"
    assert answer(found=ended, at=AT - timedelta(days=31)).conclusion is Conclusion.RECOGNISED


def test_the_moment_it_ends_is_after_and_the_moment_it_begins_is_within() -> None:
    ended = with_recognition(until=AT)
    assert answer(found=ended, at=AT).reason == "after_recognition"
    assert answer(found=ended, at=AT - timedelta(seconds=1)).conclusion is Conclusion.RECOGNISED
    assert answer(at=BEGAN).conclusion is Conclusion.RECOGNISED


def test_an_authority_that_was_withdrawn_is_recognised_for_what_was_signed_before() -> None:
    status = [{"is": "recognised", "since": BEGAN}, {"is": "deprecated", "since": AT - timedelta(days=10)}]
    found = listed(table(root_service(), service(status=status, recognition=[recognition()])))
    assert answer(found=found).reason == "service_not_in_force"
    assert answer(found=found, at=AT - timedelta(days=11)).conclusion is Conclusion.RECOGNISED
    found = listed(table(root_service(status=status), service(recognition=[recognition()])))
    assert outcomes(answer(found=found))["root"] == "service_not_in_force"
    assert answer(found=found, at=AT - timedelta(days=11)).conclusion is Conclusion.RECOGNISED


@pytest.mark.parametrize(
    ("oid", "fits"),
    [
        (f"{PREFIX}.2018.1.0", True),
        (f"{PREFIX}.2030.9.9", True),
        (PREFIX, False),
        (f"{PREFIX}.2018.1", False),
        (f"{PREFIX}.2018.1.0.1", False),
        (f"{PREFIX}0.2018.1.0", False),
        ("2.16.344.8.2.2008.810.20.2018.1", False),
    ],
)
def test_the_policy_is_matched_without_its_version_and_node_by_node(oid: str, fits: bool) -> None:
    found = answer((ISSUING.leaf(policies=["2.5.29.32.0", oid]), *GOOD[1:]))
    assert (found.conclusion is Conclusion.RECOGNISED) is fits


def test_where_one_version_is_demanded_no_other_will_do() -> None:
    found = with_recognition(policy_exact=f"{PREFIX}.2018.1.0")
    assert answer(found=found).conclusion is Conclusion.RECOGNISED
    assert answer((ISSUING.leaf(policies=[f"{PREFIX}.2019.1.0"]), *GOOD[1:]), found).reason == "other_policy"


def test_a_certificate_without_policies_says_so() -> None:
    assert outcomes(answer((ISSUING.leaf(policies=[]), *GOOD[1:])))["policy"] == "no_policy"


def test_certificates_that_nobody_supplied_are_not_checked_and_the_rest_is() -> None:
    found = listed(table(root_service(certificate=""), service(certificate="", recognition=[recognition()])))
    asked = answer(found=found)
    assert asked.conclusion is Conclusion.NOT_CHECKED
    missing = "certificate_not_supplied"
    assert outcomes(asked) == {**dict.fromkeys(CONDITIONS, "met"), "root": missing, "signing_ca": missing}


def test_what_fails_outweighs_what_could_not_be_checked() -> None:
    found = listed(table(root_service(certificate=""), service(certificate="", recognition=[recognition()])))
    asked = answer((ISSUING.leaf("Another type"), *GOOD[1:]), found)
    assert (asked.conclusion, asked.reason) == (Conclusion.NOT_RECOGNISED, "other_type")


def test_a_path_that_ends_at_the_issuing_authority_is_followed_to_its_root() -> None:
    assert answer(GOOD[:2]).conclusion is Conclusion.RECOGNISED


def test_a_certificate_without_the_path_above_it_says_nothing_of_its_root() -> None:
    asked = answer(GOOD[:1])
    assert (asked.conclusion, asked.reason) == (Conclusion.NOT_CHECKED, "path_unknown")
    assert outcomes(asked) == {**dict.fromkeys(CONDITIONS, "met"), "root": "path_unknown"}


def test_only_the_list_of_its_own_territory_is_asked() -> None:
    other = listed(table(root_service(), service(), territory="MO"))
    found = [standing(other, AT), standing(LIST, AT)]
    asked = assess(GOOD, territory="HK", at=AT, lists=[other, LIST], standings=found)
    assert (asked.conclusion, asked.list_digest) == (Conclusion.RECOGNISED, LIST.digest)


def test_what_could_not_be_looked_at_says_why_as_a_whole() -> None:
    found = listed(table(root_service(certificate=""), service(recognition=[recognition()])))
    assert (answer(found=found).conclusion, answer(found=found).reason) == (
        Conclusion.NOT_CHECKED,
        "certificate_not_supplied",
    )


def test_a_line_that_may_still_hold_decides_before_one_that_nearly_does() -> None:
    nearly = service(recognition=[recognition(certificate_type="Another")])
    unknown = service("unknown-key", name={"en": "Unknown"}, kind="root", certificate="")
    perhaps = service("perhaps", name={"en": "Perhaps"}, certificate="", recognition=[recognition(root="unknown-key")])
    found = listed(table(root_service(), unknown, nearly, perhaps))
    assert (answer(found=found).entry, answer(found=found).reason) == ("perhaps", "certificate_not_supplied")


@pytest.mark.parametrize("turned", [False, True])
def test_where_no_line_holds_that_of_the_key_that_signed_says_why(turned: bool) -> None:
    lines = [
        service(recognition=[recognition(certificate_type="Another")]),
        service("second", name={"en": "Second"}, certificate="second.pem", recognition=[recognition()]),
    ]
    found = listed(table(root_service(), *(reversed(lines) if turned else lines)))
    asked = answer((ISSUING.leaf(policies=["1.2.3.4"]), *GOOD[1:]), found)
    assert (asked.entry, asked.reason) == ("example-issuing", "other_type")


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_that_hold_in_as_much_the_one_that_fails_in_less_says_why(turned: bool) -> None:
    lines = [
        service("second", name={"en": "Second"}, certificate="second.pem", recognition=[recognition()]),
        service("unknown-key", name={"en": "Unknown"}, certificate="", recognition=[recognition()]),
    ]
    found = listed(table(root_service(), *(reversed(lines) if turned else lines)))
    asked = answer((ISSUING.leaf(policies=["1.2.3.4"]), *GOOD[1:]), found)
    assert (asked.entry, asked.reason) == ("unknown-key", "other_policy")


def test_of_several_lines_the_one_that_recognises_decides() -> None:
    lines = [recognition(certificate_type="Another"), recognition(), recognition(policy_prefix="1.2.3")]
    found = listed(table(root_service(), service(recognition=lines)))
    assert answer(found=found).conclusion is Conclusion.RECOGNISED


def test_a_territory_without_any_line_is_on_no_list() -> None:
    found = listed(table(root_service(), service(), territory="MO"))
    asked = assess(GOOD, territory="MO", at=AT, lists=[found], standings=[standing(found, AT)])
    assert (asked.conclusion, asked.reason) == (Conclusion.NOT_LISTED, "no_mutual_recognition_listed")


def test_a_list_that_is_out_of_date_answers_nothing() -> None:
    asked = answer(now=AT + timedelta(days=200))
    assert asked.conclusion is Conclusion.NOT_CHECKED
    assert outcomes(asked) == dict.fromkeys(CONDITIONS, "list_expired")


def test_without_a_list_nothing_is_checked() -> None:
    asked = assess(GOOD, territory="HK", at=AT, lists=[], standings=[])
    assert outcomes(asked) == dict.fromkeys(CONDITIONS, "list_missing")


@pytest.mark.parametrize("path", [(), (b"no certificate",)])
def test_a_certificate_that_cannot_be_read_is_not_judged(path: tuple[bytes, ...]) -> None:
    assert answer(path).conclusion is Conclusion.NOT_CHECKED


def test_an_answer_of_a_failed_list_is_not_given_by_another_issue_of_it() -> None:
    stale = replace(standing(LIST, AT), territory="MO")
    assert assess(GOOD, territory="HK", at=AT, lists=[LIST], standings=[stale]).reason == "list_missing"
