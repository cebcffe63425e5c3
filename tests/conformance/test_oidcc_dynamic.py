"""Dynamic registration: the modules of the suite that make sense where a partner is invited first (RFC 7591, 7592)."""

import dataclasses
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.endpoints.wire import Response
from gateway.flows.enrol_client import EnrolmentRefused
from gateway.oidc.profile import Profile
from gateway.ports.egress import Reply
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, ISSUER, World, body, parameters
from tests.fakes.registering_partner import REACH, Partner, claims_of, invite, reason


@pytest.fixture
def partner(world: World) -> Partner:
    return Partner(world)


def test_oidcc_discovery_endpoint_verification(world: World) -> None:
    """Where to register stands in the discovery document."""
    answer = world.get("/.well-known/openid-configuration")
    assert isinstance(answer, Response)
    assert body(answer)["registration_endpoint"] == f"{ISSUER}/oauth/register"


def test_a_registered_client_signs_in_at_once_under_fapi(partner: Partner) -> None:
    told = partner.register()
    assert told["token_endpoint_auth_method"] == "private_key_jwt"
    assert told["dpop_bound_access_tokens"] is True
    assert told["require_pushed_authorization_requests"] is True
    assert told["subject_type"] == "pairwise"
    assert told["client_name#zh-Hant"] == "登記處"
    assert "client_secret" not in told
    agency = partner.agency(told["client_id"])
    assert agency.tokens()["token_type"] == "DPoP"
    plain = dataclasses.replace(agency, dpop_key=None)
    assert body(plain.redeem(agency.code()))["error"] == "invalid_dpop_proof"
    told_of = [event.kind for event in partner.world.journal.events if event.client == told["client_id"]]
    assert told_of[0] == "client.registered"


