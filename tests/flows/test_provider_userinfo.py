"""Userinfo as a JWT: for who is registered so, about the same person, and good for nothing else (OIDC Core §5.3.2)."""

from typing import Any

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet

from gateway.endpoints.wire import Response
from gateway.oidc.enrolment import objections
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, body, make_world, parameters


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    """A plain client that wants userinfo signed."""
    return Agency(world).enrol(require_par=False, userinfo_signed_response_alg="ES256")


def read(world: World, answer: Response) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims, verified by a library that nobody here wrote, with the keys that are published."""
    published = world.get("/oauth/jwks")
    assert isinstance(published, Response)
    keys = KeySet.import_key_set(body(published))  # type: ignore[arg-type]
    token = jwt.decode(answer.body.decode(), keys, algorithms=["ES256"])
    return token.header, token.claims


def test_signed_userinfo_says_who_tells_whom(world: World, agency: Agency) -> None:
    token = agency.tokens()["access_token"]
    for answer in (
        agency.userinfo(token),
        world.post("/oauth/userinfo", {}, authorization=f"Bearer {token}"),
        world.post("/oauth/userinfo", {"access_token": token}),
    ):
        assert dict(answer.headers)["Content-Type"] == "application/jwt"
        _, claims = read(world, answer)
        assert (claims["iss"], claims["aud"]) == (world.parts.offer.issuer, agency.id)
        assert claims["sub"]
        assert claims["name"]


def test_others_go_on_getting_json_about_the_same_subject(world: World, agency: Agency) -> None:
    _, signed = read(world, agency.userinfo(agency.tokens()["access_token"]))
    other = Agency(world, id="second").enrol()
    answer = other.userinfo(other.tokens()["access_token"])
    assert dict(answer.headers)["Content-Type"] == "application/json"
    assert body(answer)["sub"] == signed["sub"]


def test_signed_userinfo_passes_for_no_id_token(world: World, agency: Agency) -> None:
    signed = agency.userinfo(agency.tokens()["access_token"]).body.decode()
    answer = parameters(world.get("/oauth/authorize", agency.request(id_token_hint=signed)))
    assert (answer["error"], answer["error_description"]) == ("invalid_request", "id_token_hint_not_ours")


def test_refusals_stay_challenges(world: World, agency: Agency) -> None:
    answer = agency.userinfo("nothing")
    assert answer.status == 401
    assert dict(answer.headers)["Content-Type"] == "application/json"


def test_a_bound_token_in_the_body_is_nothing_by_itself(world: World) -> None:
    bound = Agency(world, id="bound", dpop_key=Key.make(kid="proof")).enrol(require_dpop=True)
    token = bound.tokens()["access_token"]
    assert world.post("/oauth/userinfo", {"access_token": token}).status == 401


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256", "PS256"])
def test_nobody_is_enrolled_for_an_algorithm_that_our_keys_do_not_have(world: World, algorithm: str) -> None:
    client = Agency(world).registration(userinfo_signed_response_alg=algorithm)
    assert "userinfo_algorithm_not_offered" in objections(client, world.parts.offer)
