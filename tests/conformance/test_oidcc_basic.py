"""OpenID Connect: Basic, Config and Form Post profiles, as far as the provider answers without a person's pages.

One test for each module of `oidcc-basic-certification-test-plan`, under its name, in our own words.
"""

from typing import Any

import pytest

from gateway.endpoints.wire import Page, Response
from gateway.oidc import compact_jws
from tests.fakes.oidc_world import ISSUER, Agency, World, body, parameters


def code_of(plain: Agency, **other: str | None) -> str:
    return parameters(plain.world.get("/oauth/authorize", plain.request(**other)))["code"]


def tokens_of(plain: Agency, **other: str | None) -> dict[str, Any]:
    return body(plain.redeem(code_of(plain, **other)))


def identity(world: World, tokens: dict[str, Any]) -> dict[str, Any]:
    jws = compact_jws.take_apart(tokens["id_token"], longest=10_000)
    compact_jws.verify(jws, world.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def test_server(world: World, plain: Agency) -> None:
    claims = identity(world, tokens_of(plain))
    assert (claims["iss"], claims["aud"]) == (ISSUER, plain.id)
    assert claims["exp"] > claims["iat"]
    assert claims["auth_time"] <= claims["iat"]


def test_response_type_missing(plain: Agency) -> None:
    answer = parameters(plain.world.get("/oauth/authorize", plain.request(response_type=None)))
    assert answer["error"] == "invalid_request"


def test_idtoken_signature(world: World, plain: Agency) -> None:
    jws = compact_jws.take_apart(tokens_of(plain)["id_token"], longest=10_000)
    assert jws.header["alg"] == "ES256"
    assert compact_jws.verify(jws, world.signer.key_set()).kid == jws.header["kid"]


def test_userinfo_get(world: World, plain: Agency) -> None:
    tokens = tokens_of(plain)
    assert body(plain.userinfo(tokens["access_token"]))["sub"] == identity(world, tokens)["sub"]


def test_userinfo_post_header(world: World, plain: Agency) -> None:
    token = tokens_of(plain)["access_token"]
    assert world.post("/oauth/userinfo", {}, authorization=f"Bearer {token}").status == 200


def test_userinfo_post_body(world: World, plain: Agency) -> None:
    token = tokens_of(plain)["access_token"]
    assert world.post("/oauth/userinfo", {"access_token": token}).status == 200
    twice = world.post("/oauth/userinfo", {"access_token": token}, authorization=f"Bearer {token}")
    assert twice.status == 400


def test_ensure_request_without_nonce_succeeds_for_code_flow(plain: Agency) -> None:
    assert "id_token" in tokens_of(plain, nonce=None)


def test_scope_profile(plain: Agency) -> None:
    told = body(plain.userinfo(tokens_of(plain, scope="openid profile")["access_token"]))
    assert {"name", "birthdate", "gender"} <= told.keys()


def test_scope_all(plain: Agency) -> None:
    assert set(tokens_of(plain, scope="openid profile offline_access")["scope"].split()) == {
        "openid",
        "profile",
        "offline_access",
    }


def test_alternate_happy_flow(plain: Agency) -> None:
    assert tokens_of(plain, scope="openid")["scope"] == "openid"


@pytest.mark.parametrize("display", ["page", "popup"])
def test_display_page(plain: Agency, display: str) -> None:
    """Modules display-page, display-popup."""
    assert "id_token" in tokens_of(plain, display=display)


def test_prompt_none_not_logged_in(world: World, plain: Agency) -> None:
    world.person.at_once = False
    answer = parameters(world.get("/oauth/authorize", plain.request(prompt="none")))
    assert answer["error"] == "login_required"


def test_prompt_none_logged_in(plain: Agency) -> None:
    assert "id_token" in tokens_of(plain, prompt="none")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("prompt", "login"),
        ("max_age", "1"),
        ("max_age", "10000"),
        ("login_hint", "HK"),
        ("ui_locales", "zh-Hant-HK pt"),
        ("claims_locales", "zh-Hant en"),
        ("acr_values", "urn:gba:acr:2 urn:other"),
        ("claims", '{"userinfo":{"name":{"essential":true}}}'),
    ],
)
def test_what_a_client_wishes_reaches_the_persons_steps(world: World, plain: Agency, name: str, value: str) -> None:
    """Modules prompt-login, max-age-1, max-age-10000, login-hint, ui-locales, claims-locales, claims-essential,
    ensure-request-with-acr-values-succeeds.
    """
    world.person.at_once = False
    led = world.get("/oauth/authorize", plain.request(**{name: value}))
    assert isinstance(led, Response)
    assert led.status == 303
    request = world.person.parked[0]
    seen = {
        "prompt": request.prompt == {"login"},
        "max_age": str(request.max_age) == value,
        "login_hint": request.login_hint == "HK",
        "ui_locales": request.ui_locales == ("zh-Hant-HK", "pt"),
        "claims_locales": True,  # read, and of no consequence
        "acr_values": request.acr_values == ("urn:gba:acr:2", "urn:other"),
        "claims": request.claims == {"userinfo": {"name": {"essential": True}}},
    }
    assert seen[name]