def test_an_invitation_serves_as_often_as_it_says_and_only_while_it_lives(world: World) -> None:
    partner = Partner(world, uses=2)
    assert partner.send("POST", partner.metadata(redirect_uris=[])).status == 400  # uses nothing up
    assert partner.register()["client_id"] != partner.register()["client_id"]
    answer = partner.send("POST", partner.metadata())
    assert (answer.status, reason(answer)) == (401, "invitation_over")
    assert dict(answer.headers)["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    nobody = partner.send("POST", partner.metadata(), token=" ")
    assert (nobody.status, dict(nobody.headers)["WWW-Authenticate"]) == (401, "Bearer")  # RFC 6750 §3.1
    late = Partner(world)
    world.clock.passes(days=8)
    assert reason(late.send("POST", late.metadata())) == "invitation_over"
    assert reason(late.send("POST", late.metadata(), token="guessed")) == "invitation_unknown"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "redirect_uri_missing": ({"redirect_uris": None}, "invalid_redirect_uri"),
    "redirect_uri_malformed": ({"redirect_uris": ["http://agency.example/cb"]}, "invalid_redirect_uri"),
    "host_not_invited": ({"redirect_uris": ["https://agency.example.evil.example/cb"]}, "invalid_client_metadata"),
    "client_metadata_malformed": ({"redirect_uris": "https://agency.example/cb"}, "invalid_redirect_uri"),
    "scope_not_invited": ({"scope": "openid documents:read"}, "invalid_client_metadata"),
    "scope_unknown": ({"scope": "openid everything"}, "invalid_client_metadata"),
    "grant_type_unknown": ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
    "response_type_not_offered": ({"response_types": ["token"]}, "invalid_client_metadata"),
    "auth_method_not_offered": ({"token_endpoint_auth_method": "client_secret_basic"}, "invalid_client_metadata"),
    "auth_algorithm_not_offered": ({"token_endpoint_auth_signing_alg": "RS256"}, "invalid_client_metadata"),
    "answer_algorithm_not_offered": ({"id_token_signed_response_alg": "none"}, "invalid_client_metadata"),
    "userinfo_algorithm_not_offered": ({"userinfo_signed_response_alg": "HS256"}, "invalid_client_metadata"),
    "subject_type_not_offered": ({"subject_type": "public"}, "invalid_client_metadata"),
    "application_type_not_offered": ({"application_type": "desk"}, "invalid_client_metadata"),
    "par_cannot_be_lifted": ({"require_pushed_authorization_requests": False}, "invalid_client_metadata"),
    "tokens_must_be_bound": ({"dpop_bound_access_tokens": False}, "invalid_client_metadata"),
    "keys_twice": ({"jwks_uri": "https://agency.example/jwks"}, "invalid_client_metadata"),
    "keys_not_admitted": ({"jwks": None}, "invalid_client_metadata"),
    "names_missing": ({"client_name#pt": None}, "invalid_client_metadata"),
    "encryption_not_offered": ({"id_token_encrypted_response_alg": "RSA-OAEP"}, "invalid_client_metadata"),
    "software_statement_refused": ({"software_statement": "a.b.c"}, "unapproved_software_statement"),
    "client_secret_refused": ({"client_secret": "s"}, "invalid_client_metadata"),
    "backchannel_logout_uri_malformed": (
        {"backchannel_logout_uri": "http://agency.example/x"},
        "invalid_client_metadata",
    ),
    "detail_type_unknown": ({"authorization_details_types": ["payment"]}, "invalid_client_metadata"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_not_offered_or_not_invited_is_refused_by_name(partner: Partner, why: str) -> None:
    other, code = REFUSED[why]
    answer = partner.send("POST", partner.metadata(**other))
    assert (answer.status, body(answer)["error"], reason(answer)) == (400, code, why)


@pytest.mark.parametrize(
    "told",
    [
        [],
        "text",
        {"redirect_uris": [1]},
        {"client_name": "a\u202eb"},
        {"jwks": []},
        {"dpop_bound_access_tokens": "yes"},
    ],
)
def test_what_is_no_metadata_is_refused(partner: Partner, told: Any) -> None:
    answer = partner.send("POST", {**partner.metadata(), **told} if isinstance(told, dict) else told)
    assert (answer.status, reason(answer)) == (400, "client_metadata_malformed")


def test_addresses_that_we_speak_to_ourselves_are_on_invited_hosts_too(partner: Partner) -> None:
    for name in ("backchannel_logout_uri", "post_logout_redirect_uris", "jwks_uri"):
        uri = "https://internal.example/x"
        other: dict[str, Any] = {name: [uri] if name.endswith("uris") else uri}
        if name == "jwks_uri":
            other["jwks"] = None
        assert reason(partner.send("POST", partner.metadata(**other))) == "host_not_invited"


def test_a_grant_type_that_was_not_invited_is_refused(world: World) -> None:
    partner = Partner(world, replace(REACH, grant_types=frozenset({"authorization_code"})))
    assert reason(partner.send("POST", partner.metadata())) == "grant_type_not_invited"


def test_tokens_are_bound_to_a_certificate_only_where_one_is_vouched_for(partner: Partner) -> None:
    wish = {"tls_client_certificate_bound_access_tokens": True}
    assert reason(partner.send("POST", partner.metadata(**wish))) == "mutual_tls_not_configured"


def test_oidcc_server_rotate_keys(world: World, partner: Partner) -> None:
    """After a rotation the key set holds the old key and the new, and both kinds of token are good."""
    agency = partner.agency(partner.register()["client_id"])
    before = agency.tokens()["id_token"]
    world.signer.keys.append(Key.make(kid="ours-2"))
    after = agency.tokens()["id_token"]
    listed = world.get("/oauth/jwks")
    assert isinstance(listed, Response)
    kids = {key["kid"] for key in body(listed)["keys"]}
    assert {claims_of(token.split(".")[0])["kid"] for token in (before, after)} == kids == {"ours-1", "ours-2"}


def test_an_operator_invites_within_what_is_offered(world: World) -> None:
    for reach in (
        replace(REACH, hosts=frozenset({"*.agency.example"})),
        replace(REACH, hosts=frozenset({"localhost"})),
        replace(REACH, hosts=frozenset()),
        replace(REACH, scopes=frozenset({"everything"})),
        replace(REACH, grant_types=frozenset({"password"})),
        replace(REACH, region="US"),
        replace(REACH, agency=""),
        replace(REACH, check_purposes=frozenset()),
    ):
        with pytest.raises(EnrolmentRefused):
            invite(world, reach)
    for uses in (0, 1000):
        with pytest.raises(EnrolmentRefused):
            invite(world, uses=uses)


def test_what_a_profile_demands_no_registration_lifts(world: World) -> None:
    signing = Partner(world, replace(REACH, profile=Profile.MESSAGE_SIGNING))
    told = signing.register(require_signed_request_object=False)
    assert told["require_signed_request_object"] is True
    assert told["authorization_signed_response_alg"] == "ES256"
    plain = Partner(world, replace(REACH, profile=Profile.OPENID)).register()
    assert plain["require_pushed_authorization_requests"] is False
    assert plain["dpop_bound_access_tokens"] is False


def test_oidcc_registration_logo_uri_policy_uri_and_tos_uri(partner: Partner) -> None:
    """What the partner says of itself is told back. Modules oidcc-registration-logo-uri, oidcc-registration-policy-uri,
    oidcc-registration-tos-uri.
    """
    about = {f"{name}_uri": f"https://agency.example/{name}" for name in ("logo", "policy", "tos", "client")}
    told = partner.register(**about, contacts=["desk@agency.example"], something_else="x")
    assert {name: told[name] for name in about} == about
    assert told["contacts"] == ["desk@agency.example"]
    assert "something_else" not in told


def test_oidcc_registration_jwks_uri(world: World, partner: Partner) -> None:
    """A client may publish its keys at an address of its own."""
    uri = "https://agency.example/jwks"
    world.partners.publish(uri, partner.key)
    told = partner.register(jwks=None, jwks_uri=uri)
    assert told["jwks_uri"] == uri
    assert "jwks" not in told
    assert partner.agency(told["client_id"]).tokens()["id_token"]


def test_oidcc_registration_sector_bad(partner: Partner) -> None:
    """A sector that the client names itself is refused: whose subjects it shares, the operator said."""
    answer = partner.send("POST", partner.metadata(sector_identifier_uri="https://agency.example/sector.json"))
    assert (answer.status, body(answer)["error"], reason(answer)) == (
        400,
        "invalid_client_metadata",
        "sector_is_the_agency",
    )


def test_clients_of_one_invitation_see_the_same_subject_and_others_another(world: World) -> None:
    partner, other = Partner(world, uses=2), Partner(world, replace(REACH, agency="ferry-company"))
    subjects = []
    for who in (partner, partner, other):
        agency = who.agency(who.register()["client_id"])
        claims = agency.tokens()["id_token"].split(".")[1]
        subjects.append(claims_of(claims)["sub"])
    assert subjects[0] == subjects[1] != subjects[2]


def test_oidcc_redirect_uri_regfrag(partner: Partner) -> None:
    """A redirect URI with a fragment is not registered."""
    answer = partner.send("POST", partner.metadata(redirect_uris=[f"{CALLBACK}#f"]))
    assert (answer.status, body(answer)["error"]) == (400, "invalid_redirect_uri")


def test_oidcc_redirect_uri_query_ok(partner: Partner) -> None:
    """A redirect URI may hold a query, which stays."""
    agency = partner.agency(partner.register(redirect_uris=[f"{CALLBACK}?foo=bar"])["client_id"])
    told = parameters(agency.bring(agency.pushed(redirect_uri=f"{CALLBACK}?foo=bar")))
    assert (told["foo"], told["state"]) == ("bar", "s-123")


def test_oidcc_redirect_uri_query_mismatch_and_added(partner: Partner) -> None:
    """Another query is another address. Modules oidcc-redirect-uri-query-mismatch, oidcc-redirect-uri-query-added."""
    agency = partner.agency(partner.register(redirect_uris=[f"{CALLBACK}?foo=bar"])["client_id"])
    for other in (f"{CALLBACK}?foo=baz", f"{CALLBACK}?foo=bar&more=1", CALLBACK):
        assert reason(agency.push(redirect_uri=other)) == "redirect_uri_unregistered"


def test_oidcc_ensure_redirect_uri_in_authorization_request(partner: Partner) -> None:
    """Even with one address registered, the request names it."""
    agency = partner.agency(partner.register()["client_id"])
    assert reason(agency.push(redirect_uri=None)) == "redirect_uri_missing"


def test_oidcc_refresh_token_rp_key_rotation(world: World) -> None:
    """A client goes on with its refresh token after it changed its keys."""
    reach = replace(
        REACH,
        scopes=frozenset({"openid", "offline_access"}),
        grant_types=frozenset({"authorization_code", "refresh_token"}),
    )
    partner = Partner(world, reach)
    uri = "https://agency.example/jwks"
    world.partners.publish(uri, partner.key)
    told = partner.register(
        jwks=None, jwks_uri=uri, scope="openid offline_access", grant_types=["authorization_code", "refresh_token"]
    )
    agency = partner.agency(told["client_id"])
    refresh = agency.tokens(scope="openid offline_access", prompt="consent")["refresh_token"]
    agency.key = Key.make("PS256", kid="own-2")
    world.partners.publish(uri, agency.key)
    world.clock.passes(seconds=31)
    assert agency.refresh(refresh).status == 200


def test_oidcc_request_uri_unsigned_and_signed_rs256(partner: Partner) -> None:
    """Request objects are not fetched from addresses, whoever signed them. Modules oidcc-request-uri-unsigned,
    oidcc-request-uri-signed-rs256.
    """
    answer = partner.send("POST", partner.metadata(request_uris=["https://agency.example/request.jwt"]))
    assert reason(answer) == "request_uris_not_offered"
    agency = partner.agency(partner.register()["client_id"])
    assert agency.push(request_uri="https://agency.example/request.jwt").status == 400


def test_oidcc_ensure_client_assertion_with_iss_aud_succeeds(partner: Partner) -> None:
    """The audience of an assertion is the issuer."""
    agency = partner.agency(partner.register()["client_id"])
    answer = partner.world.post("/oauth/par", agency.request() | agency.auth(agency.assertion(aud=ISSUER)))
    assert answer.status == 201


def test_keys_at_an_address_that_does_not_answer_let_nobody_in(world: World, partner: Partner) -> None:
    uri = "https://agency.example/jwks"
    world.partners.answers[uri] = Reply(status=404, headers={}, body=b"")
    agency = partner.agency(partner.register(jwks=None, jwks_uri=uri)["client_id"])
    assert reason(agency.push()) == "client_keys_unavailable"
