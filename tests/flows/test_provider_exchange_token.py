"""One agency's system calls another's for a person: named as the other knows them, by whom, and only with consent."""

import json

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import Response
from gateway.oidc import compact_jws
from gateway.oidc.token_exchange import ACCESS_TOKEN, GRANT_TYPE
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, body, make_world

MAY = {
    "grant_types": frozenset({"authorization_code", "client_credentials", GRANT_TYPE}),
    "may_call": frozenset({"ferry"}),
}


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    return Agency(world, dpop_key=Key.make(kid="proof")).enrol(require_dpop=True, **MAY)


@pytest.fixture
def ferry(world: World) -> Agency:
    return Agency(world, id="ferry", key=Key.make(kid="ferry-1")).enrol(agency="ferry-company")


def ask(agency: Agency, token: str, /, **other: str | None) -> Response:
    honest: dict[str, str | None] = {
        "grant_type": GRANT_TYPE,
        "subject_token": token,
        "subject_token_type": ACCESS_TOKEN,
        "audience": "ferry",
    }
    form = {name: value for name, value in (honest | agency.auth() | other).items() if value is not None}
    return agency.world.post("/oauth/token", form, **agency._headers("/oauth/token"))


def error(answer: Response) -> tuple[str, str]:
    told = body(answer)
    assert answer.status == 400, told
    return told["error"], told["error_description"]


def claims_of(world: World, token: str) -> dict[str, object]:
    jws = compact_jws.take_apart(token, longest=10_000)
    compact_jws.verify(jws, world.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def test_the_other_agency_sees_its_own_name_of_the_person_and_who_calls(
    world: World, agency: Agency, ferry: Agency
) -> None:
    told = body(ask(agency, agency.tokens()["access_token"], scope="openid"))
    assert told["issued_token_type"] == ACCESS_TOKEN
    assert (told["token_type"], told["scope"]) == ("DPoP", "openid")
    assert 0 < told["expires_in"] <= 300
    seen = body(world.post("/oauth/introspect", {"token": told["access_token"]} | ferry.auth()))
    assert seen["active"] is True
    assert (seen["aud"], seen["act"], seen["client_id"]) == ("ferry", {"sub": agency.id}, agency.id)
    assert seen["sub"] == claims_of(world, ferry.tokens()["id_token"])["sub"]
    assert seen["cnf"]


def test_no_two_tokens_for_one_person_name_anything_by_which_those_who_are_called_could_tell(
    world: World, agency: Agency, ferry: Agency
) -> None:
    Agency(world, id="bridge", key=Key.make(kid="bridge-1")).enrol(agency="bridge-company")
    agency.enrol(require_dpop=True, **(MAY | {"may_call": frozenset({"ferry", "bridge"})}))
    own = agency.tokens()["access_token"]
    told = [claims_of(world, body(ask(agency, own, audience=whom))["access_token"]) for whom in ("ferry", "bridge")]
    for name in ("sub", "jti", "grant"):
        assert len({one[name] for one in (*told, claims_of(world, own))}) == 3, name


def test_it_is_remembered_who_was_told_of_and_by_whom(world: World, agency: Agency, ferry: Agency) -> None:
    token = body(ask(agency, agency.tokens()["access_token"]))["access_token"]
    with world.work(write=False) as work:
        assert work.known_subjects.account("ferry-company", str(claims_of(world, token)["sub"])) == "account-1"
    [event] = [event for event in world.journal.events if event.kind == "token.exchanged"]
    assert (event.actor, event.client) == (agency.id, agency.id)
    assert {"account-1", "ferry"} <= set(event.subjects)


def test_coming_back_alone_and_what_was_asked_for_one_matter_stay_with_the_first(world: World, ferry: Agency) -> None:
    agency = Agency(world, dpop_key=Key.make(kid="proof"))
    grants = MAY["grant_types"] | {"refresh_token"}
    scopes = frozenset({"openid", "profile", "offline_access"})
    agency.enrol(require_dpop=True, grant_types=grants, may_call=MAY["may_call"], scopes=scopes)
    check = {"type": "biometric_check", "application": "A-1", "purpose": "business_registration"}
    first = agency.tokens(scope="openid offline_access", authorization_details=json.dumps([check]))
    assert "authorization_details" in claims_of(world, first["access_token"])
    told = body(ask(agency, first["access_token"]))
    assert told["scope"] == "openid"
    assert "authorization_details" not in claims_of(world, told["access_token"]).keys() | told.keys()


def test_it_opens_nothing_here_and_cannot_be_exchanged_again(world: World, agency: Agency, ferry: Agency) -> None:
    token = body(ask(agency, agency.tokens()["access_token"]))["access_token"]
    proof = agency.proof("/oauth/userinfo", method="GET")
    answer = world.get("/oauth/userinfo", authorization=f"DPoP {token}", dpop=proof)
    assert isinstance(answer, Response)
    assert answer.status == 401
    assert error(ask(agency, token)) == ("invalid_request", "token_for_another_audience")
    stranger = Agency(world, id="stranger", key=Key.make(kid="s")).enrol(agency="stranger-company")
    assert body(world.post("/oauth/introspect", {"token": token} | stranger.auth())) == {"active": False}


def test_it_ends_with_what_it_came_of(world: World, agency: Agency, ferry: Agency) -> None:
    token = body(ask(agency, agency.tokens()["access_token"]))["access_token"]
    with world.work(write=True) as work:
        work.grants.revoke_of(at=world.clock(), account="account-1")
        work.commit()
    assert body(world.post("/oauth/introspect", {"token": token} | ferry.auth())) == {"active": False}


def test_it_ends_where_the_person_is_known_no_longer(world: World, agency: Agency, ferry: Agency) -> None:
    token = body(ask(agency, agency.tokens()["access_token"]))["access_token"]
    world.person.strangers = {"ferry"}
    assert body(world.post("/oauth/introspect", {"token": token} | ferry.auth())) == {"active": False}


def test_who_got_it_can_end_it_and_nobody_else(world: World, agency: Agency, ferry: Agency) -> None:
    first = agency.tokens()["access_token"]
    token = body(ask(agency, first))["access_token"]
    refused = world.post("/oauth/revoke", {"token": token} | ferry.auth())
    assert error(refused) == ("invalid_grant", "token_of_another_client")
    assert body(world.post("/oauth/introspect", {"token": token} | ferry.auth()))["active"] is True
    assert world.post("/oauth/revoke", {"token": token} | agency.auth()).status == 200
    assert body(world.post("/oauth/introspect", {"token": token} | ferry.auth())) == {"active": False}
    assert body(world.post("/oauth/introspect", {"token": first} | agency.auth()))["active"] is True


def test_it_outlives_neither_the_token_it_came_of_nor_five_minutes(world: World, agency: Agency, ferry: Agency) -> None:
    token = agency.tokens()["access_token"]
    world.clock.passes(minutes=8)
    assert body(ask(agency, token))["expires_in"] == 120
    world.clock.passes(minutes=2)
    assert error(ask(agency, token)) == ("invalid_request", "token_expired")


def test_without_the_persons_consent_at_the_other_agency_there_is_none(
    world: World, agency: Agency, ferry: Agency
) -> None:
    world.person.strangers = {"ferry"}
    refused = ask(agency, agency.tokens()["access_token"])
    assert error(refused) == ("invalid_target", "consent_missing_at_audience")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"audience": None}, ("invalid_target", "audience_missing")),
        ({"audience": "nobody"}, ("invalid_target", "audience_not_allowed")),
        ({"audience": "registry"}, ("invalid_target", "audience_not_allowed")),
        ({"subject_token": None}, ("invalid_request", "subject_token_missing")),
        ({"subject_token": "a.b.c"}, ("invalid_request", "token_not_ours")),
        ({"subject_token_type": None}, ("invalid_request", "subject_token_type_unknown")),
        ({"requested_token_type": "x"}, ("invalid_request", "requested_token_type_unknown")),
        ({"actor_token": "x"}, ("invalid_request", "actor_token_refused")),
        ({"scope": "openid documents:issue"}, ("invalid_scope", "scope_wider_than_granted")),
    ],
)
def test_what_does_not_hold_is_refused(
    agency: Agency, ferry: Agency, other: dict[str, str | None], told: tuple[str, str]
) -> None:
    assert error(ask(agency, agency.tokens()["access_token"], **other)) == told


