"""Partners' keys from their own address: kept, asked for anew within a budget, never lost because nobody answered."""

from typing import Any

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import Response
from gateway.ports.egress import Reply
from gateway.storage.partner_addresses import partner_addresses
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, body, make_world

KEYS = "https://agency.example/jwks"


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    agency = Agency(world).enrol(jwks={}, jwks_uri=KEYS)
    world.partners.publish(KEYS, agency.key)
    return agency


def token(agency: Agency) -> Response:
    return agency.world.post("/oauth/token", {"grant_type": "client_credentials"} | agency.auth())


def reason(answer: Response) -> str:
    return str(body(answer)["error_description"])


def test_keys_are_fetched_once_and_again_after_their_time(agency: Agency) -> None:
    for _ in range(5):
        assert token(agency).status == 200
    assert agency.world.partners.asked == [KEYS]
    agency.world.clock.passes(minutes=19)
    assert token(agency).status == 200
    assert agency.world.partners.asked == [KEYS] * 2


def test_a_new_key_is_found_at_once_and_a_removed_one_soon_counts_no_more(agency: Agency) -> None:
    assert token(agency).status == 200
    old, agency.key = agency.key, Key.make("PS256", kid="agency-2")
    agency.world.partners.publish(KEYS, agency.key)
    agency.world.clock.passes(seconds=31)
    assert token(agency).status == 200
    agency.key = old
    assert token(agency).status == 401


def test_forged_keys_make_no_more_requests_than_the_budget_allows(agency: Agency) -> None:
    assert token(agency).status == 200
    agency.world.clock.passes(seconds=31)
    honest, agency.key = agency.key, Key.make(kid="forged")
    for _ in range(20):
        assert reason(token(agency)) == "key_unknown"
    assert len(agency.world.partners.asked) == 2
    agency.key = honest
    assert token(agency).status == 200


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Reply(status=500, headers={}, body=b""),
        Reply(status=200, headers={}, body=b"<html>"),
        Reply(status=200, headers={}, body=b'{"keys":[]}'),
        Reply(status=200, headers={}, body=b'{"keys":[{"kty":"oct","k":"AAAA"}]}'),
        Reply(status=200, headers={}, body=b"[" * 70_000),
    ],
)
def test_when_the_partner_does_not_answer_the_last_good_keys_serve_on(agency: Agency, answer: Reply | None) -> None:
    assert token(agency).status == 200
    if answer is None:
        del agency.world.partners.answers[KEYS]
    else:
        agency.world.partners.answers[KEYS] = answer
    agency.world.clock.passes(hours=5)
    assert token(agency).status == 200
    assert token(agency).status == 200
    assert len(agency.world.partners.asked) == 2  # not at every request


def test_without_any_keys_nobody_is_believed_and_the_reason_is_told(world: World) -> None:
    agency = Agency(world).enrol(jwks={}, jwks_uri=KEYS)
    refused = token(agency)
    assert (refused.status, reason(refused)) == (401, "client_keys_unavailable")
    world.partners.publish(KEYS, agency.key)
    world.clock.passes(seconds=31)
    assert token(agency).status == 200


def test_keys_for_other_uses_do_not_disturb(world: World, agency: Agency) -> None:
    other: dict[str, Any] = Key.make("PS256", kid="enc").jwk | {"use": "enc"}
    listed = {"keys": [other, agency.key.jwk]}
    world.partners.answers[KEYS] = Reply(status=200, headers={}, body=str(listed).replace("'", '"').encode())
    assert token(agency).status == 200


def test_a_changed_address_is_asked_at_once(world: World, agency: Agency) -> None:
    assert token(agency).status == 200
    elsewhere = "https://agency.example/other-keys"
    agency.key = Key.make(kid="moved")
    world.partners.publish(elsewhere, agency.key)
    agency.enrol(jwks={}, jwks_uri=elsewhere)
    assert token(agency).status == 200


def test_the_way_out_knows_the_addresses_of_active_clients(sqlite_engine: sa.Engine) -> None:
    world = make_world(sqlite_engine)
    assert partner_addresses(sqlite_engine) == frozenset()
    agency = Agency(world).enrol(jwks={}, jwks_uri=KEYS)
    assert partner_addresses(sqlite_engine) == {KEYS}
    agency.enrol(jwks={}, jwks_uri=KEYS, active=False)
    assert partner_addresses(sqlite_engine) == frozenset()


def beside(engine: sa.Engine, world: World, agency: Agency) -> Agency:
    """The same partner at another process of the same gateway, which has just begun."""
    other = make_world(engine, beside=world)
    other.partners.answers = world.partners.answers
    return Agency(other, key=agency.key, id=agency.id, numbers=agency.numbers)


def test_a_process_that_begins_while_the_partner_is_away_knows_the_last_good_keys(
    sqlite_engine: sa.Engine, world: World, agency: Agency
) -> None:
    assert token(agency).status == 200
    world.partners.answers.clear()
    world.clock.passes(hours=5)
    new = beside(sqlite_engine, world, agency)
    assert token(new).status == 200
    assert new.world.partners.asked == [KEYS]  # it tried, in vain
    assert token(new).status == 200


def test_a_process_that_begins_asks_storage_before_the_partner(
    sqlite_engine: sa.Engine, world: World, agency: Agency
) -> None:
    assert token(agency).status == 200
    new = beside(sqlite_engine, world, agency)
    assert token(new).status == 200
    assert new.world.partners.asked == []


def test_processes_share_one_budget_and_what_one_of_them_heard(
    sqlite_engine: sa.Engine, world: World, agency: Agency
) -> None:
    new = beside(sqlite_engine, world, agency)
    assert token(agency).status == token(new).status == 200
    agency.key = new.key = Key.make("PS256", kid="agency-2")
    world.partners.publish(KEYS, agency.key)
    world.clock.passes(seconds=31)
    assert token(agency).status == 200
    assert token(new).status == 200
    assert world.partners.asked == [KEYS] * 2
    assert new.world.partners.asked == []


def test_keys_of_a_former_address_count_no_more(sqlite_engine: sa.Engine, world: World, agency: Agency) -> None:
    assert token(agency).status == 200
    agency.enrol(jwks={}, jwks_uri="https://agency.example/other")
    assert reason(token(agency)) == "client_keys_unavailable"
    assert reason(token(beside(sqlite_engine, world, agency))) == "client_keys_unavailable"


def test_what_went_wrong_at_the_partners_address_is_stored(world: World, agency: Agency) -> None:
    assert token(agency).status == 200
    world.partners.answers[KEYS] = Reply(status=500, headers={}, body=b"")
    world.clock.passes(hours=1)
    assert token(agency).status == 200
    with world.work(write=False) as work:
        kept = work.partner_keys.find(agency.id)
    assert kept is not None
    assert (kept.problem, kept.url) == ("answer_not_ok", KEYS)
    assert kept.fetched_at is not None
    assert kept.fetched_at < kept.asked_at
