"""FAPI 2.0 Security Profile (final), private_key_jwt and DPoP: one test for each module, under its name.

Modules of `fapi2-security-profile-final-test-plan` that the provider answers without a person's pages. What a module
demands is put in our own words in its test.
"""

from typing import Any

import pytest

from gateway.endpoints.wire import Page, Response
from gateway.oidc import compact_jws
from gateway.oidc.dpop import token_hash
from gateway.oidc.public_key import admit
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, ISSUER, Agency, World, body, parameters

USERINFO = "/oauth/userinfo"


def error(answer: Response) -> tuple[int, str]:
    return answer.status, body(answer)["error"]


def identity(world: World, tokens: dict[str, Any]) -> dict[str, Any]:
    jws = compact_jws.take_apart(tokens["id_token"], longest=10_000)
    compact_jws.verify(jws, world.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def told(client: Agency, token: str, **other: Any) -> Response:
    proof = client.proof(USERINFO, method="GET", **{"ath": token_hash(token)} | other)
    answer = client.world.get(USERINFO, authorization=f"DPoP {token}", dpop=proof)
    assert isinstance(answer, Response)
    return answer


def discovery(world: World) -> dict[str, Any]:
    answer = world.get("/.well-known/openid-configuration")
    assert isinstance(answer, Response)
    return body(answer)


def test_discovery_end_point_verification(world: World) -> None:
    document = discovery(world)
    assert document["issuer"] == ISSUER
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["require_pushed_authorization_requests"] is True
    assert document["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert set(document["token_endpoint_auth_signing_alg_values_supported"]) <= {"PS256", "ES256", "EdDSA"}
    assert set(document["dpop_signing_alg_values_supported"]) <= {"PS256", "ES256", "EdDSA"}
    assert document["response_types_supported"] == ["code"]
    assert all(document[name].startswith(f"{ISSUER}/") for name in document if name.endswith("_endpoint"))


def test_happy_flow(world: World, client: Agency, second: Agency) -> None:
    for each in (client, second):
        tokens = each.tokens()
        assert tokens["token_type"] == "DPoP"
        assert told(each, tokens["access_token"]).status == 200
        claims = identity(world, tokens)
        assert (claims["iss"], claims["aud"], claims["nonce"]) == (ISSUER, each.id, "n-456")


def test_user_rejects_authentication(world: World, client: Agency) -> None:
    world.person.at_once = False
    client.bring(client.pushed())
    with world.work(write=True) as work:
        response = world.parts.refuse()(world.person.parked[0], "access_denied", "person_declined", work=work)
    answer = dict(response.parameters)
    assert (answer["error"], answer["iss"], answer["state"]) == ("access_denied", ISSUER, "s-123")


def test_ensure_authorization_request_without_state_success(client: Agency) -> None:
    assert "state" not in parameters(client.bring(client.pushed(state=None)))


def test_ensure_authorization_request_without_nonce_success(world: World, client: Agency) -> None:
    assert "nonce" not in identity(world, client.tokens(nonce=None))


@pytest.mark.parametrize("length", [43, 64, 384])
def test_ensure_authorization_request_with_64_char_nonce_success(world: World, client: Agency, length: int) -> None:
    assert identity(world, client.tokens(nonce="n" * length))["nonce"] == "n" * length


def test_ensure_authorization_request_with_long_nonce(world: World, client: Agency) -> None:
    assert identity(world, client.tokens(nonce="n" * 1000))["nonce"] == "n" * 1000


def test_ensure_authorization_request_with_long_state(client: Agency) -> None:
    assert parameters(client.bring(client.pushed(state="s" * 1000)))["state"] == "s" * 1000


def test_ensure_other_scope_order_succeeds(client: Agency) -> None:
    assert set(client.tokens(scope="profile openid")["scope"].split()) == {"openid", "profile"}


def test_test_claims_parameter_identity_claims(world: World, client: Agency) -> None:
    tokens = client.tokens(claims='{"id_token":{"name":{"essential":true},"unknown":null}}')
    assert "name" in identity(world, tokens)


def test_access_token_type_header_case_sensitivity(world: World, client: Agency) -> None:
    token = client.tokens()["access_token"]
    for scheme in ("dpop", "DPOP", "DpOp"):
        proof = client.proof(USERINFO, method="GET", ath=token_hash(token))
        answer = world.get(USERINFO, authorization=f"{scheme} {token}", dpop=proof)
        assert isinstance(answer, Response)
        assert answer.status == 200


def test_check_dpop_proof_nbf_exp(world: World, client: Agency) -> None:
    token, now = client.tokens()["access_token"], world.clock().timestamp()
    assert told(client, token, exp=now - 3600).status == 401
    assert told(client, token, nbf=now + 3600).status == 401
    assert told(client, token, exp=now + 60, nbf=now).status == 200


def test_ensure_dpopproof_with_iat_10seconds_before_succeeds(world: World, client: Agency) -> None:
    assert told(client, client.tokens()["access_token"], iat=int(world.clock().timestamp()) - 10).status == 200


def test_ensure_dpopproof_with_iat_10seconds_after_succeeds(world: World, client: Agency) -> None:
    assert told(client, client.tokens()["access_token"], iat=int(world.clock().timestamp()) + 10).status == 200


def test_ensure_mismatched_dpop_jkt_fails(client: Agency) -> None:
    assert error(client.push(dpop_jkt="A" * 43)) == (400, "invalid_dpop_proof")


def test_ensure_token_endpoint_fails_with_mismatched_dpop_proof_jkt(client: Agency) -> None:
    code = client.code()
    client.dpop_key = Key.make(kid="another")
    assert error(client.redeem(code)) == (400, "invalid_grant")


def test_ensure_token_endpoint_fails_with_mismatched_dpop_jkt(world: World, client: Agency) -> None:
    form = client.request(dpop_jkt="A" * 43) | client.auth()  # bound by name, without a proof at PAR
    uri = body(world.post("/oauth/par", form))["request_uri"]
    assert error(client.redeem(parameters(client.bring(uri))["code"])) == (400, "invalid_grant")


def test_ensure_dpopproof_at_par_endpoint_binding_success(client: Agency) -> None:
    assert client.redeem(client.code()).status == 200


def test_ensure_dpop_auth_code_binding_success(world: World, client: Agency) -> None:
    assert client.dpop_key is not None
    mine = admit(client.dpop_key.bare_jwk).thumbprint
    uri = body(world.post("/oauth/par", client.request(dpop_jkt=mine) | client.auth()))["request_uri"]
    assert client.redeem(parameters(client.bring(uri))["code"]).status == 200


def test_state_only_outside_request_object_not_used(client: Agency) -> None:
    uri = client.pushed(state=None)
    answer = client.world.get("/oauth/authorize", {"client_id": client.id, "request_uri": uri, "state": "outside"})
    assert "state" not in parameters(answer)


def test_ensure_different_state_inside_and_outside_request_object(client: Agency) -> None:
    uri = client.pushed(state="inside")
    answer = client.world.get("/oauth/authorize", {"client_id": client.id, "request_uri": uri, "state": "outside"})
    assert parameters(answer)["state"] == "inside"


def test_ensure_request_object_without_redirect_uri_fails(client: Agency) -> None:
    assert error(client.push(redirect_uri=None)) == (400, "invalid_request")


def test_ensure_redirect_uri_in_authorization_request(client: Agency) -> None:
    assert error(client.push(redirect_uri=None)) == (400, "invalid_request")


def test_plain_fapi_tolerate_unregistered_redirect_uri(client: Agency) -> None:
    assert error(client.push(redirect_uri="https://unregistered.example/cb")) == (400, "invalid_request")


def test_ensure_unsigned_authorization_request_without_using_par_fails(client: Agency) -> None:
    assert parameters(client.world.get("/oauth/authorize", client.request()))["error"] == "invalid_request"


@pytest.mark.parametrize("kind", ["code id_token", "token", "id_token", "code token"])
def test_ensure_response_type_code_idtoken_fails(client: Agency, kind: str) -> None:
    assert error(client.push(response_type=kind)) == (400, "unsupported_response_type")


def test_ensure_response_type_token_fails(client: Agency) -> None:
    assert error(client.push(response_type="token")) == (400, "unsupported_response_type")


def test_ensure_client_id_in_token_endpoint(client: Agency) -> None:
    assert error(client.redeem(client.code(), headers=None, client_id="ferry")) == (401, "invalid_client")
    assert client.redeem(client.code(), headers=None, client_id=client.id).status == 200


def test_ensure_holder_of_key_required(client: Agency) -> None:
    assert error(client.redeem(client.code(), headers={"accept": "*/*"})) == (400, "invalid_dpop_proof")


def test_ensure_authorization_code_is_bound_to_client(client: Agency, second: Agency) -> None:
    assert error(second.redeem(client.code())) == (400, "invalid_grant")


def test_attempt_reuse_authorization_code_after_one_second(world: World, client: Agency) -> None:
    code = client.code()
    tokens = body(client.redeem(code))
    world.clock.passes(seconds=1)
    assert error(client.redeem(code)) == (400, "invalid_grant")
    assert told(client, tokens["access_token"]).status == 401


def test_ensure_token_endpoint_fails_with_expired_auth_code(world: World, client: Agency) -> None:
    code = client.code()
    world.clock.passes(seconds=61)
    assert error(client.redeem(code)) == (400, "invalid_grant")


def with_assertion(client: Agency, assertion: str) -> Response:
    return client.redeem(client.code(), headers=None, client_assertion=assertion)


def test_ensure_signed_client_assertion_with_rs256_fails(second: Agency) -> None:
    assert error(with_assertion(second, second.assertion({"alg": "RS256"}))) == (401, "invalid_client")


def test_ensure_client_assertion_in_token_endpoint(client: Agency) -> None:
    answer = client.redeem(client.code(), headers=None, client_assertion=None, client_assertion_type=None)
    assert error(answer) == (401, "invalid_client")


def test_ensure_client_assertion_with_exp_is_5_minutes_in_past_fails(world: World, client: Agency) -> None:
    past = int(world.clock().timestamp()) - 300
    assert error(with_assertion(client, client.assertion(exp=past))) == (401, "invalid_client")


def test_ensure_client_assertion_with_wrong_aud_fails(client: Agency) -> None:
    assert error(with_assertion(client, client.assertion(aud="https://other.example"))) == (401, "invalid_client")


def test_ensure_client_assertion_with_no_sub_fails(client: Agency) -> None:
    assert error(with_assertion(client, client.assertion(sub=None))) == (401, "invalid_client")


def test_par_ensure_reused_request_uri_prior_to_auth_completion_succeeds(world: World, client: Agency) -> None:
    uri = client.pushed()
    world.person.at_once = False
    client.bring(uri)
    world.person.at_once = True
    assert "code" in parameters(client.bring(uri))


def test_par_attempt_reuse_request_uri(client: Agency) -> None:
    uri = client.pushed()
    client.bring(uri)
    assert isinstance(client.bring(uri), Page)


def test_par_attempt_to_use_expired_request_uri(world: World, client: Agency) -> None:
    uri = client.pushed()
    world.clock.passes(minutes=10)
    assert isinstance(client.bring(uri), Page)


def pushed_with(client: Agency, assertion: str) -> Response:
    return client.world.post("/oauth/par", client.request() | client.auth(assertion))


def test_par_ensure_jwt_client_assertions_nbf_8_seconds_in_the_future_is_accepted(world: World, client: Agency) -> None:
    now = int(world.clock().timestamp())
    assert pushed_with(client, client.assertion(nbf=now + 8, iat=now + 8)).status == 201


def test_par_ensure_jwt_client_assertions_nbf_over_60_seconds_in_the_future_fails(world: World, client: Agency) -> None:
    now = int(world.clock().timestamp())
    assert error(pushed_with(client, client.assertion(nbf=now + 70, exp=now + 120))) == (401, "invalid_client")


def test_par_attempt_to_use_request_uri_for_different_client(client: Agency, second: Agency) -> None:
    page = second.bring(client.pushed())
    assert isinstance(page, Page)


def test_par_authorization_request_containing_request_uri_form_param(client: Agency) -> None:
    assert error(client.push(request_uri=client.pushed())) == (400, "invalid_request")


def test_par_attempt_invalid_http_method(world: World) -> None:
    assert ("GET", "/oauth/par") not in world.provider.routes  # the rim answers 405 with Allow


def test_par_ensure_pkce_required(client: Agency) -> None:
    assert error(client.push(code_challenge=None, code_challenge_method=None)) == (400, "invalid_request")


def test_ensure_pkce_code_verifier_required(client: Agency) -> None:
    assert error(client.redeem(client.code(), headers=None, code_verifier=None)) == (400, "invalid_grant")


def test_incorrect_pkce_code_verifier_rejected(client: Agency) -> None:
    assert error(client.redeem(client.code(), headers=None, code_verifier="w" * 64)) == (400, "invalid_grant")


def test_par_plain_pkce_rejected(client: Agency) -> None:
    assert error(client.push(code_challenge_method="plain")) == (400, "invalid_request")


def test_par_without_duplicate_parameters(client: Agency) -> None:
    uri = client.pushed()
    answer = client.world.get("/oauth/authorize", {"client_id": client.id, "request_uri": uri})
    assert "code" in parameters(answer)


def test_par_test_array_as_audience_fails(client: Agency) -> None:
    assert error(pushed_with(client, client.assertion(aud=[ISSUER]))) == (401, "invalid_client")


def test_par_test_par_endpoint_url_as_audience_fails(client: Agency) -> None:
    assert error(pushed_with(client, client.assertion(aud=f"{ISSUER}/oauth/par"))) == (401, "invalid_client")


def test_par_test_token_endpoint_url_as_audience_fails(client: Agency) -> None:
    assert error(pushed_with(client, client.assertion(aud=f"{ISSUER}/oauth/token"))) == (401, "invalid_client")


def test_every_redirect_goes_to_the_registered_address(client: Agency) -> None:
    answer = client.bring(client.pushed())
    assert isinstance(answer, Response)
    assert dict(answer.headers)["Location"].startswith(f"{CALLBACK}?")


def test_refresh_token(client: Agency, second: Agency) -> None:
    token = client.tokens(scope="openid profile offline_access")["refresh_token"]
    for _ in range(2):  # bound to its client, so it is not rotated
        tokens = body(client.refresh(token))
        assert tokens["token_type"] == "DPoP"
        assert told(client, tokens["access_token"]).status == 200
    assert error(second.refresh(token)) == (400, "invalid_grant")


BENT_PROOFS: dict[str, dict[str, Any]] = {
    "of another type": {"header": {"typ": "JWT"}},
    "without a type": {"header": {"typ": None}},
    "signed with RS256": {"header": {"alg": "RS256"}},
    "unsigned": {"header": {"alg": "none"}},
    "without a key": {"header": {"jwk": None}},
    "with a private key": {"header": {"jwk": {"kty": "EC", "crv": "P-256", "x": "A", "y": "A", "d": "A"}}},
    "without an id": {"jti": None},
    "without a method": {"htm": None},
    "without an address": {"htu": None},
    "without a time": {"iat": None},
    "without the token's hash": {"ath": None},
    "for another method": {"htm": "POST"},
    "for another address": {"htu": f"{ISSUER}/oauth/token"},
    "an hour old": {"iat": 1},
    "for another token": {"ath": "A" * 43},
}


@pytest.mark.parametrize("bent", BENT_PROOFS)
def test_dpop_negative_tests(client: Agency, bent: str) -> None:
    answer = told(client, client.tokens()["access_token"], **BENT_PROOFS[bent])
    assert answer.status == 401
    assert body(answer)["error"] == "invalid_dpop_proof"


def test_dpop_negative_tests_of_the_request_itself(world: World, client: Agency) -> None:
    token = client.tokens()["access_token"]
    proof = client.proof(USERINFO, method="GET", ath=token_hash(token))
    headers = {"authorization": f"DPoP {token}"}
    for sent in (None, "not-a-jwt", f"{proof}, {proof}", proof[:-6] + "AAAAAA"):
        answer = world.get(USERINFO, **(headers | ({"dpop": sent} if sent else {})))
        assert isinstance(answer, Response)
        assert answer.status == 401
    assert isinstance(used := world.get(USERINFO, **headers, dpop=proof), Response)
    assert isinstance(again := world.get(USERINFO, **headers, dpop=proof), Response)
    assert (used.status, again.status) == (200, 401)
    bearer = world.get(USERINFO, authorization=f"Bearer {token}")
    assert isinstance(bearer, Response)
    assert bearer.status == 401
    mine, client.dpop_key = client.dpop_key, Key.make(kid="another")
    assert told(client, token).status == 401
    assert mine is not None
