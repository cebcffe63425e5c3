"""Refresh tokens through the wire: given only with consent, bound or replaced, ended with what they rest on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import Response
from gateway.oidc import compact_jws
from gateway.oidc.public_key import admit
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import SESSION, Agency, World, body, make_world

OFFLINE = "openid profile offline_access"
MAY = {
    "scopes": frozenset({"openid", "profile", "offline_access"}),
    "grant_types": frozenset({"authorization_code", "refresh_token"}),
}


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    return Agency(world).enrol(**MAY)


@pytest.fixture
def bound(world: World) -> Agency:
    return Agency(world, id="bound", dpop_key=Key.make(kid="proof")).enrol(require_dpop=True, **MAY)


def error(answer: Response) -> tuple[int, str, str]:
    told = body(answer)
    return answer.status, told["error"], told["error_description"]


def claims_of(world: World, token: str) -> dict[str, object]:
    jws = compact_jws.take_apart(token, longest=10_000)
    compact_jws.verify(jws, world.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def test_nobody_comes_back_whom_the_person_did_not_let(world: World, agency: Agency) -> None:
    assert "refresh_token" not in agency.tokens()
    world.person.may_come_back = False
    tokens = agency.tokens(scope=OFFLINE)
    assert "refresh_token" not in tokens
    assert tokens["scope"] == "openid profile"


def test_a_client_that_was_not_enrolled_for_it_cannot_ask(world: World) -> None:
    plain = Agency(world, id="plain").enrol()
    assert body(plain.push(scope=OFFLINE))["error"] == "invalid_scope"
    answer = plain.refresh("anything")
    assert error(answer)[1] == "unauthorized_client"


def test_without_a_bound_key_each_use_replaces_it(world: World, agency: Agency) -> None:
    first = agency.tokens(scope=OFFLINE)
    world.clock.passes(days=30)
    assert agency.userinfo(first["access_token"]).status == 401
    second = body(agency.refresh(first["refresh_token"]))
    assert second["refresh_token"] != first["refresh_token"]
    assert agency.userinfo(second["access_token"]).status == 200
    third = body(agency.refresh(second["refresh_token"]))
    assert claims_of(world, third["id_token"])["sub"] == claims_of(world, first["id_token"])["sub"]
    assert "nonce" not in claims_of(world, third["id_token"])


def test_one_that_comes_twice_ends_all_that_came_of_it(agency: Agency) -> None:
    first = agency.tokens(scope=OFFLINE)
    second = body(agency.refresh(first["refresh_token"]))
    assert error(agency.refresh(first["refresh_token"])) == (400, "invalid_grant", "refresh_token_already_used")
    assert error(agency.refresh(second["refresh_token"])) == (400, "invalid_grant", "refresh_token_unknown")
    assert agency.userinfo(second["access_token"]).status == 401


def test_bound_to_a_key_it_stays_and_serves_only_with_a_proof(world: World, bound: Agency) -> None:
    first = bound.tokens(scope=OFFLINE)
    for _ in range(2):
        again = body(bound.refresh(first["refresh_token"]))
        assert again["refresh_token"] == first["refresh_token"] if "refresh_token" in again else True
        assert again["token_type"] == "DPoP"
    key, bound.dpop_key = bound.dpop_key, None
    assert error(bound.refresh(first["refresh_token"]))[1] == "invalid_dpop_proof"
    bound.dpop_key = Key.make(kid="next")  # the client is known by its own key, so this one may change
    token = body(bound.refresh(first["refresh_token"]))["access_token"]
    assert claims_of(world, token)["cnf"] == {"jkt": admit(bound.dpop_key.bare_jwk).thumbprint}
    assert key is not None


def test_the_outcome_of_a_check_is_not_told_again(world: World) -> None:
    agency = Agency(world, id="checking").enrol(**MAY)
    detail = '[{"type":"biometric_check","application":"A-1","purpose":"business_registration"}]'
    first = agency.tokens(scope=OFFLINE, authorization_details=detail)
    assert first["authorization_details"]
    again = body(agency.refresh(first["refresh_token"]))
    assert "authorization_details" not in again
    seen = body(world.post("/oauth/introspect", {"token": again["access_token"]} | agency.auth()))
    assert "authorization_details" not in seen


def test_its_client_can_look_at_it_and_nobody_else(world: World, agency: Agency) -> None:
    other = Agency(world, id="ferry").enrol(agency="ferry-company", **MAY)
    token = agency.tokens(scope=OFFLINE)["refresh_token"]
    seen = body(world.post("/oauth/introspect", {"token": token} | agency.auth()))
    assert (seen["active"], seen["client_id"]) == (True, "registry")
    assert body(world.post("/oauth/introspect", {"token": token} | other.auth())) == {"active": False}
    agency.refresh(token)  # which replaces it
    assert body(world.post("/oauth/introspect", {"token": token} | agency.auth())) == {"active": False}


def test_it_serves_its_own_client_alone(world: World, agency: Agency) -> None:
    other = Agency(world, id="ferry").enrol(agency="ferry-company", **MAY)
    token = agency.tokens(scope=OFFLINE)["refresh_token"]
    assert error(other.refresh(token))[2] == "refresh_token_of_another_client"
    assert agency.refresh(token).status == 200


def test_one_that_would_give_nothing_is_not_told_to_hold(world: World, agency: Agency) -> None:
    token = agency.tokens(scope=OFFLINE)["refresh_token"]
    world.person.may_come_back = False  # agreed to again without it, or for a time that is over
    assert body(world.post("/oauth/introspect", {"token": token} | agency.auth())) == {"active": False}
    world.person.may_come_back = True
    assert body(world.post("/oauth/introspect", {"token": token} | agency.auth()))["active"] is True


def test_scope_may_shrink_and_never_grow(world: World, agency: Agency) -> None:
    token = agency.tokens(scope="openid offline_access")["refresh_token"]
    assert error(agency.refresh(token, scope="openid profile"))[1] == "invalid_scope"
    wide = agency.tokens(scope=OFFLINE)["refresh_token"]
    narrow = body(agency.refresh(wide, scope="openid"))
    assert narrow["scope"] == "openid"
    assert body(agency.userinfo(narrow["access_token"])).keys() == {"sub"}


def test_it_ends_with_the_consent_the_session_and_the_link(world: World, agency: Agency) -> None:
    token = agency.tokens(scope=OFFLINE)["refresh_token"]
    world.person.may_come_back = False
    assert error(agency.refresh(token)) == (400, "invalid_grant", "consent_ended")
    world.person.may_come_back = True
    assert error(agency.refresh(token))[2] == "refresh_token_unknown"  # and stays ended when it is given anew
    for trait in ({"session": SESSION}, {"account": "account-1"}, {"client": "registry"}):
        token = agency.tokens(scope=OFFLINE)["refresh_token"]
        with world.work(write=True) as work:
            work.grants.revoke_of(at=world.clock(), **trait)
            work.commit()
        assert error(agency.refresh(token))[2] == "refresh_token_unknown"


def test_it_ends_with_its_time_and_a_replayed_code(world: World, agency: Agency) -> None:
    code = agency.code(scope=OFFLINE)
    token = body(agency.redeem(code))["refresh_token"]
    agency.redeem(code)
    assert error(agency.refresh(token))[2] == "refresh_token_unknown"
    token = agency.tokens(scope=OFFLINE)["refresh_token"]
    world.clock.passes(days=91)
    assert error(agency.refresh(token))[2] == "refresh_token_unknown"


def test_its_client_can_end_it_and_nobody_else(world: World, agency: Agency) -> None:
    other = Agency(world, id="ferry").enrol(agency="ferry-company", **MAY)
    tokens = agency.tokens(scope=OFFLINE)
    refused = world.post("/oauth/revoke", {"token": tokens["refresh_token"]} | other.auth())
    assert error(refused)[2] == "token_of_another_client"
    assert world.post("/oauth/revoke", {"token": tokens["refresh_token"]} | agency.auth()).status == 200
    assert error(agency.refresh(tokens["refresh_token"]))[2] == "refresh_token_unknown"
    assert agency.userinfo(tokens["access_token"]).status == 401


def test_of_twenty_at_once_one_is_replaced_and_then_none_counts(world: World, agency: Agency) -> None:
    token = agency.tokens(scope=OFFLINE)["refresh_token"]
    barrier, forms = threading.Barrier(20), [agency.auth() for _ in range(20)]

    def once(auth: dict[str, str]) -> Response:
        barrier.wait()
        return world.post("/oauth/token", {"grant_type": "refresh_token", "refresh_token": token} | auth)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(once, forms))
    assert sorted(answer.status for answer in answers) == [200] + [400] * 19
    [won] = [body(answer) for answer in answers if answer.status == 200]
    assert agency.refresh(won["refresh_token"]).status == 400
