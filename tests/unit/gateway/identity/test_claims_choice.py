"""What is asked of a person about claims: only what is lawful, and only the difference."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from gateway.identity import consent
from gateway.identity.assertion import Attributes
from gateway.identity.binding import Profile
from gateway.identity.claims_choice import (
    NEVER,
    Weighed,
    available,
    chosen,
    left_out,
    unchanged_until,
    weigh,
)
from gateway.identity.consent import ConsentRecord, Kind, State
from gateway.identity.region import Region
from gateway.identity.transfer import TransferBasis
from gateway.identity.transfer_ground import Ground
from tests.unit.gateway.identity.test_consent import SHOWN

NOW = datetime(2026, 11, 21, tzinfo=UTC)
BASIS = TransferBasis(
    source="HK",
    destination="CN-44",
    ground=Ground.SEPARATE_CONSENT,
    reference="notice:claims",
    claims=frozenset({"name", "birthdate"}),
)
KEPT = Profile(home=Attributes(latin_name="CHAN TAI MAN"))


def record(state: State, *items: str, **facts: object) -> ConsentRecord:
    asked = consent.asked(
        record_id="r",
        kind=Kind.CLAIMS,
        account="1.a",
        client="c",
        items=items,
        head={},
        shown=SHOWN,
        at=NOW,
    )
    if state is State.REFUSED:
        return consent.then(asked, State.REFUSED, at=NOW, by="person")
    given = consent.then(asked, State.GIVEN, at=NOW, by="person", facts=facts)
    return given if state is State.GIVEN else consent.then(given, state, at=NOW, by="person")


def weighed(last: ConsentRecord | None = None, **asked: bool) -> Weighed:
    return weigh(asked, home=Region.HONG_KONG, destination="CN-44", bases=(BASIS,), last=last, at=NOW)


def test_what_was_never_asked_is_asked() -> None:
    (name,) = weighed(name=False)
    assert (name.before, name.agreed, name.ground) == (None, False, "separate_consent")
    assert available([name], KEPT) == {"name"}
    assert available([name], Profile(home=Attributes())) == frozenset()
    assert Weighed([name]).pending


def test_what_was_agreed_or_declined_is_settled() -> None:
    claims = weighed(record(State.GIVEN, "name", declined=["birthdate"]), name=True, birthdate=False)
    assert not claims.pending
    assert claims.agreed == ("name",)


def test_what_is_not_held_is_not_said_to_have_been_declined_and_does_not_nag() -> None:
    asked = weighed(name=False, birthdate=False)
    said = left_out(asked, (), KEPT)
    assert said == {"declined": ["name"], "not_offered": ["birthdate"]}
    assert left_out(asked, ("birthdate",), KEPT) == {"declined": ["name"]}
    assert not weighed(record(State.GIVEN, **said), name=False, birthdate=False).pending


def test_a_declined_claim_that_has_become_essential_is_asked_again() -> None:
    assert weighed(record(State.GIVEN, "name", declined=["birthdate"]), birthdate=True).pending


def test_an_unlawful_claim_holds_nothing_up_and_is_never_chosen() -> None:
    claims = weighed(gender=True, name=True)
    assert chosen(claims, frozenset({"gender"})) == ("name",)
    assert not weighed(gender=True).pending


def test_choosing_takes_what_is_essential_and_what_was_ticked_and_nothing_that_was_not_asked() -> None:
    claims = weighed(name=True, birthdate=False)
    assert chosen(claims, frozenset()) == ("name",)
    assert chosen(claims, frozenset({"birthdate", "travel_document"})) == ("name", "birthdate")


def test_after_a_withdrawal_everything_is_asked_anew() -> None:
    (name,) = weighed(record(State.WITHDRAWN, "name"), name=False)
    assert (name.before, name.agreed) == (None, False)


def test_after_a_refusal_everything_is_asked_anew() -> None:
    (name,) = weighed(record(State.REFUSED, "name"), name=False)
    assert (name.before, name.agreed, name.settled) == (None, False, False)


def test_a_consent_that_is_over_is_asked_again_although_the_answer_is_shown() -> None:
    lapsed = replace(record(State.GIVEN, "name"), valid_until=NOW)
    (name,) = weighed(lapsed, name=False)
    assert (name.before, name.agreed) == (True, False)
    assert Weighed([name]).pending


def test_it_stays_as_it_was_weighed_until_a_basis_or_the_consent_ends() -> None:
    soon, later = NOW + timedelta(days=1), NOW + timedelta(days=2)
    ending = (replace(BASIS, valid_until=soon), replace(BASIS, valid_until=later), BASIS)
    assert unchanged_until(ending, None, NOW) == soon
    assert unchanged_until(ending, None, soon) == later
    assert unchanged_until(ending, None, later) == NEVER
    assert unchanged_until((), replace(record(State.GIVEN, "name"), valid_until=soon), NOW) == soon
