"""Nonces in proofs: asked for in the standard's words, the same in every process, over in a while (RFC 9449 §8, 9)."""

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import Response
from gateway.oidc.dpop import token_hash
from gateway.settings import OidcSettings
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, body, make_world

SETTINGS = OidcSettings(require_dpop_nonce=True)
USERINFO = "/oauth/userinfo"


@pytest.fixture
def workers(sqlite_engine: sa.Engine) -> tuple[World, World]:
    first = make_world(sqlite_engine, SETTINGS)
    return first, make_world(sqlite_engine, SETTINGS, beside=first)


@pytest.fixture
def agency(workers: tuple[World, World]) -> Agency:
    return Agency(workers[0], dpop_key=Key.make(kid="proof")).enrol(require_dpop=True)


def nonce_of(answer: Response) -> str:
    return dict(answer.headers)["DPoP-Nonce"]


def told(agency: Agency, token: str) -> Response:
    proof = agency.proof(USERINFO, method="GET", ath=token_hash(token), nonce=agency.nonce)
    answer = agency.world.get(USERINFO, authorization=f"DPoP {token}", dpop=proof)
    assert isinstance(answer, Response)
    return answer


def test_a_proof_without_one_is_asked_to_carry_it_everywhere(agency: Agency) -> None:
    pushed = agency.push()
    assert (pushed.status, body(pushed)["error"]) == (400, "use_dpop_nonce")
    agency.nonce = nonce_of(pushed)
    code = agency.code()
    agency.nonce = None
    refused = agency.redeem(code)
    assert (refused.status, body(refused)["error"]) == (400, "use_dpop_nonce")
    agency.nonce = nonce_of(refused)
    token = body(agency.redeem(code))["access_token"]  # the refused attempt has not used the code up
    agency.nonce = None
    challenged = told(agency, token)
    assert challenged.status == 401
    schemes = [value for name, value in challenged.headers if name == "WWW-Authenticate"]
    assert any(value.startswith("DPoP") and 'error="use_dpop_nonce"' in value for value in schemes)
    agency.nonce = nonce_of(challenged)
    assert told(agency, token).status == 200


def test_every_process_knows_the_nonces_of_the_others(agency: Agency, workers: tuple[World, World]) -> None:
    agency.nonce = nonce_of(agency.push())
    token = agency.tokens()["access_token"]
    agency.world = workers[1]
    assert told(agency, token).status == 200


def test_one_is_good_for_a_while_and_a_new_one_comes_with_every_answer(agency: Agency) -> None:
    agency.nonce = nonce_of(agency.push())
    token = agency.tokens()["access_token"]
    agency.world.clock.passes(minutes=2)
    answer = told(agency, token)
    assert answer.status == 200  # still good, and the next one is told
    assert nonce_of(answer) != agency.nonce
    agency.world.clock.passes(minutes=2)
    assert told(agency, token).status == 401


@pytest.mark.parametrize("nonce", ["", "another", "é\ud800", 7, True, ["x"], {"a": 1}])
def test_what_is_none_of_ours_is_refused(agency: Agency, nonce: object) -> None:
    proof = agency.proof("/oauth/par", nonce=nonce)
    answer = agency.world.post("/oauth/par", agency.request() | agency.auth(), dpop=proof)
    assert (answer.status, body(answer)["error"]) == (400, "use_dpop_nonce")


def test_where_they_are_not_wanted_none_is_told(sqlite_engine: sa.Engine) -> None:
    agency = Agency(make_world(sqlite_engine), dpop_key=Key.make(kid="proof"), nonce="anything").enrol(
        require_dpop=True
    )
    answer = agency.push()
    assert answer.status == 201
    assert "DPoP-Nonce" not in dict(answer.headers)
