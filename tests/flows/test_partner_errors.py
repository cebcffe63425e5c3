"""Each partner sees what was wrong with its own last requests: by clause, without a secret, and nobody else's."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.endpoints.wire import Response
from gateway.oidc.client import SELF_SIGNED
from gateway.oidc.integration_error import RINGS, Sureness
from gateway.settings import OidcSettings
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import ISSUER, Agency, body, make_world
from tests.fakes.partner_world import PartnerWorld, partner_world
from tests.flows.test_provider_mutual_tls import PROXY, certificate_over, header_of
from tests.flows.test_provider_mutual_tls import SECRET as PROXY_SECRET
from tests.flows.test_provider_mutual_tls import SETTINGS as MUTUAL_TLS

SCOPES = frozenset({"openid", "profile", "documents:issue", "integration:read"})
Sent = tuple[str, str, str, str]


@pytest.fixture
def desk(sqlite_engine: sa.Engine) -> PartnerWorld:
    return partner_world(make_world(sqlite_engine))


@pytest.fixture
def agency(desk: PartnerWorld) -> Agency:
    return Agency(desk.world).enrol(scopes=SCOPES)


@pytest.fixture
def thief(desk: PartnerWorld, agency: Agency) -> Agency:
    """Somebody who knows the partner's id, and nothing else of it."""
    return Agency(desk.world, key=Key.make(kid="agency-1"), numbers=agency.numbers)


def sent(desk: PartnerWorld, client: str = "registry") -> list[Sent]:
    return [(one.endpoint, one.code, one.reason, one.sureness.value) for one in desk.errors(client)]


WRONG: dict[str, tuple[str, dict[str, str], str, str]] = {
    "code_challenge_missing": ("/oauth/par", {"code_challenge": ""}, "invalid_request", "RFC 7636 §4.3"),
    "redirect_uri_unregistered": (
        "/oauth/par",
        {"redirect_uri": "https://agency.example/other"},
        "invalid_request",
        "RFC 6749 §3.1.2.3",
    ),
    "scope_not_allowed": ("/oauth/par", {"scope": "openid offline_access"}, "invalid_scope", "RFC 6749 §3.3"),
    "grant_type_unknown": (
        "/oauth/token",
        {"grant_type": "password"},
        "unsupported_grant_type",
        "RFC 6749 §5.2",
    ),
    "code_unknown": (
        "/oauth/token",
        {"grant_type": "authorization_code", "code": "private-code", "code_verifier": "v" * 43},
        "invalid_grant",
        "RFC 6749 §4.1.3",
    ),
}


@pytest.mark.parametrize("reason", WRONG)
def test_a_partners_own_mistake_is_noted_with_its_clause(desk: PartnerWorld, agency: Agency, reason: str) -> None:
    path, other, code, clause = WRONG[reason]
    answer = desk.post(path, agency.request() | other | agency.auth())
    assert (answer.status, body(answer)["error_description"]) == (400, reason)
    [error] = desk.errors("registry")
    assert (error.endpoint, error.code, error.reason, error.clause) == (f"POST {path}", code, reason, clause)
    assert (error.sureness, error.status, error.at) == (Sureness.AUTHENTICATED, 400, desk.world.clock())
    assert error.incident == body(answer)["incident"]


def test_a_request_that_succeeds_is_not_looked_at(desk: PartnerWorld, agency: Agency) -> None:
    assert desk.post("/oauth/par", agency.request() | agency.auth()).status == 201
    assert desk.token(agency)
    assert desk.noted_for == []
    assert desk.errors("registry") == ()


def test_a_request_that_cannot_even_be_read_is_noted_where_its_assertion_holds(
    desk: PartnerWorld, agency: Agency
) -> None:
    for other in ({}, {"aud": "https://other.example"}, {"exp": 1}):
        form = agency.request() | agency.auth(agency.assertion(**other))
        twice = "&state=again".join(("&".join(f"{name}={value}" for name, value in form.items()), ""))
        answer = desk.send("POST", "/oauth/par", twice.encode(), content_type="application/x-www-form-urlencoded")
        assert answer.status == 400
    unread = ("POST /oauth/par", "invalid_request", "parameter_repeated")
    assert sorted(sent(desk)) == [(*unread, "authenticated"), (*unread, "claimed"), (*unread, "claimed")]