def test_a_token_serves_its_own_client_and_key_alone(world: World, agency: Agency, ferry: Agency) -> None:
    token = agency.tokens()["access_token"]
    other = Agency(world, id="other", key=Key.make(kid="o"), dpop_key=agency.dpop_key).enrol(**MAY)
    assert error(ask(other, token)) == ("invalid_request", "subject_token_of_another_client")
    agency.dpop_key = Key.make(kid="another")
    assert error(ask(agency, token)) == ("invalid_dpop_proof", "token_of_another_key")


def test_what_a_client_proves_itself_with_serves_for_one_exchange(world: World, agency: Agency, ferry: Agency) -> None:
    form = {"grant_type": GRANT_TYPE, "subject_token_type": ACCESS_TOKEN, "audience": ferry.id}
    form |= {"subject_token": agency.tokens()["access_token"]}
    proof, auth = agency._headers("/oauth/token"), agency.auth()
    assert world.post("/oauth/token", form | auth, **proof).status == 200
    again = world.post("/oauth/token", form | auth, **agency._headers("/oauth/token"))
    assert body(again)["error"] == "invalid_client"
    assert error(world.post("/oauth/token", form | agency.auth(), **proof))[0] == "invalid_dpop_proof"


def test_a_client_acting_for_itself_stands_for_nobody(world: World, agency: Agency, ferry: Agency) -> None:
    form = {"grant_type": "client_credentials"} | agency.auth()
    token = body(world.post("/oauth/token", form, **agency._headers("/oauth/token")))["access_token"]
    assert error(ask(agency, token)) == ("invalid_request", "subject_token_without_person")


def test_a_client_that_was_not_enrolled_for_it_cannot(ferry: Agency) -> None:
    assert body(ask(ferry, ferry.tokens()["access_token"]))["error"] == "unauthorized_client"
