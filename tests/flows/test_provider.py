"""The code flow through the wire: push, bring, redeem, ask; and what goes wrong at each."""

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import FORM, Page, Request, Response
from gateway.flows.housekeeping import Housekeeping
from gateway.oidc import compact_jws
from gateway.settings import ResidentSettings
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, ISSUER, KNOWN_CLAIMS, Agency, World, body, make_world, parameters


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    return Agency(world).enrol()


def claims_of(world: World, token: str) -> dict[str, object]:
    jws = compact_jws.take_apart(token, longest=10_000)
    compact_jws.verify(jws, world.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def test_an_agency_learns_who_came_and_what_they_agreed_to_tell(world: World, agency: Agency) -> None:
    answer = parameters(agency.bring(agency.pushed()))
    assert answer["state"] == "s-123"
    assert answer["iss"] == ISSUER
    tokens = body(agency.redeem(answer["code"]))
    identity = claims_of(world, tokens["id_token"])
    assert identity["aud"] == agency.id
    assert identity["nonce"] == "n-456"
    assert identity["acr"] == "urn:gba:acr:3"
    assert "name" not in identity  # asked for by scope: told at userinfo
    told = body(agency.userinfo(tokens["access_token"]))
    assert told == {**KNOWN_CLAIMS, "sub": identity["sub"]}


def test_a_withdrawn_claim_is_not_told_any_more(world: World, agency: Agency) -> None:
    tokens = agency.tokens()
    world.person.withdrawn.add("name")
    assert "name" not in body(agency.userinfo(tokens["access_token"]))


def test_a_claim_asked_for_in_the_id_token_alone_stays_out_of_userinfo(world: World, agency: Agency) -> None:
    tokens = agency.tokens(scope="openid", claims='{"id_token":{"gender":{"essential":true}}}')
    assert claims_of(world, tokens["id_token"])["gender"] == "male"
    assert body(agency.userinfo(tokens["access_token"])).keys() == {"sub"}


def test_what_is_told_about_a_person_never_stands_in_for_the_protocol(world: World, agency: Agency) -> None:
    hostile: dict[str, object] = {"sub": "somebody", "iss": "https://evil.example", "aud": "x", "exp": 9e9}
    world.person.release = lambda **_: hostile  # type: ignore[method-assign]
    tokens = agency.tokens(claims='{"id_token":{"name":null}}')
    identity = claims_of(world, tokens["id_token"])
    assert (identity["iss"], identity["aud"]) == (ISSUER, agency.id)
    assert body(agency.userinfo(tokens["access_token"]))["sub"] == identity["sub"] != "somebody"


def test_a_person_who_must_be_asked_is_led_to_their_page_and_comes_back_with_a_code(
    world: World, agency: Agency
) -> None:
    world.person.at_once = False
    led = agency.bring(agency.pushed())
    assert isinstance(led, Response)
    headers = dict(led.headers)
    assert headers["Location"] == "/en/sign-in/sign-in-1"
    assert headers["Set-Cookie"].startswith("__Host-gba_browser=")
    assert "HttpOnly" in headers["Set-Cookie"]
    request = world.person.parked[0]
    with world.work(write=True) as work:
        response = world.parts.issue_code()(request, world.person.permits(request), work=work, at=world.clock())
        work.commit()
    code = dict(response.parameters)["code"]
    assert agency.redeem(code).status == 200


def test_a_request_is_answered_once_in_whichever_tab_comes_first(world: World, agency: Agency) -> None:
    world.person.at_once = False
    uri = agency.pushed()
    agency.bring(uri)
    agency.bring(uri)
    answers = []
    for request in world.person.parked:
        with world.work(write=True) as work:
            answers.append(
                dict(
                    world.parts.issue_code()(
                        request, world.person.permits(request), work=work, at=world.clock()
                    ).parameters
                )
            )
            work.commit()
    assert "code" in answers[0]
    assert answers[1]["error_description"] == "request_already_answered"
    page = agency.bring(uri)
    assert isinstance(page, Page)
    assert page.reason == "request_uri_unknown"


def test_a_person_who_takes_their_time_is_not_tidied_away(world: World, agency: Agency) -> None:
    world.person.at_once = False
    agency.bring(agency.pushed())
    world.clock.passes(minutes=25)
    tidied = Housekeeping(open_work=world.work, clock=world.clock, settings=ResidentSettings())()
    assert tidied.pushed_requests == 0
    request = world.person.parked[0]
    with world.work(write=True) as work:
        response = world.parts.issue_code()(request, world.person.permits(request), work=work, at=world.clock())
    assert "code" in dict(response.parameters)
    world.clock.passes(days=30)
    assert Housekeeping(open_work=world.work, clock=world.clock, settings=ResidentSettings())().pushed_requests == 1


def test_a_silent_request_is_refused_silently(world: World, agency: Agency) -> None:
    world.person.at_once = False
    told = parameters(agency.bring(agency.pushed(prompt="none")))
    assert told == {
        "error": "login_required",
        "error_description": "no_session",
        "state": "s-123",
        "iss": ISSUER,
    }


def test_an_answer_can_be_posted_and_carries_the_issuer_too(agency: Agency) -> None:
    answer = agency.bring(agency.pushed(response_mode="form_post"))
    assert isinstance(answer, Response)
    assert answer.status == 200
    page = answer.body.decode()
    assert f'action="{CALLBACK}"' in page
    assert f'name="iss" value="{ISSUER}"' in page
    assert 'name="code"' in page
    assert "unsafe-inline" not in dict(answer.headers)["Content-Security-Policy"]


def test_a_redirect_uri_keeps_its_own_query(agency: Agency) -> None:
    answer = agency.bring(agency.pushed(redirect_uri=f"{CALLBACK}?branch=1"))
    told = parameters(answer)
    assert told["branch"] == "1"
    assert "code" in told


def test_a_code_that_comes_twice_ends_what_it_gave(world: World, agency: Agency) -> None:
    code = agency.code()
    tokens = body(agency.redeem(code))
    again = agency.redeem(code)
    assert (again.status, body(again)["error"]) == (400, "invalid_grant")
    assert agency.userinfo(tokens["access_token"]).status == 401
    assert [event.reason for event in world.journal.events if event.kind == "code.redeemed"] == [
        None,
        "code_already_used",
    ]


def test_a_code_that_comes_twice_and_late_ends_what_it_gave(world: World, agency: Agency) -> None:
    code = agency.code()
    tokens = body(agency.redeem(code))
    world.clock.passes(seconds=61)
    assert body(agency.redeem(code))["error_description"] == "code_expired"
    assert agency.userinfo(tokens["access_token"]).status == 401


@pytest.mark.parametrize(
    ("other", "error", "reason"),
    [
        ({"code": "made-up"}, "invalid_grant", "code_unknown"),
        ({"code": None}, "invalid_request", "code_missing"),
        ({"redirect_uri": "https://agency.example/other"}, "invalid_grant", "redirect_changed"),
        ({"redirect_uri": None}, "invalid_request", "redirect_uri_missing"),
        ({"code_verifier": "w" * 43}, "invalid_grant", "verifier_wrong"),
        ({"code_verifier": None}, "invalid_grant", "verifier_missing"),
        ({"grant_type": None}, "invalid_request", "grant_type_missing"),
        ({"grant_type": "password"}, "unsupported_grant_type", "grant_type_unknown"),
        ({"client_assertion": None}, "invalid_client", "assertion_missing"),
        ({"client_assertion_type": "x"}, "invalid_client", "assertion_type_unknown"),
        ({"client_secret": "s"}, "invalid_client", "client_secret_refused"),
        ({"client_id": "another"}, "invalid_client", "assertion_subject_not_client"),
    ],
)
def test_a_token_request_is_refused_in_the_standards_words(
    agency: Agency, other: dict[str, str | None], error: str, reason: str
) -> None:
    answer = agency.redeem(agency.code(), headers=None, **other)
    assert (body(answer)["error"], body(answer)["error_description"]) == (error, reason)
    assert answer.status == (401 if error == "invalid_client" else 400)
    assert ("Cache-Control", "no-store") in answer.headers


def test_a_code_is_worth_nothing_to_another_client(world: World, agency: Agency) -> None:
    other = Agency(world, id="ferry").enrol()
    answer = other.redeem(agency.code())
    assert body(answer)["error_description"] == "code_of_another_client"


def test_an_assertion_counts_once(agency: Agency) -> None:
    auth = agency.auth()
    form = agency.request() | auth
    assert agency.world.post("/oauth/par", form).status == 201
    answer = agency.world.post("/oauth/par", form)
    assert (answer.status, body(answer)["error_description"]) == (401, "assertion_replayed")


def test_a_disabled_client_is_out_within_a_second(world: World, agency: Agency) -> None:
    assert agency.push().status == 201
    world.save(agency.registration(active=False))
    answer = agency.push()
    assert (answer.status, body(answer)["error"]) == (401, "invalid_client")
    page = agency.bring("urn:ietf:params:oauth:request_uri:x")
    assert isinstance(page, Page)
    assert page.reason == "client_unknown"


def test_a_client_that_changed_its_key_signs_with_the_new_one_only(world: World, agency: Agency) -> None:
    old = agency.auth()
    agency.key = Key.make("EdDSA", kid="agency-2")
    world.save(agency.registration())
    assert agency.world.post("/oauth/par", agency.request() | old).status == 401
    assert agency.push().status == 201


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "EdDSA"])
def test_clients_sign_with_each_admitted_algorithm(world: World, algorithm: str) -> None:
    assert Agency(world, key=Key.make(algorithm)).enrol().push().status == 201


