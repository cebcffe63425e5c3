"""Tokens through the wire: who gets them, what they open, how they end, and the keys they are signed with."""

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import Response
from gateway.flows.enrol_client import EnrolClient
from gateway.oidc import compact_jws
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, body, make_world
from tests.fakes.signed_in import sign_in


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    return Agency(world).enrol()


def claims_of(world: World, token: str) -> dict[str, object]:
    jws = compact_jws.take_apart(token, longest=10_000)
    compact_jws.verify(jws, world.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def test_a_client_acts_for_itself_within_what_it_may(world: World, agency: Agency) -> None:
    answer = world.post(
        "/oauth/token", {"grant_type": "client_credentials", "scope": "documents:issue"} | agency.auth()
    )
    tokens = body(answer)
    assert tokens["scope"] == "documents:issue"
    assert "id_token" not in tokens
    assert claims_of(world, tokens["access_token"])["sub"] == agency.id
    assert agency.userinfo(tokens["access_token"]).status == 403
    for scope in ("documents:read", "openid", "a  b"):
        answer = world.post("/oauth/token", {"grant_type": "client_credentials", "scope": scope} | agency.auth())
        assert body(answer)["error"] == "invalid_scope"


def test_a_token_ends_with_its_time_and_at_its_clients_word(world: World, agency: Agency) -> None:
    tokens = agency.tokens()
    assert world.post("/oauth/revoke", {"token": tokens["access_token"]} | agency.auth()).status == 200
    assert agency.userinfo(tokens["access_token"]).status == 401
    tokens = agency.tokens()
    world.clock.passes(minutes=11)
    answer = agency.userinfo(tokens["access_token"])
    assert answer.status == 401
    assert 'error="invalid_token"' in dict(answer.headers)["WWW-Authenticate"]
    assert world.post("/oauth/revoke", {"token": "unknown"} | agency.auth()).status == 200


def test_introspection_tells_the_agency_and_nobody_else(world: World, agency: Agency) -> None:
    sibling = Agency(world, id="registry-backoffice").enrol()
    stranger = Agency(world, id="ferry").enrol(agency="ferry-company")
    token = agency.tokens()["access_token"]
    seen = body(world.post("/oauth/introspect", {"token": token} | sibling.auth()))
    assert seen["active"] is True
    assert seen["client_id"] == agency.id
    assert body(world.post("/oauth/introspect", {"token": token} | stranger.auth())) == {"active": False}
    assert body(world.post("/oauth/introspect", {"token": "x"} | agency.auth())) == {"active": False}
    refused = world.post("/oauth/revoke", {"token": token} | stranger.auth())
    assert body(refused)["error"] == "invalid_grant"


def test_an_id_token_opens_no_door(agency: Agency) -> None:
    assert agency.userinfo(agency.tokens()["id_token"]).status == 401


def test_a_subject_is_one_for_all_clients_of_an_agency(world: World, agency: Agency) -> None:
    sibling = Agency(world, id="registry-backoffice").enrol()
    stranger = Agency(world, id="ferry").enrol(agency="ferry-company")
    subjects = [claims_of(world, each.tokens()["id_token"])["sub"] for each in (agency, sibling, stranger)]
    assert subjects[0] == subjects[1] != subjects[2]


def test_keys_and_discovery_are_answered_from_bytes_with_an_etag(world: World) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth/jwks"):
        whole = world.get(path)
        assert isinstance(whole, Response)
        assert whole.status == 200
        assert b'"d"' not in whole.body
        again = world.get(path, if_none_match=dict(whole.headers)["ETag"])
        assert isinstance(again, Response)
        assert (again.status, again.body) == (304, b"")


def test_a_key_rotation_fails_no_token(world: World, agency: Agency) -> None:
    before = agency.tokens()["access_token"]
    first = world.get("/oauth/jwks")
    world.signer.keys.append(Key.make(kid="ours-2"))
    second = world.get("/oauth/jwks")
    assert isinstance(first, Response)
    assert isinstance(second, Response)
    assert first.body != second.body
    after = agency.tokens()["access_token"]
    assert agency.userinfo(before).status == agency.userinfo(after).status == 200


def test_a_code_gives_nothing_once_its_session_has_ended(world: World, agency: Agency) -> None:
    """A person may sign out, undo a link or close the account before the agency comes with the code."""
    sign_in(world)
    assert agency.redeem(agency.code()).status == 200
    code = agency.code()
    with world.work(write=True) as work:
        work.sessions.end_of_account("account-1", at=world.clock(), why="account_closed")
        work.commit()
    late = agency.redeem(code)
    assert (late.status, late.reason, body(late)["error"]) == (400, "session_ended", "invalid_grant")


def test_what_a_client_got_while_it_was_being_disabled_does_not_come_back_when_it_is_enabled(
    world: World, agency: Agency
) -> None:
    """For a second a process may not have heard of it."""
    enrol = EnrolClient(offer=world.parts.offer, open_work=world.work, clock=world.clock)
    code = agency.code()
    enrol.set_active(agency.id, False, operator="operator")
    token = body(agency.redeem(code))["access_token"]
    world.clock.passes(seconds=2)
    assert agency.userinfo(token).status == 401
    enrol.set_active(agency.id, True, operator="operator")
    world.clock.passes(seconds=2)
    assert agency.userinfo(token).status == 401
