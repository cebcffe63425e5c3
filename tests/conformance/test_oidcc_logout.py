"""RP-Initiated Logout and Back-Channel Logout: one test for each module of their plans, under its name.

What the pages do with the question is tested with the pages; here ends what the provider itself answers.
"""

import base64
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode

import orjson
import pytest

from gateway.endpoints.wire import Page, Response
from gateway.oidc import compact_jws
from gateway.oidc.delivery import DeliveryState
from gateway.oidc.logout import EVENT
from gateway.oidc.pairwise_id import told_to
from gateway.ports.egress import Reply
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import ISSUER, Agency, World, body
from tests.fakes.signed_in import SignedIn, sign_in

LOGOUT = "/oauth/logout"
BYE = "https://agency.example/bye"
HEAR = "https://agency.example/hear"


@pytest.fixture
def agency(world: World) -> Agency:
    client = Agency(world).enrol(post_logout_redirect_uris=(BYE,), backchannel_logout_uri=HEAR)
    world.partners.answers[HEAR] = Reply(status=200, headers={}, body=b"")
    return client


@pytest.fixture
def here(world: World, agency: Agency) -> SignedIn:
    return sign_in(world)


def ask(here: SignedIn, **parameters: str) -> Response | Page:
    return here.world.get(LOGOUT, parameters, cookie=here.cookie)


def led(answer: Response | Page) -> str:
    assert isinstance(answer, Response), answer
    assert answer.status == 303
    return dict(answer.headers)["Location"]


def question(answer: Response | Page) -> str:
    url = led(answer)
    assert url.startswith("/en/sign-out?request=")
    return url.partition("request=")[2]


def discovery(world: World) -> dict[str, Any]:
    answer = world.get("/.well-known/openid-configuration")
    assert isinstance(answer, Response)
    return body(answer)


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(world: World) -> None:
    assert discovery(world)["end_session_endpoint"] == f"{ISSUER}{LOGOUT}"


def test_oidcc_rp_initiated_logout(agency: Agency, here: SignedIn) -> None:
    hint = agency.tokens()["id_token"]
    answer = ask(here, id_token_hint=hint, post_logout_redirect_uri=BYE, state="a&b")
    assert led(answer) == f"{BYE}?state=a%26b"
    assert not here.is_still
    assert isinstance(answer, Response)
    assert any(name == "Set-Cookie" and "Max-Age=0" in value for name, value in answer.headers)


def test_an_expired_hint_is_a_hint(world: World, agency: Agency, here: SignedIn) -> None:
    hint = agency.tokens()["id_token"]
    world.clock.passes(minutes=12)
    assert led(ask(here, id_token_hint=hint, post_logout_redirect_uri=BYE)) == BYE


def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(agency: Agency, here: SignedIn) -> None:
    hint = agency.tokens()["id_token"]
    assert isinstance(ask(here, id_token_hint=hint, post_logout_redirect_uri=f"{BYE}/other"), Page)
    assert here.is_still


def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(agency: Agency, here: SignedIn) -> None:
    hint = agency.tokens()["id_token"]
    assert isinstance(ask(here, id_token_hint=hint, post_logout_redirect_uri=f"{BYE}?a=b"), Page)
    assert here.is_still


def test_oidcc_rp_initiated_logout_modified_id_token_hint(agency: Agency, here: SignedIn) -> None:
    hint = agency.tokens()["id_token"]
    assert isinstance(ask(here, id_token_hint=hint[:-4] + "AAAA", post_logout_redirect_uri=BYE), Page)
    assert here.is_still


@pytest.mark.parametrize("hint", ["x", "a.b.c", "forged"])
def test_oidcc_rp_initiated_logout_bad_id_token_hint(agency: Agency, here: SignedIn, hint: str) -> None:
    if hint == "forged":
        claims = {"iss": ISSUER, "aud": agency.id, "sid": told_to(agency.id, here.session), "sub": "x"}
        hint = Key.make(kid="ours-1").compact(claims, typ="JWT")
    assert isinstance(ask(here, id_token_hint=hint, post_logout_redirect_uri=BYE), Page)
    assert here.is_still


def test_tokens_of_other_kinds_are_no_hints(agency: Agency, here: SignedIn) -> None:
    tokens = agency.tokens()
    assert isinstance(ask(here, id_token_hint=tokens["access_token"]), Page)
    assert isinstance(ask(here, id_token_hint=tokens["id_token"], client_id="ferry"), Page)
    assert here.is_still


def test_oidcc_rp_initiated_logout_no_id_token_hint(agency: Agency, here: SignedIn) -> None:
    sealed = question(ask(here, client_id=agency.id, post_logout_redirect_uri=BYE, state="s"))
    assert here.is_still
    sign_out = agency.world.provider.sign_out
    asker = sign_out.asker(sealed)
    assert asker is not None
    assert asker.id == agency.id
    assert sign_out.answer(sealed, agree=False, session=here.secret) is None
    assert here.is_still
    assert sign_out.answer(sealed, agree=True, session=here.secret) == f"{BYE}?state=s"
    assert not here.is_still