def test_a_refusal_that_the_browser_carries_is_noted_too(desk: PartnerWorld, agency: Agency) -> None:
    plain = Agency(desk.world, id="plain").enrol(require_par=False, scopes=SCOPES)
    answer = desk.send("GET", "/oauth/authorize", b"", urlencode(plain.request(code_challenge=None)))
    assert answer.status == 303
    assert sent(desk, "plain") == [("GET /oauth/authorize", "invalid_request", "code_challenge_missing", "claimed")]
    assert desk.send("GET", "/oauth/authorize", b"", urlencode(plain.request())).status == 303
    assert len(desk.errors("plain")) == 1


def test_what_a_stranger_does_in_a_partners_name_is_only_claimed(
    desk: PartnerWorld, agency: Agency, thief: Agency
) -> None:
    for path in ("/oauth/par", "/oauth/token", "/oauth/introspect", "/oauth/revoke"):
        desk.post(path, thief.request() | thief.auth())
    desk.send("GET", "/oauth/authorize", b"", "client_id=registry&redirect_uri=https://evil.example/")
    told = sent(desk)
    assert len(told) == 5
    assert {sureness for *_, sureness in told} == {"claimed"}
    assert told[0][:3] == ("GET /oauth/authorize", "invalid_request", "redirect_uri_unregistered")


def test_an_assertion_meant_for_another_proves_nothing_here(desk: PartnerWorld, agency: Agency) -> None:
    for wrong in ({"aud": "https://other.example"}, {"exp": 1}, {"jti": None}):
        desk.post("/oauth/par", agency.request() | agency.auth(agency.assertion(**wrong)))
    assert {one.sureness for one in desk.errors("registry")} == {Sureness.CLAIMED}


WAYS: tuple[dict[str, str], ...] = (
    {},
    {"client_secret": "s"},
    {"client_assertion_type": "x"},
    {"client_id": "another"},
)


def test_strangers_cannot_fill_a_partners_log(desk: PartnerWorld, agency: Agency, thief: Agency) -> None:
    desk.post("/oauth/par", agency.request(state="\x7f") | agency.auth())
    for _ in range(30):
        for other in WAYS:
            desk.post("/oauth/par", thief.request() | thief.auth() | other)
        desk.world.clock.passes(minutes=1)
    told = desk.errors("registry", limit=200)
    claimed = [one for one in told if one.sureness is Sureness.CLAIMED]
    assert len(claimed) == RINGS[Sureness.CLAIMED].kept
    assert [one.reason for one in told if one.sureness is Sureness.AUTHENTICATED] == ["parameters_malformed"]


def test_strangers_cannot_keep_the_database_busy_by_naming_many_partners(
    desk: PartnerWorld, sqlite_engine: sa.Engine
) -> None:
    for number in range(20):
        Agency(desk.world, id=f"partner-{number}").enrol(scopes=SCOPES)
    for _ in range(4):
        for number in range(20):
            desk.send("GET", "/oauth/authorize", b"", f"client_id=partner-{number}")
    with sqlite_engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from integration_errors")).scalar_one() == 60


def test_a_program_in_a_loop_does_not_push_out_what_else_was_wrong(desk: PartnerWorld, agency: Agency) -> None:
    desk.post("/oauth/par", agency.request(scope="openid offline_access") | agency.auth())
    for _ in range(50):
        desk.post("/oauth/par", agency.request(code_challenge=None) | agency.auth())
    assert [reason for _, _, reason, _ in sent(desk)] == ["code_challenge_missing"] * 6 + ["scope_not_allowed"]
    desk.world.clock.passes(minutes=1)
    desk.post("/oauth/par", agency.request(code_challenge=None) | agency.auth())
    assert len(desk.errors("registry")) == 8


def test_nobody_is_told_of_requests_that_name_no_client_of_ours(
    desk: PartnerWorld, agency: Agency, sqlite_engine: sa.Engine
) -> None:
    stranger = Agency(desk.world, id="nobody")
    desk.post("/oauth/par", stranger.request() | stranger.auth())
    desk.post("/oauth/par", {"client_id": "\x7f\u202e" * 3})
    desk.post("/oauth/token", {"client_assertion": "." * 9000})
    desk.get("/oauth/userinfo", authorization="Bearer nonsense")
    with sqlite_engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from integration_errors")).scalar_one() == 0


