"""A partner asks, signed with its own key, to be registered; an operator decides; nothing takes effect before."""

from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import astuple

from gateway.endpoints.wire import Response
from gateway.errors import NotFound, RequestRefused, StepRefused
from gateway.flows import ask_to_register
from gateway.flows.ask_to_register import MOST_OF_ONE_SOURCE, PER_MINUTE
from gateway.flows.decide_registration import Approval
from gateway.flows.enrol_client import EnrolmentRefused
from gateway.oidc.client import Client
from gateway.oidc.profile import Profile
from gateway.oidc.registration_request import AHEAD, LONGEST_LIFE, RequestState
from gateway.storage.tables_partners import registration_requests
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, ISSUER, Agency, body, make_world
from tests.fakes.partner_world import PartnerWorld, partner_world

NAMES = {
    "client_name": "Ferry",
    "client_name#zh-Hant": "渡輪",
    "client_name#zh-Hans": "渡轮",
    "client_name#pt": "Barco",
}


@pytest.fixture
def desk(sqlite_engine: sa.Engine) -> PartnerWorld:
    return partner_world(make_world(sqlite_engine))


@pytest.fixture
def key() -> Key:
    return Key.make(kid="own-1")


def wish(desk: PartnerWorld, key: Key, **other: Any) -> dict[str, Any]:
    at = int(desk.world.clock().timestamp())
    told = {
        "aud": ISSUER,
        "iat": at,
        "exp": at + 600,
        "jti": f"request-{next(desk.numbers)}",
        "organisation": "Ferry Company of Macau",
        "region": "MO",
        "contact": "integration desk, desk@ferry.example",
        "purpose": "To sell residents' tickets at the resident's fare.",
        "legal_basis": "Consent of the person, Law 8/2005 Art. 6.",
        "client_metadata": {
            **NAMES,
            "redirect_uris": [CALLBACK],
            "scope": "openid profile",
            "jwks": {"keys": [key.jwk]},
        },
    }
    return {name: value for name, value in (told | other).items() if value is not None}


def ask(desk: PartnerWorld, signed: str, *, media: str = "application/jwt", **headers: str) -> Response:
    answer = desk.send("POST", "/api/v1/registrations", signed.encode(), content_type=media, **headers)
    assert isinstance(answer, Response)
    return answer


def sign(key: Key, claims: dict[str, Any], **header: Any) -> str:
    return key.compact(claims, **({"typ": "client-registration-request+jwt"} | header))


def asked(desk: PartnerWorld, key: Key, **other: Any) -> str:
    answer = ask(desk, sign(key, wish(desk, key, **other)))
    assert answer.status == 202, answer.body
    reference: str = body(answer)["reference"]
    return reference


def problem(answer: Response) -> tuple[int, str]:
    told = body(answer)
    return answer.status, str(told["type"]).removeprefix("/problems/")


def test_a_request_waits_is_approved_and_only_then_the_client_acts(desk: PartnerWorld, key: Key) -> None:
    reference = asked(desk, key)
    path = f"/api/v1/registrations/{reference}"
    assert body(desk.get(path)) == {
        "reference": reference,
        "state": "waiting",
        "asked_at": "2026-11-21T12:00:00+00:00",
        "decided_at": None,
        "ground": None,
        "client_id": None,
    }
    with desk.world.work(write=False) as work:
        assert work.clients.list() == ()
    client = desk.decide.approve(reference, Approval(agency="ferry-company"), operator="operator:mei")
    assert (client.agency, client.region, client.scopes) == (
        "ferry-company",
        "MO",
        frozenset({"openid", "profile"}),
    )
    assert (client.require_dpop, client.require_par) == (True, True)
    told = body(desk.get(path.lower()))
    assert (told["state"], told["client_id"]) == ("approved", client.id)
    agency = Agency(desk.world, id=client.id, key=key, dpop_key=Key.make(kid="proof"))
    assert agency.tokens()["token_type"] == "DPoP"
    kinds = [event.kind for event in desk.world.journal.events]
    assert kinds[:2] == ["registration.requested", "registration.approved"]