def test_ensure_request_with_unknown_parameter_succeeds(plain: Agency) -> None:
    assert "id_token" in tokens_of(plain, extra="foobar")


def test_id_token_hint(world: World, plain: Agency) -> None:
    hint = tokens_of(plain)["id_token"]
    assert identity(world, tokens_of(plain, id_token_hint=hint, prompt="none"))["sub"]


def test_codereuse(plain: Agency) -> None:
    code = code_of(plain)
    assert plain.redeem(code).status == 200
    assert (plain.redeem(code).status, body(plain.redeem(code))["error"]) == (400, "invalid_grant")


def test_codereuse_30seconds(world: World, plain: Agency) -> None:
    code = code_of(plain)
    tokens = body(plain.redeem(code))
    world.clock.passes(seconds=30)
    assert plain.redeem(code).status == 400
    assert plain.userinfo(tokens["access_token"]).status == 401


def test_ensure_registered_redirect_uri(plain: Agency) -> None:
    page = plain.world.get("/oauth/authorize", plain.request(redirect_uri="https://agency.example/unregistered"))
    assert isinstance(page, Page)


def test_ensure_post_request_succeeds(plain: Agency) -> None:
    answer = plain.world.post("/oauth/authorize", plain.request())
    query = dict(answer.headers)["Location"].partition("?")[2]
    assert "code" in parameters(plain.world.get("/oauth/authorize", query))


def test_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(plain: Agency) -> None:
    answer = parameters(plain.world.get("/oauth/authorize", plain.request(request_uri="https://rp.example/r")))
    assert answer["error"] == "request_uri_not_supported"


def test_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(plain: Agency) -> None:
    answer = parameters(plain.world.get("/oauth/authorize", plain.request(request="e30.e30.")))
    assert answer["error"] == "request_not_supported"


def test_ensure_request_with_valid_pkce_succeeds(plain: Agency) -> None:
    assert "id_token" in tokens_of(plain)


def test_oidcc_discovery_endpoint_verification(world: World) -> None:
    documents = [world.get(f"/.well-known/{name}") for name in ("openid-configuration", "oauth-authorization-server")]
    for answer in documents:
        assert isinstance(answer, Response)
        document = body(answer)
        for name in ("issuer", "jwks_uri", "authorization_endpoint", "token_endpoint", "userinfo_endpoint"):
            assert document[name].startswith(ISSUER)
        for name in ("subject_types_supported", "id_token_signing_alg_values_supported", "claims_supported"):
            assert document[name]
        assert "openid" in document["scopes_supported"]
        assert document["claims_parameter_supported"] is True


def test_form_post_server(world: World, plain: Agency) -> None:
    answer = world.get("/oauth/authorize", plain.request(response_mode="form_post"))
    assert isinstance(answer, Response)
    assert answer.status == 200
    assert b"<form" in answer.body


def test_form_post_error(world: World, plain: Agency) -> None:
    answer = world.get("/oauth/authorize", plain.request(response_mode="form_post", response_type="token"))
    assert isinstance(answer, Response)
    assert b"unsupported_response_type" in answer.body
    assert ISSUER.encode() in answer.body


def test_refresh_token(world: World, plain: Agency) -> None:
    first = tokens_of(plain, scope="openid offline_access", prompt="consent")
    again = body(plain.refresh(first["refresh_token"]))
    before, after = identity(world, first), identity(world, again)
    assert {name: after[name] for name in ("iss", "sub", "aud", "auth_time")} == {
        name: before[name] for name in ("iss", "sub", "aud", "auth_time")
    }
    assert again["access_token"] != first["access_token"]