def test_nothing_is_sent_to_an_address_that_is_not_the_clients(agency: Agency) -> None:
    for wrong in (f"{CALLBACK}/", f"{CALLBACK}?x=1", "https://evil.example/cb", f"{CALLBACK}#f", None):
        answer = agency.push(redirect_uri=wrong)
        assert (answer.status, body(answer)["error"]) == (400, "invalid_request")


def test_a_request_that_was_not_pushed_is_refused_at_the_clients_own_address(agency: Agency) -> None:
    told = parameters(agency.world.get("/oauth/authorize", agency.request()))
    assert told["error"] == "invalid_request"
    assert told["error_description"] == "request_not_pushed"
    assert (told["state"], told["iss"]) == ("s-123", ISSUER)


def test_a_request_that_names_a_foreign_address_is_refused_on_a_page(agency: Agency) -> None:
    page = agency.world.get("/oauth/authorize", agency.request(redirect_uri="https://evil.example/"))
    assert isinstance(page, Page)
    assert page.reason == "redirect_uri_unregistered"


def test_a_plain_client_may_bring_its_request_itself(world: World) -> None:
    agency = Agency(world).enrol(require_par=False)
    told = parameters(world.get("/oauth/authorize", agency.request()))
    assert agency.redeem(told["code"]).status == 200
    told = parameters(world.get("/oauth/authorize", agency.request(response_type="token")))
    assert told["error"] == "unsupported_response_type"