def test_who_has_the_reference_is_told_nothing_of_what_the_request_said(desk: PartnerWorld, key: Key) -> None:
    assert desk.ask.state(asked(desk, key)).wish is None


def test_who_asks_for_nothing_in_particular_may_have_people_sign_in(desk: PartnerWorld, key: Key) -> None:
    claims = wish(desk, key)
    del claims["client_metadata"]["scope"]
    reference = body(ask(desk, sign(key, claims)))["reference"]
    client = desk.decide.approve(reference, Approval(agency="ferry-company"), operator="operator:mei")
    assert (client.scopes, client.grant_types) == (frozenset({"openid"}), frozenset({"authorization_code"}))


def test_a_partner_may_have_addresses_on_several_hosts(desk: PartnerWorld, key: Key) -> None:
    """Which of them are its own, the operator finds out."""
    claims = wish(desk, key)
    elsewhere = {
        "post_logout_redirect_uris": ["https://bye.example/"],
        "backchannel_logout_uri": "https://hear.example/",
    }
    claims["client_metadata"] |= elsewhere
    reference = body(ask(desk, sign(key, claims)))["reference"]
    client = desk.decide.approve(reference, Approval(agency="ferry-company"), operator="operator:mei")
    assert client.post_logout_redirect_uris == ("https://bye.example/",)
    assert client.backchannel_logout_uri == "https://hear.example/"


def test_an_operator_says_under_which_profile(desk: PartnerWorld, key: Key) -> None:
    def approved(profile: Profile) -> Client:
        approval = Approval(agency="ferry-company", profile=profile)
        return desk.decide.approve(asked(desk, key), approval, operator="operator:mei")

    plain, signing = approved(Profile.OPENID), approved(Profile.MESSAGE_SIGNING)
    assert (plain.require_par, plain.require_dpop) == (False, False)
    assert (signing.require_signed_request, signing.require_signed_response) == (True, True)


def test_requests_are_listed_newest_first_and_those_that_wait_alone(desk: PartnerWorld, key: Key) -> None:
    first = asked(desk, key)
    desk.world.clock.passes(seconds=1)
    second = asked(desk, key)
    desk.decide.refuse(first, "duplicate", operator="operator:mei")
    assert [request.reference for request in desk.decide.list()] == [second]
    assert [request.reference for request in desk.decide.list(waiting_only=False)] == [second, first]


def test_an_operator_may_grant_less_than_was_asked_and_never_more(desk: PartnerWorld, key: Key) -> None:
    narrowed = Approval(agency="ferry-company", scopes=frozenset({"openid", "documents:issue"}))
    client = desk.decide.approve(asked(desk, key), narrowed, operator="operator:mei")
    assert client.scopes == {"openid"}


def test_an_operator_may_keep_a_client_from_coming_back_alone(desk: PartnerWorld, key: Key) -> None:
    claims = wish(desk, key)
    claims["client_metadata"] |= {
        "scope": "openid profile offline_access",
        "grant_types": ["authorization_code", "refresh_token"],
    }

    def granted(*scopes: str) -> Client:
        claims["jti"] = f"for-{len(scopes)}"
        reference = body(ask(desk, sign(key, claims)))["reference"]
        approval = Approval(agency="ferry-company", scopes=frozenset(scopes))
        return desk.decide.approve(reference, approval, operator="operator:mei")

    kept_back, trusted = granted("openid", "profile"), granted("openid", "profile", "offline_access")
    assert kept_back.scopes == {"openid", "profile"}
    assert kept_back.grant_types == {"authorization_code"}
    assert trusted.grant_types == {"authorization_code", "refresh_token"}