def test_no_secret_and_nothing_of_a_person_is_kept(
    desk: PartnerWorld, agency: Agency, sqlite_engine: sa.Engine
) -> None:
    wrong = {"state": "private-state", "login_hint": "private-hint", "nonce": "private-nonce", "code": "private-code"}
    assertion = agency.assertion()
    desk.post("/oauth/par", agency.request(code_challenge=None) | wrong | agency.auth(assertion))
    with sqlite_engine.connect() as connection:
        kept = str(connection.execute(sa.text("select * from integration_errors")).all())
    assert "code_challenge_missing" in kept
    assert "private" not in kept
    assert assertion[:20] not in kept


def test_at_a_resource_the_token_says_whose_request_it_was(desk: PartnerWorld, agency: Agency) -> None:
    token = agency.tokens()["access_token"]
    assert desk.get("/api/v1/integration/errors", authorization=f"Bearer {token}").status == 403
    assert sent(desk) == [
        ("GET /api/v1/integration/errors", "scope_insufficient", "scope_insufficient", "authenticated")
    ]
    bound = replace(agency, dpop_key=Key.make(kid="proof"))
    stolen = bound.tokens()["access_token"]
    refused = desk.get("/oauth/userinfo", authorization=f"DPoP {stolen}", dpop="a.b.c")
    assert refused.status == 401
    assert sent(desk)[0] == ("GET /oauth/userinfo", "invalid_dpop_proof", "jws_malformed", "claimed")


def test_a_client_that_proves_itself_by_certificate_is_known_by_it(sqlite_engine: sa.Engine) -> None:
    desk = partner_world(make_world(sqlite_engine, OidcSettings(mutual_tls=MUTUAL_TLS)))
    private = ec.generate_private_key(ec.SECP256R1())
    shown = certificate_over(private)
    jwk = Key(kid="c", private=private).jwk | {"x5c": [header_of(shown).strip(":")]}
    client = Agency(desk.world).enrol(
        jwks={"keys": [jwk]},
        token_endpoint_auth_method=SELF_SIGNED,
        require_mtls=True,
        require_dpop=False,
        scopes=SCOPES,
    )
    wrong = client.request(code_challenge=None)
    for secret in (PROXY_SECRET, "guessed"):
        headers = {"remote": PROXY, "client_cert": header_of(shown), "gba_proxy_secret": secret}
        assert desk.post("/oauth/par", wrong, **headers).status in (400, 401)
    assert sent(desk) == [
        ("POST /oauth/par", "invalid_client", "assertion_missing", "claimed"),
        ("POST /oauth/par", "invalid_request", "code_challenge_missing", "authenticated"),
    ]


def test_the_api_shows_a_client_its_own_errors_and_no_others(desk: PartnerWorld, agency: Agency) -> None:
    other = Agency(desk.world, id="ferry").enrol(agency="ferry-company", scopes=SCOPES)
    desk.post("/oauth/par", agency.request(code_challenge=None) | agency.auth())
    desk.post("/oauth/par", other.request(scope="profile") | other.auth())
    told = body(desk.get("/api/v1/integration/errors", authorization=f"Bearer {desk.token(agency)}"))
    assert told["client_id"] == "registry"
    assert told["next"] is None
    [line] = told["errors"]
    assert line == {
        "at": "2026-11-21T12:00:04+00:00",
        "endpoint": "POST /oauth/par",
        "status": 400,
        "error": "invalid_request",
        "reason": "code_challenge_missing",
        "clause": "RFC 7636 §4.3",
        "text": "code_challenge_missing 400",
        "incident": "incident-1",
        "sureness": "authenticated",
    }
    theirs = body(desk.get("/api/v1/integration/errors", authorization=f"Bearer {desk.token(other)}"))
    assert [one["reason"] for one in theirs["errors"]] == ["scope_without_openid"]


def test_the_list_is_read_in_portions(desk: PartnerWorld, agency: Agency) -> None:
    for other in ({"scope": "profile"}, {"code_challenge": ""}, {"redirect_uri": ""}):
        desk.post("/oauth/par", agency.request() | other | agency.auth())
    token = desk.token(agency)

    def page(query: str) -> dict[str, Any]:
        return body(desk.get("/api/v1/integration/errors", query, authorization=f"Bearer {token}"))

    first = page("limit=2")
    assert [one["reason"] for one in first["errors"]] == ["redirect_uri_missing", "code_challenge_missing"]
    second = page(f"limit=2&before={first['next']}")
    assert [one["reason"] for one in second["errors"]] == ["scope_without_openid"]
    assert second["next"] is None
    for wrong in ("limit=0", "limit=201", "limit=x", "limit=-1", "limit="):
        assert desk.get("/api/v1/integration/errors", wrong, authorization=f"Bearer {token}").status in (200, 400)
    assert page("limit=0")["type"] == "/problems/limit_malformed"


