"""What storage promises of residents' values, on SQLite and on PostgreSQL alike."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.errors import Outrun, StepRefused
from gateway.identity import consent
from gateway.identity.account import Account
from gateway.identity.assertion import Attributes, RegionAssertion
from gateway.identity.binding import Binding, Ended, Method, Profile
from gateway.identity.consent import ConsentRecord, Kind, State
from gateway.identity.document import Document, DocumentType
from gateway.identity.identifier import guangdong_account, home_subject
from gateway.identity.notice import show
from gateway.identity.region import Region
from gateway.identity.review import Review, ReviewState
from gateway.identity.session import Session
from gateway.oidc.sign_in import Departure, SignIn, Stage
from gateway.storage.notices import NoticeFolder
from gateway.storage.tables_residents import reviews
from tests.fakes.oidc_world import START
from tests.fakes.resident_regions import CHAN
from tests.fakes.resident_world import AGENCY, NOTICES, REQUEST, World, world_of

ACCOUNT = Account(id="1.account-of-the-test", created_at=START)
HOME = home_subject("iam-smart", "openid-chan")
GUANGDONG = guangdong_account("tyrz", "gd-chan")
PERMIT = Document(type=DocumentType.HOME_RETURN_PERMIT, number="H12345678", renewal=2)
BINDING = Binding(
    id="binding-1",
    account=ACCOUNT.id,
    home=Region.HONG_KONG,
    home_identity=HOME,
    guangdong_identity=GUANGDONG,
    guangdong_version="7",
    level="urn:gba:acr:3",
    guangdong_level="urn:gba:acr:3",
    method=Method.COMPARED,
    reasons=("birth_date_equal",),
    evidence=None,
    consent="consent-1",
    profile=Profile(home=CHAN, travel_document=PERMIT),
    bound_at=START,
)
SIGN_IN = SignIn(
    id="sign-in-1",
    browser="b" * 64,
    request=REQUEST,
    locale="pt",
    stage=Stage.AWAY,
    stage_since=START,
    region=Region.HONG_KONG,
    departure=Departure(to="HK", errand="identify", state="state-1", url="https://x", memory={"k": "v"}),
    last_state="state-1",
    home=RegionAssertion(
        region=Region.HONG_KONG,
        issuer="iam-smart",
        subject="openid-chan",
        method="iamsmart",
        authenticated_at=START,
        attributes=CHAN,
    ),
    created_at=START,
    expires_at=START + timedelta(minutes=30),
)
SESSION = Session(
    id="session-1",
    browser="b" * 64,
    account=ACCOUNT.id,
    home=Region.HONG_KONG,
    binding=BINDING.id,
    acr="urn:gba:acr:3",
    amr=("swk", "user"),
    authenticated_at=START,
    created_at=START,
    seen_at=START,
)
SHOWN = show(
    NoticeFolder(NOTICES).current("binding"),
    language="pt",
    parameters=dict.fromkeys(
        ("zh-Hant", "zh-Hans", "en", "pt"),
        dict.fromkeys(("operator", "operator_phone", "home_account", "kept_list"), "…"),
    ),
)
ASKED = consent.asked(
    record_id="consent-1",
    kind=Kind.CLAIMS,
    account=ACCOUNT.id,
    client=AGENCY.id,
    items=("name",),
    head={"header": {"kind": "claims"}, "processing": {"days": 365, "list": ["a"]}, "parties": []},
    shown=SHOWN,
    at=START,
    valid_until=START + timedelta(days=365),
)
GIVEN = consent.then(ASKED, State.GIVEN, at=START, by="person", facts={"declined": ["birthdate"]})


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    yield from world_of(database_url, ACCOUNT)


def test_what_is_not_committed_is_not_kept(world: World) -> None:
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
    with world.open_work(write=False) as work:
        assert work.sign_ins.find(SIGN_IN.id) is None


def test_a_binding_comes_back_as_it_was_by_either_identity(world: World) -> None:
    with world.open_work(write=True) as work:
        assert work.bindings.insert_or_get(BINDING) == BINDING
        assert work.bindings.active(HOME) == BINDING
        assert work.bindings.active_guangdong(GUANGDONG, "iam-smart") == BINDING
        assert work.bindings.active_guangdong(GUANGDONG, "one-account") is None
        assert work.accounts.earlier(HOME) == work.accounts.earlier(GUANGDONG) == ACCOUNT.id


def test_the_active_binding_is_one_to_a_home_identity_and_one_to_a_guangdong_account(world: World) -> None:
    with world.open_work(write=True) as work:
        work.bindings.insert_or_get(BINDING)
        assert work.bindings.insert_or_get(replace(BINDING, id="binding-2")) == BINDING
        other_home = replace(BINDING, id="binding-3", home_identity=home_subject("iam-smart", "another"))
        assert work.bindings.insert_or_get(other_home) is None
        from_macau = replace(BINDING, id="binding-4", home_identity=home_subject("one-account", "mo-chan"))
        assert work.bindings.insert_or_get(from_macau) == from_macau
        assert {one.id for one in work.bindings.active_of(ACCOUNT.id)} == {"binding-1", "binding-4"}


def test_an_ended_binding_keeps_no_attribute_and_makes_room(world: World) -> None:
    with world.open_work(write=True) as work:
        work.bindings.insert_or_get(BINDING)
        assert work.bindings.end(BINDING.id, at=START, why=Ended.UNDONE)
        assert not work.bindings.end(BINDING.id, at=START, why=Ended.REVOKED)
        over = work.bindings.find(BINDING.id)
        assert over is not None
        assert (over.ended, over.profile) == (Ended.UNDONE, Profile(home=Attributes()))
        assert work.bindings.active(HOME) is None
        assert work.bindings.insert_or_get(replace(BINDING, id="binding-2")) is not None


def test_fifty_bindings_at_once_are_one(world: World) -> None:
    barrier = Barrier(10)

    def bind(number: int) -> str:
        if number < 10:
            barrier.wait()
        with world.open_work(write=True) as work:
            bound = work.bindings.insert_or_get(replace(BINDING, id=f"binding-{number}"))
            work.commit()
        assert bound is not None
        return bound.id

    with ThreadPoolExecutor(10) as pool:
        bound = set(pool.map(bind, range(50)))
    assert len(bound) == 1
    with world.open_work(write=False) as work:
        assert len(work.bindings.of_account(ACCOUNT.id)) == 1


def test_a_session_comes_back_is_touched_raised_and_ended_once(world: World) -> None:
    later = START + timedelta(minutes=5)
    with world.open_work(write=True) as work:
        work.bindings.insert_or_get(BINDING)
        work.sessions.add(SESSION)
        assert work.sessions.get(SESSION.id) == SESSION
        work.sessions.touch(SESSION.id, at=later)
        work.sessions.raise_level(SESSION.id, acr="urn:gba:acr:4", amr=("otp",), authenticated_at=later)
        raised = work.sessions.get(SESSION.id)
        assert raised == replace(SESSION, seen_at=later, acr="urn:gba:acr:4", amr=("otp",), authenticated_at=later)
        assert work.sessions.end(SESSION.id, at=later, why="signed_out")
        assert not work.sessions.end(SESSION.id, at=later, why="signed_out")
        assert work.sessions.of_account(ACCOUNT.id) == ()
        assert work.sessions.purge(before=later) == 1


def test_a_session_begins_on_no_binding_that_has_ended(world: World) -> None:
    with world.open_work(write=True) as work:
        work.bindings.insert_or_get(BINDING)
        work.bindings.end(BINDING.id, at=START, why=Ended.UNDONE)
        work.commit()

    def begin() -> None:
        with world.open_work(write=True) as work:
            work.sessions.add(SESSION)
            work.commit()

    with pytest.raises(StepRefused, match="session_ended"):
        begin()
    with world.open_work(write=False) as work:
        assert work.sessions.get(SESSION.id) is None


def test_a_consent_comes_back_whole_with_its_chain_and_its_words(world: World) -> None:
    with world.open_work(write=True) as work:
        work.consents.add(GIVEN)
        work.commit()
    with world.open_work(write=False) as work:
        kept = work.consents.find(GIVEN.id)
        assert kept == GIVEN
        assert kept is not None
        assert consent.broken_at(kept) is None
        assert work.consents.standing(ACCOUNT.id, Kind.CLAIMS, AGENCY.id) == GIVEN
        assert work.consents.last_claims(ACCOUNT.id, AGENCY.id) == GIVEN
        assert work.consents.lapsed(at=START, limit=5) == ()
        assert work.consents.lapsed(at=START + timedelta(days=366), limit=5) == (GIVEN,)


def test_an_event_of_a_consent_is_added_once_and_changes_what_stands(world: World) -> None:
    withdrawn = consent.then(GIVEN, State.WITHDRAWN, at=START, by="person")
    used = consent.then(GIVEN, State.USED, at=START, by="gateway")
    with world.open_work(write=True) as work:
        work.consents.add(GIVEN)
        assert work.consents.append(GIVEN, withdrawn.events[-1])
        assert not work.consents.append(GIVEN, used.events[-1])
        assert work.consents.find(GIVEN.id) == withdrawn
        assert work.consents.standing(ACCOUNT.id, Kind.CLAIMS, AGENCY.id) is None
        work.sign_ins.add(SIGN_IN)
        work.commit()
    with world.open_work(write=False) as work:
        assert work.consents.find(GIVEN.id) == withdrawn
        assert work.sign_ins.find(SIGN_IN.id) == SIGN_IN, "who came second goes on"


def test_a_unit_that_is_nothing_without_its_event_is_not_kept_where_somebody_was_quicker(world: World) -> None:
    withdrawn = consent.then(GIVEN, State.WITHDRAWN, at=START, by="person")
    replaced = consent.then(GIVEN, State.REPLACED, at=START, by="gateway")
    with world.open_work(write=True) as work:
        work.consents.add(GIVEN)
        work.commit()

    def follow(longer: ConsentRecord) -> None:
        with world.open_work(write=True) as work:
            work.sign_ins.add(replace(SIGN_IN, id=longer.state.value, last_state=longer.state.value))
            work.consents.append_or_nothing(GIVEN, longer.events[-1])
            work.commit()

    follow(withdrawn)
    with pytest.raises(Outrun):
        follow(replaced)
    with world.open_work(write=False) as work:
        assert work.consents.find(GIVEN.id) == withdrawn
        assert work.sign_ins.find("withdrawn") is not None
        assert work.sign_ins.find("replaced") is None


def test_a_consent_that_was_read_before_is_told_as_it_is_now(world: World) -> None:
    used = consent.then(GIVEN, State.USED, at=START, by="gateway")
    withdrawn = consent.then(GIVEN, State.WITHDRAWN, at=START, by="person")
    with world.open_work(write=True) as work:
        work.consents.add(GIVEN)
        work.commit()
    with world.open_work(write=True) as work:  # never committed, so it never happened
        work.consents.append(GIVEN, used.events[-1])
        assert work.consents.find(GIVEN.id) == used
    with world.open_work(write=False) as work:
        assert work.consents.find(GIVEN.id) == GIVEN
        assert work.consents.find(GIVEN.id) is work.consents.find(GIVEN.id)
    with world.open_work(write=True) as work:
        work.consents.append(GIVEN, withdrawn.events[-1])
        work.commit()
    with world.open_work(write=False) as work:
        assert work.consents.find(GIVEN.id) == withdrawn


def test_two_standing_claims_consents_for_one_client_cannot_be(world: World) -> None:
    def add_two() -> None:
        with world.open_work(write=True) as work:
            work.consents.add(GIVEN)
            work.consents.add(replace(GIVEN, id="consent-2"))
            work.commit()

    with pytest.raises(Outrun, match="consent_changed_meanwhile"):
        add_two()
    with world.open_work(write=False) as work:
        assert work.consents.of_account(GIVEN.account or "") == ()


def test_a_closed_account_agrees_to_nothing(world: World) -> None:
    with world.open_work(write=True) as work:
        work.accounts.close(ACCOUNT.id, at=START)
        work.commit()

    def add() -> None:
        with world.open_work(write=True) as work:
            work.consents.add(GIVEN)
            work.commit()

    with pytest.raises(Outrun):
        add()


def test_a_review_is_decided_once_and_closing_erases_the_records(world: World) -> None:
    review = Review(
        id="review-1",
        reference="ABCDE-FGHJK",
        home=SIGN_IN.home,
        guangdong=SIGN_IN.home,
        reasons=("sex_missing",),
        opened_at=START,
        expires_at=START + timedelta(days=30),
    )
    decided = replace(review, state=ReviewState.SAME_PERSON, decided_at=START, decided_by="op", ground="documents_seen")
    with world.open_work(write=True) as work:
        work.reviews.add(review, HOME)
        assert work.reviews.find("ABCDE-FGHJK") == work.reviews.of(HOME) == review
        assert work.reviews.list(open_only=True, limit=5) == (review,)
        assert work.reviews.save(decided)
        assert not work.reviews.save(replace(decided, state=ReviewState.NOT_SAME_PERSON))
        assert work.reviews.of(HOME) == decided
        assert work.reviews.over(at=review.expires_at, limit=5) == (decided,)
        assert work.reviews.save(replace(decided, state=ReviewState.CLOSED))
        assert work.reviews.of(HOME) is None
        closed = work.reviews.find("ABCDE-FGHJK")
        assert closed is not None
        assert (closed.home, closed.guangdong) == (None, None)
        work.commit()
    with world.engine.connect() as connection:  # nor is it told whose they were
        assert connection.scalar(sa.select(reviews.c.home_key)) == f"-{review.id}"


def test_records_that_are_of_two_people_are_erased_when_that_is_decided(world: World) -> None:
    review = Review(
        id="review-1",
        reference="ABCDE-FGHJK",
        home=SIGN_IN.home,
        guangdong=SIGN_IN.home,
        reasons=("sex_missing",),
        opened_at=START,
        expires_at=START + timedelta(days=30),
    )
    with world.open_work(write=True) as work:
        work.reviews.add(review, HOME)
        assert work.reviews.save(replace(review, state=ReviewState.NOT_SAME_PERSON, decided_at=START))
        decided = work.reviews.of(HOME)
        assert decided is not None
        assert (decided.home, decided.guangdong, decided.reasons) == (None, None, review.reasons)


def test_a_sealed_value_moved_to_another_row_does_not_open(world: World) -> None:
    with world.open_work(write=True) as work:
        work.bindings.insert_or_get(BINDING)
        work.commit()
    with world.engine.begin() as connection:
        connection.execute(sa.text("UPDATE bindings SET id = 'binding-9'"))
    with world.open_work(write=False) as work, pytest.raises(ValueError, match="sealed_value_changed"):
        work.bindings.find("binding-9")
