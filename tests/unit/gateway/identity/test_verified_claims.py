"""Answering a request for verified claims: constraints are kept, and nothing is told that was not asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.claim import Holder
from gateway.identity.verification import DEFAULT_VOUCHERS, verification
from gateway.identity.verified_claims import holds, verification_answer
from tests.fakes.vouched import BOUND_AT, binding

FOUND = verification(binding(), Holder.HOME, DEFAULT_VOUCHERS)
assert FOUND is not None
KNOWN: dict[str, Any] = FOUND
RECORD, DOCUMENT = KNOWN["evidence"]
NOW = datetime.fromisoformat(KNOWN["time"]) + timedelta(days=20)


def answer(**wish: Any) -> Any:
    return verification_answer({"trust_framework": None} | wish, KNOWN, at=NOW)


def evidence(*entries: Any) -> Any:
    told = answer(evidence=list(entries))
    return None if told is None else told["evidence"]


def test_what_is_asked_is_told_and_nothing_else() -> None:
    assert answer() == {"trust_framework": KNOWN["trust_framework"]}
    assert verification_answer({}, KNOWN, at=NOW) == {"trust_framework": KNOWN["trust_framework"]}
    assert answer(time=None, moon_phase=None).keys() == {"trust_framework", "time"}
    assert answer(evidence=None)["evidence"] == [RECORD, DOCUMENT]


def test_of_several_kinds_or_checks_one_that_is_there_is_enough() -> None:
    of_document = {"type": {"value": "document"}}
    assert evidence(of_document, {"type": {"value": "vouch"}}) == [{"type": "document"}]
    assert evidence({"type": {"value": "vouch"}}) is None
    data, other = {"check_method": {"value": "data"}}, {"check_method": {"value": "vpip"}}
    [told] = evidence(of_document | {"check_details": [data]})
    assert told["check_details"] == [{"check_method": "data"}]
    assert evidence(of_document | {"check_details": [data, other]}) == [told]
    assert evidence(of_document | {"check_details": [other]}) is None


def test_what_an_element_cannot_do_without_is_there_unasked() -> None:
    parts = {"check_details": [{"organization": None}], "document_details": {"issuer": None}}
    assert evidence({"type": {"value": "document"}} | parts) == [
        {
            "type": "document",
            "check_details": [{"check_method": "data", "organization": "iAM Smart"}],
            "document_details": {"type": "idcard", "issuer": {"country_code": "HKG"}},
        }
    ]


def test_two_wishes_for_one_entry_are_told_together() -> None:
    parts = ({"type": None, "record": None}, {"type": {"value": "electronic_record"}, "check_details": None})
    first, second = evidence(*parts)
    assert first == RECORD
    assert second == {"type": "document"}


@pytest.mark.parametrize(("age", "within"), [(20 * 86400, True), (20 * 86400 - 1, False), (0, False), (10**9, True)])
def test_an_age_counts_from_the_moment_told(age: int, within: bool) -> None:
    assert (answer(time={"max_age": age}) is not None) is within


def test_a_value_must_be_the_one_or_among_those_that_the_request_names() -> None:
    assert holds(None, "x", at=NOW)
    assert holds({}, "x", at=NOW)
    assert holds({"value": "x"}, "x", at=NOW)
    assert not holds({"value": "y"}, "x", at=NOW)
    assert holds({"values": ["x", "y"]}, "x", at=NOW)
    assert not holds({"values": []}, "x", at=NOW)
    assert not holds({"value": "x", "values": ["y"]}, "x", at=NOW)
    document = {"type": "hmt_permit", "number": "H12345678"}
    assert holds({"value": document}, document, at=NOW)
    assert not holds({"value": document | {"number": "H12345679"}}, document, at=NOW)


def test_an_age_of_what_is_no_date_asks_nothing() -> None:
    assert holds({"max_age": 1}, "CHAN TAI MAN", at=NOW)
    assert not holds({"max_age": 1}, "1990-01-02", at=NOW)
    assert holds({"max_age": 1}, NOW.date().isoformat(), at=NOW)  # a date counts from its last moment
    assert holds({"max_age": 1}, NOW.astimezone(UTC).date().isoformat() + "T99", at=NOW)


NAMES = ("trust_framework", "time", "evidence", "type", "check_details", "check_method", "document_details", "issuer")
CONDITIONS = ("value", "essential", "max_age", "country_code", "record", "else")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["document", "data", "HKG"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES, *CONDITIONS]),
            inner,
            max_size=4,
        )
        | st.fixed_dictionaries({"values": st.lists(inner, max_size=2)})
    ),
    max_leaves=20,
)


def leaves(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {leaf for one in value.values() for leaf in leaves(one)}
    return {leaf for one in value for leaf in leaves(one)} if isinstance(value, list) else {repr(value)}


@given(wish=st.dictionaries(st.sampled_from(["trust_framework", "time", "evidence", "else"]), JSON))
def test_whatever_is_asked_only_what_is_known_comes_out(wish: dict[str, Any]) -> None:
    told = verification_answer(wish, KNOWN, at=NOW)
    assert told is None or leaves(told) <= leaves(KNOWN)
    assert told is None or {"trust_framework"} <= told.keys() <= {"trust_framework", *wish} - {"else"}
    assert datetime.fromisoformat(str(KNOWN["time"])).date() == BOUND_AT.date()