@pytest.mark.parametrize("path", ["/api/v1/integration", "/api/v1/integration/errors"])
def test_without_a_token_of_its_own_nobody_sees_anything(desk: PartnerWorld, agency: Agency, path: str) -> None:
    for headers in (
        {},
        {"authorization": "Bearer x"},
        {"authorization": f"Bearer {desk.token(agency, 'documents:issue')}"},
    ):
        refused = desk.get(path, **headers)
        assert refused.status in (401, 403)
        assert dict(refused.headers)["Content-Type"] == "application/problem+json"
        assert "errors" not in body(refused)
        assert any(name == "WWW-Authenticate" for name, _ in refused.headers)


def test_keys_limits_and_deliveries_are_shown(desk: PartnerWorld, agency: Agency) -> None:
    told = body(desk.get("/api/v1/integration", authorization=f"Bearer {desk.token(agency)}"))
    assert told["client_id"] == "registry"
    assert told["keys"]["jwks_uri"] is None
    assert [(key["kid"], key["algorithm"], key["health"]) for key in told["keys"]["keys"]] == [
        ("agency-1", "ES256", "good")
    ]
    assert told["limits"]["requests_per_minute"] == OidcSettings().client_requests_per_minute
    assert told["deliveries"] == []
    assert "account" not in str(told)


def test_a_link_to_the_page_is_followed_once_and_the_visit_ends(desk: PartnerWorld, agency: Agency) -> None:
    answer = desk.send("POST", "/api/v1/integration/page", authorization=f"Bearer {desk.token(agency)}")
    assert isinstance(answer, Response)
    told = body(answer)
    assert (answer.status, told["expires_in"]) == (201, 300)
    prefix = f"{ISSUER}/en/partners/enter/"
    assert told["url"].startswith(prefix)
    link = told["url"].removeprefix(prefix)
    visit = desk.passes.enter(link)
    with pytest.raises(Exception, match="partner_link_over"):
        desk.passes.enter(link)
    client = desk.passes.visitor(visit)
    assert client is not None
    assert client.id == "registry"
    assert desk.passes.visitor(link) is None
    desk.world.clock.passes(minutes=31)
    assert desk.passes.visitor(visit) is None
    assert [event.kind for event in desk.world.journal.events if event.kind.startswith("partner_page")]


def test_a_visit_ends_when_its_client_is_disabled_or_leaves(desk: PartnerWorld, agency: Agency) -> None:
    first, second = (desk.passes.enter(desk.passes.link("registry", actor="operator").value) for _ in range(2))
    desk.passes.leave(first)
    assert desk.passes.visitor(first) is None
    assert desk.passes.visitor(second) is not None
    agency.enrol(active=False)
    assert desk.passes.visitor(second) is None


def test_a_token_of_a_disabled_client_opens_nothing_more(desk: PartnerWorld, agency: Agency) -> None:
    bearer = f"Bearer {desk.token(agency)}"
    assert desk.get("/api/v1/integration/errors", authorization=bearer).status == 200
    agency.enrol(scopes=SCOPES, active=False)
    answer = desk.get("/api/v1/integration/errors", authorization=bearer)
    assert (answer.status, answer.reason) == (401, "token_ended")


def test_what_is_old_is_forgotten(desk: PartnerWorld, agency: Agency) -> None:
    desk.post("/oauth/par", agency.request(code_challenge=None) | agency.auth())
    desk.world.clock.passes(days=6)
    assert desk.watch.put_away() == 0
    desk.world.clock.passes(days=2)
    assert desk.watch.put_away() == 1
    assert desk.errors("registry") == ()


def test_a_token_does_not_lead_past_the_limit_of_its_client(sqlite_engine: sa.Engine) -> None:
    desk = partner_world(make_world(sqlite_engine, OidcSettings(client_requests_per_minute=3)))
    shown = {"authorization": f"Bearer {desk.token(Agency(desk.world).enrol(scopes=SCOPES))}"}
    answers = [desk.send("POST", "/api/v1/integration/page", **shown) for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]
    assert dict(answers[-1].headers)["Retry-After"] == "20"
    assert desk.get("/api/v1/integration", **shown).status == 429
