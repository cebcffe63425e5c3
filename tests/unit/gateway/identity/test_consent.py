"""A consent record: what may follow what, and a chain that shows any change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.identity import consent
from gateway.identity.consent import FOLLOWS, ConsentRecord, Kind, State, broken_at, objection, stands, then
from gateway.identity.notice import Block, ShownNotice

NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
SHOWN = ShownNotice(
    id="biometric-check",
    version="1",
    effective_from=date(2026, 1, 1),
    language="en",
    binding_language="zh-Hans",
    languages=("en",),
    title="T",
    blocks=(Block("n1", "question", "May we?"),),
    answers={},
    parameters={},
    text_sha256="sha256:a",
    text_set_sha256="sha256:b",
)


def record(*states: State, **changes: object) -> ConsentRecord:
    made = consent.asked(
        record_id="r-1",
        kind=Kind.CHECK,
        account="1.account",
        client="c",
        items=("p",),
        head={"header": {"a": 1}},
        shown=SHOWN,
        at=NOW,
    )
    for state in states:
        made = then(made, state, at=NOW, by="person")
    return replace(made, **changes)


def test_every_state_says_what_may_follow_it() -> None:
    assert FOLLOWS.keys() == {None, *State}
    reachable, todo = set[State](), [State.REQUESTED]
    while todo:
        state = todo.pop()
        if state not in reachable:
            reachable.add(state)
            todo += FOLLOWS[state]
    assert reachable == set(State)


@pytest.mark.parametrize("end", [State.REFUSED, State.UNANSWERED])
def test_an_answer_and_a_silence_are_final(end: State) -> None:
    for state in State:
        assert objection(record(end), state) == f"consent_is_{end.value}"


def test_a_withdrawn_consent_is_not_revived() -> None:
    assert objection(record(State.GIVEN, State.WITHDRAWN), State.GIVEN) == "consent_is_withdrawn"
    assert objection(record(State.GIVEN, State.WITHDRAWN), State.DELETION_CONFIRMED) is None


def test_it_stands_from_given_until_ended_or_over() -> None:
    assert not stands(record(), NOW)
    assert stands(record(State.GIVEN), NOW)
    assert not stands(record(State.GIVEN, State.WITHDRAWN), NOW)
    assert not stands(record(State.GIVEN, valid_until=NOW), NOW)
    assert stands(record(State.GIVEN, State.USED), NOW)
    assert not stands(record(State.GIVEN, State.USED, single_use=True), NOW)


def test_a_whole_chain_is_whole() -> None:
    assert broken_at(record(State.RENOTIFIED, State.GIVEN, State.USED, State.WITHDRAWN)) is None


@given(st.integers(0, 3), st.sampled_from(["state", "at", "by", "facts", "prev_hash", "hash", "seq"]))
def test_any_change_to_any_event_shows_at_that_event_or_before(number: int, part: str) -> None:
    whole = record(State.GIVEN, State.USED, State.WITHDRAWN)
    wrong: dict[str, object] = {
        "state": State.INVALIDATED,
        "at": NOW + timedelta(microseconds=1),
        "by": "operator",
        "facts": {"more": "1"},
        "prev_hash": "sha256:0",
        "hash": "sha256:0",
        "seq": 9,
    }
    events = list(whole.events)
    events[number] = replace(events[number], **{part: wrong[part]})
    assert broken_at(replace(whole, events=tuple(events))) == number + 1


@pytest.mark.parametrize("number", range(3))
def test_an_event_taken_out_of_the_middle_shows(number: int) -> None:
    whole = record(State.GIVEN, State.USED, State.WITHDRAWN)
    events = whole.events[:number] + whole.events[number + 1 :]
    assert broken_at(replace(whole, events=events)) == number + 1


def test_another_head_or_another_id_breaks_the_chain_at_its_root() -> None:
    assert broken_at(record(State.GIVEN, head={"header": {"a": 2}})) == 1
    assert broken_at(record(State.GIVEN, id="r-2")) == 1