def test_an_address_that_was_taken_back_while_the_person_decided_is_not_followed(
    agency: Agency, here: SignedIn
) -> None:
    sealed = question(ask(here, client_id=agency.id, post_logout_redirect_uri=BYE, state="s"))
    agency.enrol(post_logout_redirect_uris=())
    agency.world.clock.passes(seconds=5)
    assert agency.world.provider.sign_out.answer(sealed, agree=True, session=here.secret) is None
    assert not here.is_still


def test_oidcc_rp_initiated_logout_no_params(agency: Agency, here: SignedIn) -> None:
    sealed = question(ask(here))
    assert agency.world.provider.sign_out.asker(sealed) is None
    assert agency.world.provider.sign_out.answer(sealed, agree=True, session=here.secret) is None
    assert not here.is_still


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(agency: Agency, here: SignedIn) -> None:
    assert led(ask(here, id_token_hint=agency.tokens()["id_token"])) == "/en/?done=signed-out"
    assert not here.is_still


def test_oidcc_rp_initiated_logout_no_state(agency: Agency, here: SignedIn) -> None:
    assert led(ask(here, id_token_hint=agency.tokens()["id_token"], post_logout_redirect_uri=BYE)) == BYE


def test_oidcc_rp_initiated_logout_only_state(here: SignedIn) -> None:
    question(ask(here, state="s"))
    assert here.is_still


def test_an_address_of_nobody_is_never_followed(agency: Agency, here: SignedIn) -> None:
    assert isinstance(ask(here, post_logout_redirect_uri=BYE), Page)
    nobody_here = agency.world.get(LOGOUT, {"client_id": agency.id, "post_logout_redirect_uri": BYE})
    assert led(nobody_here) == "/en/?done=signed-out"


def test_another_sign_in_on_this_browser_is_asked_about(world: World, agency: Agency) -> None:
    hint = agency.tokens()["id_token"]  # of the person's first session
    other = sign_in(world, "secret-of-another-session")
    question(ask(other, id_token_hint=hint, post_logout_redirect_uri=BYE))
    assert other.is_still


def test_a_post_comes_back_with_the_cookies(agency: Agency, here: SignedIn) -> None:
    form = {"id_token_hint": agency.tokens()["id_token"], "post_logout_redirect_uri": BYE}
    url = led(agency.world.post(LOGOUT, form))
    assert url.startswith(f"{LOGOUT}?request=")
    assert led(agency.world.get(LOGOUT, url.partition("?")[2], cookie=here.cookie)) == BYE
    assert not here.is_still


@pytest.mark.parametrize("sealed", ["", "x", "é", "A" * 9000])
def test_a_question_that_is_none_of_ours_is_refused(here: SignedIn, sealed: str) -> None:
    answer = here.world.get(LOGOUT, urlencode({"request": sealed, "state": "s"}), cookie=here.cookie)
    assert isinstance(answer, Page) is (sealed != "")  # an empty parameter is as if not there


def test_a_question_runs_out(world: World, here: SignedIn) -> None:
    sealed = question(ask(here))
    world.clock.passes(minutes=31)
    assert isinstance(world.get(LOGOUT, {"request": sealed}, cookie=here.cookie), Page)


def test_oidcc_backchannel_logout_discovery_endpoint_verification(world: World) -> None:
    document = discovery(world)
    assert document["backchannel_logout_supported"] is True
    assert document["backchannel_logout_session_supported"] is True


def heard(world: World, where: str = HEAR) -> list[dict[str, Any]]:
    tokens = [parse_qs(form.decode())["logout_token"][0] for url, form in world.partners.told if url == where]
    found = []
    for token in tokens:
        jws = compact_jws.take_apart(token, longest=10_000)
        compact_jws.verify(jws, world.signer.key_set())
        assert jws.header["typ"] == "logout+jwt"
        found.append(compact_jws.read_claims(jws, longest=10_000))
    return found


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    found: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def subject(token: str) -> str:
    return str(claims_of(token)["sub"])


def test_oidcc_backchannel_rp_initiated_logout(world: World, agency: Agency, here: SignedIn) -> None:
    hint = agency.tokens()["id_token"]
    ask(here, id_token_hint=hint, post_logout_redirect_uri=BYE)
    assert world.provider.deliver() == 1
    [told] = heard(world)
    assert (told["iss"], told["aud"], told["sid"]) == (ISSUER, agency.id, told_to(agency.id, here.session))
    assert told["sub"] == subject(hint)
    assert told["events"] == {EVENT: {}}
    assert "nonce" not in told
    assert told["iat"] < told["exp"] <= told["iat"] + 120
    assert world.provider.deliver() == 0  # told once


def test_agencies_that_compare_what_they_were_told_of_a_session_learn_nothing(
    world: World, agency: Agency, here: SignedIn
) -> None:
    hears = "https://ferry.example/hear"
    world.partners.answers[hears] = Reply(status=200, headers={}, body=b"")
    ferry = Agency(world, id="ferry").enrol(agency="ferry-company", backchannel_logout_uri=hears)
    tokens = [one.tokens()["id_token"] for one in (agency, ferry, agency)]
    told = [claims_of(token)["sid"] for token in tokens]
    assert told[0] != told[1]
    assert told[0] == told[2]
    assert here.session not in told
    ask(here, id_token_hint=tokens[0])
    assert world.provider.deliver() == 2
    assert [(one["aud"], one["sid"]) for one in heard(world, hears)] == [("ferry", told[1])]