def test_a_refusal_is_told_with_its_ground_and_is_final(desk: PartnerWorld, key: Key) -> None:
    reference = asked(desk, key)
    refused = desk.decide.refuse(reference, "purpose_not_lawful", operator="operator:mei")
    assert (refused.decided_by, refused.decided_at) == ("operator:mei", desk.world.clock())
    event = desk.world.journal.events[-1]
    assert (event.kind, event.actor, event.subjects, event.reason) == (
        "registration.refused",
        "operator:mei",
        (reference,),
        "purpose_not_lawful",
    )
    told = body(desk.get(f"/api/v1/registrations/{reference}"))
    assert (told["state"], told["ground"], told["client_id"]) == ("refused", "purpose_not_lawful", None)
    with pytest.raises(StepRefused, match="registration_request_decided"):
        desk.decide.approve(reference, Approval(agency="ferry-company"), operator="operator:mei")
    with desk.world.work(write=False) as work:
        assert work.clients.list() == ()
    with pytest.raises(StepRefused, match="ground_unknown"):
        desk.decide.refuse(reference, "because", operator="operator:mei")


def test_looking_at_a_request_is_recorded(desk: PartnerWorld, key: Key) -> None:
    reference = asked(desk, key)
    shown = desk.decide.show(reference.lower(), operator="operator:mei")
    assert shown.wish is not None
    assert shown.wish.organisation == "Ferry Company of Macau"
    event = desk.world.journal.events[-1]
    assert (event.kind, event.actor, event.subjects) == ("registration.shown", "operator:mei", (reference,))
    assert "desk@" not in str(desk.world.journal.events)
    assert "desk@" not in repr(shown)


def test_whose_agency_it_is_the_operator_says(desk: PartnerWorld, key: Key) -> None:
    reference = asked(desk, key, agency="registry-agency")
    with pytest.raises(EnrolmentRefused):
        desk.decide.approve(reference, Approval(agency="a b"), operator="operator:mei")
    client = desk.decide.approve(reference, Approval(agency="ferry-company"), operator="operator:mei")
    assert client.agency == "ferry-company"


BAD_CLAIMS: dict[str, dict[str, Any]] = {
    "registration_request_for_another_audience": {"aud": "https://other.example"},
    "registration_request_expired": {"exp": 1},
    "registration_request_lives_too_long": {"exp": 1_900_000_000},
    "registration_request_from_the_future": {"iat": 1_900_000_000},
    "registration_request_without_jti": {"jti": None},
    "organisation_missing": {"organisation": ""},
    "region_not_served": {"region": "US"},
    "contact_missing": {"contact": None},
    "purpose_missing": {"purpose": 7},
    "legal_basis_missing": {"legal_basis": "a\u202eb"},
}


@pytest.mark.parametrize("reason", BAD_CLAIMS)
def test_a_request_that_does_not_hold_is_refused(desk: PartnerWorld, key: Key, reason: str) -> None:
    assert problem(ask(desk, sign(key, wish(desk, key, **BAD_CLAIMS[reason])))) == (400, reason)


BAD_METADATA: dict[str, dict[str, Any]] = {
    "redirect_uri_malformed": {"redirect_uris": ["http://ferry.example/cb"]},
    "scope_unknown": {"scope": "openid everything"},
    "names_missing": {"client_name#pt": None},
    "auth_method_not_offered": {"token_endpoint_auth_method": "client_secret_post"},
    "keys_twice": {"jwks_uri": "https://agency.example/jwks"},
}


@pytest.mark.parametrize("reason", BAD_METADATA)
def test_what_could_not_be_registered_is_refused_before_anybody_reads_it(
    desk: PartnerWorld, key: Key, reason: str
) -> None:
    claims = wish(desk, key)
    laid = claims["client_metadata"] | BAD_METADATA[reason]
    claims["client_metadata"] = {name: value for name, value in laid.items() if value is not None}
    assert problem(ask(desk, sign(key, claims))) == (400, reason)


