"""FAPI 2.0 Message Signing (final): signed requests, signed responses (JARM), signed introspection (RFC 9701).

One test for each module that `fapi2-message-signing-final-test-plan` adds, under its name, in our own words.
"""

from typing import Any

import pytest

from gateway.endpoints.wire import Response
from gateway.oidc import compact_jws
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, ISSUER, Agency, World, body, parameters


@pytest.fixture
def signing(world: World) -> Agency:
    """A client that asked for Message Signing."""
    client = Agency(world, id="signing", key=Key.make("PS256", kid="signing-1"), dpop_key=Key.make(kid="proof"))
    return client.enrol(require_dpop=True, require_signed_request=True, require_signed_response=True)


def error(answer: Response) -> tuple[int, str]:
    return answer.status, body(answer)["error"]


def made(signing: Agency, header: dict[str, Any] | None = None, /, **other: Any) -> Response:
    return signing.push_signed(signing.request_object(header, **({"response_mode": "jwt"} | other)))


def read(world: World, token: str) -> dict[str, Any]:
    jws = compact_jws.take_apart(token, longest=20_000)
    compact_jws.verify(jws, world.signer.key_set())
    return compact_jws.read_claims(jws, longest=20_000)


def now(world: World) -> int:
    return int(world.clock().timestamp())


SIGNED = "application/token-introspection+jwt"
REFUSED = (400, "invalid_request_object")


def test_happy_flow_with_jarm(world: World, signing: Agency) -> None:
    uri = body(made(signing))["request_uri"]
    answer = parameters(signing.bring(uri))
    assert answer.keys() == {"response"}
    told = read(world, answer["response"])
    assert (told["iss"], told["aud"], told["state"]) == (ISSUER, signing.id, "s-123")
    assert now(world) < told["exp"] <= now(world) + 600
    assert signing.redeem(told["code"]).status == 200


@pytest.mark.parametrize(("mode", "posted"), [("jwt", False), ("query.jwt", False), ("form_post.jwt", True)])
def test_each_signed_response_mode(world: World, signing: Agency, mode: str, posted: bool) -> None:
    answer = signing.bring(body(made(signing, response_mode=mode))["request_uri"])
    assert isinstance(answer, Response)
    assert (answer.status == 200) is posted
    if posted:
        assert b'name="response"' in answer.body
        assert b'name="code"' not in answer.body


def test_errors_are_signed_too(world: World, signing: Agency) -> None:
    world.person.at_once = False
    uri = body(made(signing, prompt="none"))["request_uri"]
    told = read(world, parameters(signing.bring(uri))["response"])
    assert (told["error"], told["state"], told["aud"]) == ("login_required", "s-123", signing.id)


def test_a_signed_response_passes_for_no_other_token(world: World, signing: Agency) -> None:
    token = parameters(signing.bring(body(made(signing))["request_uri"]))["response"]
    assert error(made(signing, id_token_hint=token)) == (400, "invalid_request")
    assert signing.userinfo(token).status == 401


def test_a_client_that_signs_gets_nothing_unsigned(signing: Agency) -> None:
    answer = signing.push_signed(signing.request_object(response_mode="query"))
    assert error(answer) == (400, "invalid_request")


def test_ensure_request_object_with_multiple_aud_succeeds(signing: Agency) -> None:
    assert made(signing, aud=[ISSUER, "https://other.example"]).status == 201


def test_ensure_request_object_with_nbf_8_seconds_in_the_future_is_accepted(world: World, signing: Agency) -> None:
    assert made(signing, nbf=now(world) + 8).status == 201


def test_ensure_request_object_without_exp_fails(signing: Agency) -> None:
    assert error(made(signing, exp=None)) == REFUSED


def test_ensure_request_object_without_nbf_fails(signing: Agency) -> None:
    assert error(made(signing, nbf=None)) == REFUSED


def test_ensure_expired_request_object_fails(world: World, signing: Agency) -> None:
    assert error(made(signing, nbf=now(world) - 600, exp=now(world) - 300)) == REFUSED


def test_ensure_request_object_with_bad_aud_fails(signing: Agency) -> None:
    for aud in ("https://other.example", ["https://other.example"], f"{ISSUER}/oauth/par", None, [], 7):
        assert error(made(signing, aud=aud)) == REFUSED


def test_ensure_request_object_with_exp_over_60_fails(world: World, signing: Agency) -> None:
    assert error(made(signing, exp=now(world) + 4200)) == REFUSED


def test_ensure_request_object_with_nbf_over_60_fails(world: World, signing: Agency) -> None:
    assert error(made(signing, nbf=now(world) - 4200, exp=now(world) + 60)) == REFUSED
    assert error(made(signing, nbf=now(world) + 70, exp=now(world) + 120)) == REFUSED


def test_ensure_signed_request_object_with_rs256_fails(signing: Agency) -> None:
    assert error(made(signing, {"alg": "RS256"})) == REFUSED


def test_ensure_request_object_signature_algorithm_is_not_none(signing: Agency) -> None:
    head, payload, _ = signing.request_object({"alg": "none"}).split(".")
    for text in (f"{head}.{payload}.", f"{head}.{payload}.AAAA"):
        assert error(signing.push_signed(text)) == REFUSED


