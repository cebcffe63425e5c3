"""OpenID Connect: Basic, Config and Form Post profiles, as far as the provider answers without a person's pages.

One test for each module of `oidcc-basic-certification-test-plan`, under its name, in our own words; each runs twice,
since the Form Post plan is the same modules with answers that are posted.
"""

import base64
import hashlib
import re
from typing import Any

import pytest

from gateway.endpoints.wire import Page, Response
from gateway.oidc import compact_jws
from gateway.oidc.enrolment import objections
from tests.conformance.conftest import MAY_RETURN
from tests.fakes.oidc_signer import b64
from tests.fakes.oidc_world import CALLBACK, ISSUER, Agency, World, body, parameters


@pytest.fixture(params=["query", "form_post"])
def plain(world: World, request: pytest.FixtureRequest) -> Agency:
    """A plain OpenID Connect client, as an operator may mark one; its answers by redirect, and posted."""
    return Agency(world, id="plain", response_mode=request.param).enrol(require_par=False, **MAY_RETURN)


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


def test_idtoken_unsigned(world: World, plain: Agency) -> None:
    """Nobody gets one: it is not offered, and no client can be enrolled to get one."""
    assert "none" not in discovery(world)["id_token_signing_alg_values_supported"]
    unsigned = plain.registration(userinfo_signed_response_alg="none")
    assert "userinfo_algorithm_not_offered" in objections(unsigned, world.parts.offer)
    assert compact_jws.take_apart(tokens_of(plain)["id_token"], longest=10_000).signature


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


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("email", {"email", "email_verified"}),
        ("address", {"address"}),
        ("phone", {"phone_number", "phone_number_verified"}),
    ],
)
def test_scope_email(world: World, plain: Agency, scope: str, claims: set[str]) -> None:
    """Modules scope-email, scope-address, scope-phone.

    No region vouches for one of these, so none is offered; who asks for it is told so, not left to wonder.
    """
    assert scope not in discovery(world)["scopes_supported"]
    assert not claims & set(discovery(world)["claims_supported"])
    answer = parameters(world.get("/oauth/authorize", plain.request(scope=f"openid {scope}")))
    assert (answer["error"], answer["state"]) == ("invalid_scope", "s-123")


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


def test_server_client_secret_post(world: World, plain: Agency) -> None:
    """Clients have keys, never a secret: not offered, and not taken from who knows how to write one."""
    assert discovery(world)["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    form = {"grant_type": "authorization_code", "code": code_of(plain), "redirect_uri": CALLBACK}
    answer = world.post("/oauth/token", form | {"client_id": plain.id, "client_secret": "guess"})
    assert (answer.status, body(answer)["error"]) == (401, "invalid_client")


def test_ensure_request_object_with_redirect_uri(world: World, plain: Agency) -> None:
    """What is signed counts, and nothing beside it: not the address, nor the state, of the bare request."""
    signed = plain.request_object(redirect_uri=f"{CALLBACK}?branch=1", state="signed")
    beside = plain.request(request=signed, state="bare")
    answer = world.get("/oauth/authorize", beside)
    assert isinstance(answer, Response)
    assert parameters(answer)["state"] == "signed"
    assert (dict(answer.headers).get("Location", "") + answer.body.decode()).find("?branch=1") > 0
    assert plain.redeem(parameters(answer)["code"], redirect_uri=f"{CALLBACK}?branch=1").status == 200


def test_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(plain: Agency) -> None:
    answer = parameters(plain.world.get("/oauth/authorize", plain.request(request_uri="https://rp.example/r")))
    assert answer["error"] == "request_uri_not_supported"


def test_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(plain: Agency) -> None:
    header = b64(b'{"alg":"none"}')
    for unsigned in ("e30.e30.", f"{header}.e30."):
        answer = parameters(plain.world.get("/oauth/authorize", plain.request(request=unsigned)))
        assert (answer["error"], answer["state"]) == ("invalid_request_object", "s-123")


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


def test_a_posted_answer_posts_itself_and_offers_a_button_where_no_script_runs(world: World) -> None:
    plain = Agency(world, id="plain", response_mode="form_post").enrol(require_par=False)
    state = '"><script>alert(1)</script>'
    for other in ({}, {"response_type": "token"}):
        answer = world.get("/oauth/authorize", plain.request(state=state, **other))
        assert isinstance(answer, Response)
        page, headers = answer.body.decode(), dict(answer.headers)
        assert (answer.status, headers["Cache-Control"]) == (200, "no-store")
        assert f'<form method=post action="{CALLBACK}">' in page
        assert "<button id=continue>" in page.split("</form>")[0]
        (script,) = re.findall("<script>(.*?)</script>", page)
        allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"script-src 'sha256-{allowed}';" in headers["Content-Security-Policy"]
        assert headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert parameters(answer)["state"] == state
        assert parameters(answer)["iss"] == ISSUER


def test_refresh_token(world: World, plain: Agency) -> None:
    first = tokens_of(plain, scope="openid offline_access", prompt="consent")
    again = body(plain.refresh(first["refresh_token"]))
    before, after = identity(world, first), identity(world, again)
    assert {name: after[name] for name in ("iss", "sub", "aud", "auth_time")} == {
        name: before[name] for name in ("iss", "sub", "aud", "auth_time")
    }
    assert again["access_token"] != first["access_token"]


def discovery(world: World) -> dict[str, Any]:
    answer = world.get("/.well-known/openid-configuration")
    assert isinstance(answer, Response)
    return body(answer)