def test_what_is_no_address_at_all_is_refused_too(desk: PartnerWorld, key: Key) -> None:
    claims = wish(desk, key)
    claims["client_metadata"]["redirect_uris"] = ["https://[ferry.example/cb"]
    assert problem(ask(desk, sign(key, claims))) == (400, "redirect_uri_malformed")


def test_who_asks_proves_the_key_that_it_brings(desk: PartnerWorld, key: Key) -> None:
    thief, other = Key.make(kid="own-1"), Key.make(kid="own-2")
    assert problem(ask(desk, sign(thief, wish(desk, key)))) == (400, "signature_wrong")
    claims = wish(desk, key)
    claims["client_metadata"]["jwks"] = {"keys": [key.jwk, other.jwk]}
    assert problem(ask(desk, sign(key, claims))) == (400, "request_needs_one_key")
    claims["client_metadata"]["jwks"] = {"keys": [key.jwk | {"d": "AAAA"}]}
    assert problem(ask(desk, sign(key, claims))) == (400, "key_private")
    missing: Any
    for missing in ([], "text", None):
        assert problem(ask(desk, sign(key, wish(desk, key, client_metadata=missing)))) == (400, "key_set_malformed")
    assert problem(ask(desk, sign(key, wish(desk, key), typ="JWT"))) == (400, "registration_request_of_another_kind")
    assert problem(ask(desk, sign(key, wish(desk, key), alg="none"))) == (400, "algorithm_other_than_the_keys")
    assert problem(ask(desk, "a.b.c")) == (400, "jws_malformed")
    assert problem(ask(desk, "x" * 40_000)) == (400, "jws_too_long")
    assert problem(ask(desk, sign(key, wish(desk, key)), media="application/json"))[0] == 415


@pytest.mark.parametrize("media", ["Application/JWT", "application/jwt; charset=us-ascii", "application/jwt ;x=y"])
def test_a_request_is_read_however_its_type_is_spelled_and_its_file_ends(
    desk: PartnerWorld, key: Key, media: str
) -> None:
    answer = ask(desk, sign(key, wish(desk, key)) + "\r\n", media=media)
    assert answer.status == 202
    headers = dict(answer.headers)
    assert headers["Location"] == f"/api/v1/registrations/{body(answer)['reference']}"
    assert headers["Cache-Control"] == "no-store"
    assert dict(desk.get(headers["Location"]).headers)["Cache-Control"] == "no-store"


def test_a_request_is_taken_once(desk: PartnerWorld, key: Key) -> None:
    signed = sign(key, wish(desk, key))
    assert ask(desk, signed).status == 202
    assert problem(ask(desk, signed)) == (400, "registration_request_replayed")


def test_a_request_is_taken_once_for_as_long_as_it_could_be_believed(desk: PartnerWorld, key: Key) -> None:
    lasting = int((desk.world.clock() + LONGEST_LIFE + AHEAD).timestamp())
    signed = sign(key, wish(desk, key, exp=lasting))
    assert ask(desk, signed).status == 202
    desk.world.clock.passes(seconds=(LONGEST_LIFE + AHEAD).total_seconds() - 1)
    with desk.world.work(write=True) as work:
        work.replays.purge(before=desk.world.clock())
        work.commit()
    assert problem(ask(desk, signed)) == (400, "registration_request_replayed")


def test_a_request_is_named_by_its_partner_alone(desk: PartnerWorld, key: Key) -> None:
    other = Key.make(kid="own-2")
    for each in (key, other):
        assert ask(desk, sign(each, wish(desk, each, jti="the-first"))).status == 202


def test_one_source_cannot_take_every_place(desk: PartnerWorld, key: Key) -> None:
    for _ in range(MOST_OF_ONE_SOURCE):
        asked(desk, Key.make())
    refused = ask(desk, sign(key, wish(desk, key)))
    assert problem(refused) == (429, "too_many_requests")
    assert dict(refused.headers)["Retry-After"] == "3600"
    assert ask(desk, sign(key, wish(desk, key)), remote="198.51.100.7").status == 202