def test_a_posted_request_is_brought_again_with_the_browsers_cookies(agency: Agency) -> None:
    uri = agency.pushed()
    answer = agency.world.post("/oauth/authorize", {"client_id": agency.id, "request_uri": uri})
    assert answer.status == 303
    path, _, query = dict(answer.headers)["Location"].partition("?")
    assert path == "/oauth/authorize"
    assert "code" in parameters(agency.world.get(path, query))


def test_a_posted_request_in_any_letters_is_brought_again(agency: Agency) -> None:
    form = "client_id=陳&state=大 文".encode()
    answer = agency.world.send(
        Request(method="POST", path="/oauth/authorize", headers={"content-type": FORM}, body=form)
    )
    assert isinstance(answer, Response)
    assert dict(answer.headers)["Location"].isascii()


@pytest.mark.parametrize("subject", ["\ud800", "a\x00", "é", "a b", "x" * 300, ""])
def test_an_assertion_in_an_impossible_name_is_refused(agency: Agency, subject: str) -> None:
    answer = agency.world.post("/oauth/par", agency.request() | agency.auth(agency.assertion(sub=subject)))
    assert (answer.status, body(answer)["error"]) == (401, "invalid_client")


def test_a_browser_that_has_a_name_keeps_it(world: World, agency: Agency) -> None:
    cookie = "gba_lang=en; __Host-gba_browser=known; __Host-gba_session=mine"
    answer = agency.bring(agency.pushed(), cookie=cookie)
    assert isinstance(answer, Response)
    assert "Set-Cookie" not in dict(answer.headers)
    assert world.person.seen == [("known", "mine")]


def test_a_pushed_request_runs_out(world: World, agency: Agency) -> None:
    uri = agency.pushed()
    world.clock.passes(seconds=121)
    page = agency.bring(uri)
    assert isinstance(page, Page)


def test_a_pushed_request_is_its_clients_own(world: World, agency: Agency) -> None:
    other = Agency(world, id="ferry").enrol()
    page = other.bring(agency.pushed())
    assert isinstance(page, Page)
    assert page.reason == "request_uri_of_another_client"


def test_an_agency_asks_for_a_check_and_hears_how_it_ended(world: World, agency: Agency) -> None:
    detail = '[{"type":"biometric_check","application":"A-1/2026","purpose":"business_registration"}]'
    tokens = agency.tokens(authorization_details=detail)
    assert tokens["authorization_details"][0]["application"] == "A-1/2026"
    assert claims_of(world, tokens["access_token"])["authorization_details"] == tokens["authorization_details"]


def test_an_id_token_is_a_hint_for_its_own_client_only(world: World, agency: Agency) -> None:
    hint = agency.tokens()["id_token"]
    world.clock.passes(hours=5)
    world.person.at_once = False
    agency.bring(agency.pushed(id_token_hint=hint))
    assert world.person.parked[0].hinted_subject == claims_of(world, hint)["sub"]
    other = Agency(world, id="ferry").enrol()
    assert body(other.push(id_token_hint=hint))["error_description"] == "id_token_hint_of_another_client"
    assert body(agency.push(id_token_hint="a.b.c"))["error_description"] == "id_token_hint_not_ours"


def test_what_is_stored_and_printed_tells_nothing_of_the_request(
    world: World, agency: Agency, sqlite_engine: sa.Engine
) -> None:
    world.person.at_once = False
    uri = agency.pushed(state="very-private-state", login_hint="someone@example")
    agency.bring(uri)
    with sqlite_engine.connect() as connection:
        row = connection.execute(sa.text("select * from pushed_requests")).one()
    kept = " ".join(str(value) for value in row)
    assert uri.rsplit(":", 1)[1] not in kept
    assert "very-private-state" not in kept
    assert "very-private-state" not in repr(world.person.parked[0])
    assert "someone@example" not in repr(world.person.parked[0])