def test_ensure_request_object_with_invalid_signature_fails(signing: Agency) -> None:
    text = signing.request_object(response_mode="jwt")
    assert error(signing.push_signed(text[:-8] + "AAAAAAAA")) == REFUSED


def test_ensure_matching_key_in_authorization_request(signing: Agency) -> None:
    signed = Key.make("PS256", kid="signing-1").compact({"iss": signing.id})
    assert error(signing.push_signed(signed)) == REFUSED


def test_ensure_unsigned_request_at_par_endpoint_fails(signing: Agency) -> None:
    assert error(signing.push(response_mode="jwt")) == (400, "invalid_request")


def test_par_authorization_request_containing_request_uri(signing: Agency) -> None:
    uri = "urn:ietf:params:oauth:request_uri:x"
    assert error(made(signing, request_uri=uri)) == REFUSED
    beside = signing.push_signed(signing.request_object(response_mode="jwt"), request_uri=uri)
    assert error(beside) == (400, "invalid_request")


def test_ensure_different_nonce_inside_and_outside_request_object(world: World, signing: Agency) -> None:
    pushed = signing.push_signed(signing.request_object(response_mode="jwt", nonce="inside"), nonce="outside")
    code = read(world, parameters(signing.bring(body(pushed)["request_uri"]))["response"])["code"]
    assert read(world, body(signing.redeem(code))["id_token"])["nonce"] == "inside"


def test_ensure_different_state_inside_and_outside_request_object(world: World, signing: Agency) -> None:
    pushed = signing.push_signed(signing.request_object(response_mode="jwt", state="inside"), state="outside")
    assert read(world, parameters(signing.bring(body(pushed)["request_uri"]))["response"])["state"] == "inside"


def test_ensure_request_object_without_redirect_uri_fails(signing: Agency) -> None:
    pushed = signing.push_signed(signing.request_object(response_mode="jwt", redirect_uri=None), redirect_uri=CALLBACK)
    assert error(pushed) == (400, "invalid_request")


def test_state_only_outside_request_object_not_used(world: World, signing: Agency) -> None:
    pushed = signing.push_signed(signing.request_object(response_mode="jwt", state=None), state="outside")
    assert "state" not in read(world, parameters(signing.bring(body(pushed)["request_uri"]))["response"])


@pytest.mark.parametrize(
    "bent",
    [
        {"iss": "ferry"},
        {"client_id": "ferry"},
        {"client_id": None},
        {"sub": "signing"},
        {"iat": 10**10},
        {"request": "e30.e30."},
        {"state": ["a"]},
        {"login_hint": "a\x00b"},
        {"max_age": -1},
        {"max_age": True},
        {"claims": [{"a": 1e999}]},
        {"nonce": "\ud800"},
    ],
)
def test_an_object_that_does_not_hold_is_refused(signing: Agency, bent: dict[str, Any]) -> None:
    assert error(made(signing, **bent)) == REFUSED


def test_an_object_of_another_kind_is_refused(signing: Agency) -> None:
    assert error(made(signing, {"typ": "dpop+jwt"})) == REFUSED
    assert error(signing.push_signed(signing.assertion())) == REFUSED


def test_claims_and_numbers_are_written_as_json(world: World, signing: Agency) -> None:
    world.person.at_once = False
    wishes = {"userinfo": {"name": {"essential": True}}}
    signing.bring(body(made(signing, claims=wishes, max_age=60))["request_uri"])
    request = world.person.parked[0]
    assert request.claims == wishes
    assert request.max_age == 60


def test_a_client_that_need_not_sign_may(client: Agency) -> None:
    assert client.push_signed(client.request_object()).status == 201


def test_signed_introspection(world: World, client: Agency) -> None:
    token = client.tokens()["access_token"]
    answer = world.post("/oauth/introspect", {"token": token} | client.auth(), accept=SIGNED)
    assert dict(answer.headers)["Content-Type"] == SIGNED
    jws = compact_jws.take_apart(answer.body.decode(), longest=20_000)
    assert jws.header["typ"] == "token-introspection+jwt"
    told = read(world, answer.body.decode())
    assert (told["iss"], told["aud"]) == (ISSUER, client.id)
    assert told["token_introspection"]["active"] is True
    assert told["token_introspection"]["cnf"]
    silent = world.post(
        "/oauth/introspect", {"token": "a.b.c"} | client.auth(), accept="application/token-introspection+jwt"
    )
    assert read(world, silent.body.decode())["token_introspection"] == {"active": False}


def test_discovery_says_so(world: World) -> None:
    answer = world.get("/.well-known/openid-configuration")
    assert isinstance(answer, Response)
    document = body(answer)
    assert {"jwt", "query.jwt", "form_post.jwt"} <= set(document["response_modes_supported"])
    assert set(document["request_object_signing_alg_values_supported"]) <= {"PS256", "ES256", "EdDSA"}
    assert document["authorization_signing_alg_values_supported"]
    assert document["introspection_signing_alg_values_supported"]


def test_a_client_that_signs_cannot_bring_an_unsigned_request_by_the_browser(world: World) -> None:
    lax = Agency(world, id="lax").enrol(require_par=False, require_signed_request=True)
    assert parameters(world.get("/oauth/authorize", lax.request()))["error"] == "invalid_request"