def test_partners_behind_our_own_proxy_do_not_share_the_places_of_one_source(desk: PartnerWorld, key: Key) -> None:
    near = {"remote": "10.0.0.5"}
    for _ in range(MOST_OF_ONE_SOURCE):
        each = Key.make()
        assert ask(desk, sign(each, wish(desk, each)), **near, x_forwarded_for="198.51.100.1").status == 202
    there = ask(desk, sign(key, wish(desk, key)), **near, x_forwarded_for="192.0.2.9, 198.51.100.1")
    assert problem(there) == (429, "too_many_requests")  # whatever the sender wrote before the proxy's word
    assert ask(desk, sign(key, wish(desk, key)), **near, x_forwarded_for="198.51.100.2").status == 202


def test_all_sources_together_cannot_lay_more_before_operators_than_they_can_read(
    desk: PartnerWorld, key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask_to_register, "MOST_WAITING", 3)
    remotes = [f"198.51.100.{number}" for number in range(4)]
    answers = [ask(desk, sign(key, wish(desk, key)), remote=remote) for remote in remotes]
    assert [answer.status for answer in answers] == [202] * 3 + [429]
    desk.decide.refuse(body(answers[0])["reference"], "incomplete", operator="operator:mei")
    assert ask(desk, sign(key, wish(desk, key)), remote=remotes[3]).status == 202


def test_where_a_request_came_from_lies_nowhere_in_the_clear(
    desk: PartnerWorld, key: Key, sqlite_engine: sa.Engine
) -> None:
    assert ask(desk, sign(key, wish(desk, key)), remote="198.51.100.7").status == 202
    with sqlite_engine.connect() as connection:
        (kept,) = connection.execute(sa.select(registration_requests)).all()
    assert "198.51.100" not in str(kept) + str([astuple(event) for event in desk.world.journal.events])


def test_whoever_floods_the_door_is_told_to_come_later(desk: PartnerWorld) -> None:
    answers = [ask(desk, "a.b.c").status for _ in range(PER_MINUTE + 1)]
    assert answers == [400] * PER_MINUTE + [429]
    desk.world.clock.passes(minutes=1)
    assert ask(desk, "a.b.c").status == 400


def test_a_reference_that_nobody_was_given_tells_nothing(desk: PartnerWorld) -> None:
    for guess in ("AAAA-BBBB-CCCC-DDDD-EEEE", "x" * 500, "%00"):
        assert problem(desk.get(f"/api/v1/registrations/{guess}")) == (404, "registration_request_unknown")
    with pytest.raises(NotFound):
        desk.decide.approve("AAAA-BBBB", Approval(agency="a"), operator="operator")


def test_a_request_that_nobody_decides_lapses_and_is_forgotten(desk: PartnerWorld, key: Key) -> None:
    reference = asked(desk, key)
    desk.world.clock.passes(days=31)
    desk.watch.put_away()
    assert desk.ask.state(reference).state is RequestState.LAPSED
    desk.world.clock.passes(days=60)
    desk.watch.put_away()
    with pytest.raises(NotFound):
        desk.ask.state(reference)


def test_a_check_needs_purposes_that_the_operator_names(desk: PartnerWorld, key: Key) -> None:
    claims = wish(desk, key)
    claims["client_metadata"]["authorization_details_types"] = ["biometric_check"]
    answer = ask(desk, sign(key, claims))
    assert answer.status == 202
    reference = body(answer)["reference"]
    with pytest.raises(RequestRefused, match="check_without_purpose"):
        desk.decide.approve(reference, Approval(agency="ferry-company"), operator="operator")
    purposes = Approval(agency="ferry-company", check_purposes=frozenset({"boarding"}))
    assert desk.decide.approve(reference, purposes, operator="operator").check_purposes == {"boarding"}