def test_a_session_is_not_ended_by_what_another_agency_was_told_of_it(
    world: World, agency: Agency, here: SignedIn
) -> None:
    claims = {"iss": ISSUER, "aud": agency.id, "sid": told_to("ferry", here.session), "sub": "x"}
    hint = world.signer.keys[-1].compact(claims, typ="JWT")
    assert question(ask(here, id_token_hint=hint))  # the person is asked
    assert here.is_still


def test_only_who_was_told_of_a_session_hears_of_its_end(world: World, agency: Agency, here: SignedIn) -> None:
    Agency(world, id="ferry").enrol(agency="ferry-company", backchannel_logout_uri="https://ferry.example/hear")
    Agency(world, id="deaf").enrol(agency="deaf-company").tokens()
    agency.tokens()
    agency.tokens()
    world.provider.sessions.sign_out(here.secret)
    with world.work(write=False) as work:
        assert [one.client for one in work.deliveries.list(client=None, limit=10)] == [agency.id]


def test_a_partner_that_does_not_hear_is_told_again_after_longer_and_longer(
    world: World, agency: Agency, here: SignedIn
) -> None:
    world.partners.answers[HEAR] = Reply(status=503, headers={}, body=b"")
    agency.tokens()
    world.provider.sessions.sign_out(here.secret)
    waits = []
    for _ in range(4):
        assert world.provider.deliver() == 0
        with world.work(write=False) as work:
            [delivery] = work.deliveries.list(client=agency.id, limit=10)
        assert (delivery.state, delivery.problem) == (DeliveryState.WAITING, "status_503")
        waits.append(delivery.next_at - world.clock())
        before = len(world.partners.told)
        assert world.provider.deliver() == 0
        assert len(world.partners.told) == before  # not before its time
        world.clock.passes(seconds=waits[-1].total_seconds())
    assert waits == [timedelta(seconds=30 * 2**n) for n in range(4)]
    assert not [event.kind for event in world.journal.events if event.kind.startswith("logout.")]  # nothing is settled
    world.partners.answers[HEAR] = Reply(status=204, headers={}, body=b"")
    assert world.provider.deliver() == 1
    with world.work(write=False) as work:
        [delivery] = work.deliveries.list(client=None, limit=10)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DELIVERED, 5)


@pytest.mark.parametrize(("status", "count"), [(200, 1), (204, 1), (202, 0), (303, 0), (400, 0)])
def test_it_was_heard_by_who_answers_200_or_204(
    world: World, agency: Agency, here: SignedIn, status: int, count: int
) -> None:
    world.partners.answers[HEAR] = Reply(status=status, headers={}, body=b"")
    agency.tokens()
    world.provider.sessions.sign_out(here.secret)
    assert world.provider.deliver() == count


def test_a_slow_worker_undoes_nothing_of_what_the_next_one_did(world: World, agency: Agency, here: SignedIn) -> None:
    agency.tokens()
    world.provider.sessions.sign_out(here.secret)
    with world.work(write=True) as work:
        [due] = work.deliveries.due(at=world.clock(), limit=10)
        slow = work.deliveries.claim(due, until=world.clock())
        work.commit()
    assert slow is not None
    assert world.provider.deliver() == 1
    with world.work(write=True) as work:
        work.deliveries.settle(slow, DeliveryState.WAITING, next_at=world.clock(), problem="no_answer")
        work.commit()
    assert world.provider.deliver() == 0
    assert len(heard(world)) == 1


def test_after_a_day_it_is_given_up_and_that_is_seen(world: World, agency: Agency, here: SignedIn) -> None:
    del world.partners.answers[HEAR]
    agency.tokens()
    world.provider.sessions.sign_out(here.secret)
    for _ in range(60):
        world.provider.deliver()
        world.clock.passes(minutes=60)
    with world.work(write=False) as work:
        [delivery] = work.deliveries.list(client=None, limit=10)
    assert (delivery.state, delivery.problem) == (DeliveryState.GIVEN_UP, "no_answer")
    assert "logout.given_up" in {event.kind for event in world.journal.events}


def test_two_workers_tell_once(world: World, agency: Agency, here: SignedIn) -> None:
    agency.tokens()
    world.provider.sessions.sign_out(here.secret)
    with world.work(write=True) as work:
        [due] = work.deliveries.due(at=world.clock(), limit=10)
        assert work.deliveries.claim(due, until=world.clock() + timedelta(minutes=1)) is not None
        assert work.deliveries.claim(due, until=world.clock() + timedelta(minutes=1)) is None
        work.commit()
    assert world.provider.deliver() == 0
    world.clock.passes(minutes=1)  # the first worker died: the lease is over
    assert world.provider.deliver() == 1
