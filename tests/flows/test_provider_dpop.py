"""Tokens bound to a key: what a thief of the token lacks (RFC 9449; FAPI 2.0 Security Profile §5.3.2.1)."""

from typing import Any

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import Response
from gateway.oidc.dpop import token_hash
from gateway.oidc.public_key import admit
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, body, make_world

USERINFO = "/oauth/userinfo"


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    return Agency(world, dpop_key=Key.make(kid="proof")).enrol(require_dpop=True)


def ask(agency: Agency, token: str, proof: str | None, scheme: str = "DPoP") -> Response:
    headers = {"authorization": f"{scheme} {token}"} | ({"dpop": proof} if proof is not None else {})
    answer = agency.world.get(USERINFO, **headers)
    assert isinstance(answer, Response)
    return answer


def test_a_bound_token_works_with_its_proof_and_in_any_case_of_its_scheme(agency: Agency) -> None:
    tokens = agency.tokens()
    assert tokens["token_type"] == "DPoP"
    for scheme in ("DPoP", "dpop", "DPOP"):
        proof = agency.proof(USERINFO, method="GET", ath=token_hash(tokens["access_token"]))
        assert ask(agency, tokens["access_token"], proof, scheme).status == 200


def test_a_bound_token_is_nothing_by_itself(agency: Agency) -> None:
    token = agency.tokens()["access_token"]
    answer = ask(agency, token, None, "Bearer")
    assert (answer.status, body(answer)["error_description"]) == (401, "token_needs_proof")
    challenges = [value for name, value in answer.headers if name == "WWW-Authenticate"]
    assert any(value.startswith("DPoP") and "algs=" in value for value in challenges)
    assert ask(agency, token, None).status == 401


BAD_PROOFS: dict[str, dict[str, Any]] = {
    "two proofs": {"twice": True},
    "no JWT": {"text": "proof"},
    "typ missing": {"header": {"typ": None}},
    "typ wrong": {"header": {"typ": "JWT"}},
    "alg none": {"header": {"alg": "none"}},
    "alg RS256": {"header": {"alg": "RS256"}},
    "jwk missing": {"header": {"jwk": None}},
    "jwk private": {"private": True},
    "bad signature": {"broken": True},
    "jti missing": {"jti": None},
    "htm missing": {"htm": None},
    "htm wrong": {"htm": "POST"},
    "htu missing": {"htu": None},
    "htu wrong": {"htu": "https://gateway.example/oauth/token"},
    "iat missing": {"iat": None},
    "iat an hour ago": {"iat": 0},
    "ath missing": {"ath": None},
    "ath wrong": {"ath": token_hash("another")},
    "another key": {"key": Key.make(kid="thief")},
}


@pytest.mark.parametrize("name", BAD_PROOFS)
def test_a_proof_is_refused_with(agency: Agency, name: str) -> None:
    token = agency.tokens()["access_token"]
    bad = dict(BAD_PROOFS[name])
    honest_key = agency.dpop_key
    agency.dpop_key = bad.pop("key", honest_key)
    assert agency.dpop_key is not None
    if bad.pop("private", False):
        bad["header"] = {"jwk": agency.dpop_key.bare_jwk | {"d": "AA"}}
    twice, broken, text = bad.pop("twice", False), bad.pop("broken", False), bad.pop("text", None)
    proof = text or agency.proof(USERINFO, method="GET", **{"ath": token_hash(token)} | bad)
    if broken:
        proof = proof[:-8] + "AAAAAAAA"
    answer = ask(agency, token, f"{proof},{proof}" if twice else proof)
    assert answer.status == 401, name
    assert body(answer)["error"] in ("invalid_dpop_proof", "invalid_token")


def test_a_proof_counts_once(agency: Agency) -> None:
    token = agency.tokens()["access_token"]
    proof = agency.proof(USERINFO, method="GET", ath=token_hash(token))
    assert ask(agency, token, proof).status == 200
    assert body(ask(agency, token, proof))["error_description"] == "proof_replayed"


def test_a_client_that_must_prove_gets_no_token_without(agency: Agency) -> None:
    answer = agency.redeem(agency.code(), headers={"x": "no proof"})
    assert (answer.status, body(answer)["error"]) == (400, "invalid_dpop_proof")


def test_a_code_asked_for_with_a_key_is_redeemed_with_it_only(world: World, agency: Agency) -> None:
    code = agency.code()  # pushed with a proof: bound (RFC 9449 §10.1)
    thief = Agency(world, key=agency.key, dpop_key=Key.make(kid="thief"), numbers=agency.numbers)
    assert body(thief.redeem(code))["error_description"] == "key_changed"
    assert agency.redeem(code).status == 200


def test_the_key_named_and_the_key_proved_must_be_one(agency: Agency) -> None:
    assert agency.dpop_key is not None
    mine = admit(agency.dpop_key.bare_jwk).thumbprint
    assert agency.push(dpop_jkt=mine).status == 201
    answer = agency.push(dpop_jkt="x" * 43)
    assert (answer.status, body(answer)["error"]) == (400, "invalid_dpop_proof")


def test_an_unbound_token_is_not_dressed_up_as_a_bound_one(world: World, agency: Agency) -> None:
    plain = Agency(world, id="plain").enrol()
    token = plain.tokens()["access_token"]
    proof = agency.proof(USERINFO, method="GET", ath=token_hash(token))
    assert ask(agency, token, proof).status == 401
