"""The connector to One Account beyond what every region must hold: the relying party's checks."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from deploy.sandbox.registration import CONFIRM_ACR
from gateway.errors import AssertionRejected, PersonDeclined, RegionUnavailable
from gateway.identity.assertion import RegionAssertion
from gateway.identity.document import DocumentType
from gateway.identity.region import Region as RegionCode
from gateway.ports.egress import Reply
from gateway.ports.regions import Arrived, Callback, Errand
from tests.fakes.outside import Outside
from tests.fakes.travels import ToMacau, changed, departure, settled


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registered")


@pytest.fixture
def travel(registered: Path) -> ToMacau:
    return ToMacau(Outside(registered))


def test_a_confirmation_asks_for_a_fresh_sign_in_with_a_one_time_password(travel: ToMacau) -> None:
    travel.trip = departure(Errand.CONFIRM)
    query = parse_qs(urlsplit(travel.region.depart(travel.trip).url).query)
    assert (query["prompt"], query["max_age"], query["acr_values"]) == (["login"], ["0"], [CONFIRM_ACR])
    assertion = settled(travel.region.arrive(*travel.away(otp="246810")))
    assert assertion.method == "password_otp"
    assert assertion.attributes is None


def test_a_confirmation_by_less_than_was_asked_is_refused(travel: ToMacau) -> None:
    travel.trip = departure(Errand.CONFIRM)
    travel.claims(acr="urn:mo:sandbox:password")
    with pytest.raises(AssertionRejected, match="acr_too_low"):
        travel.region.arrive(*travel.away(otp="246810"))


def test_a_confirmation_by_an_old_sign_in_is_refused(travel: ToMacau) -> None:
    travel.trip = departure(Errand.CONFIRM)
    travel.claims(auth_time=int(travel.outside.clock().timestamp()) - 3600)
    with pytest.raises(AssertionRejected, match="authentication_stale"):
        travel.region.arrive(*travel.away(otp="246810"))


@pytest.mark.parametrize(("seconds", "prompt"), [(0, ["login"]), (60, None)])
def test_an_agency_that_says_how_old_a_sign_in_may_be_is_given_no_older_one_of_the_providers_own(
    travel: ToMacau, seconds: int, prompt: list[str] | None
) -> None:
    travel.trip = replace(departure(Errand.AUTHENTICATE), max_age=timedelta(seconds=seconds))
    query = parse_qs(urlsplit(travel.region.depart(travel.trip).url).query)
    assert (query.get("prompt"), query["max_age"]) == (prompt, [str(seconds)])
    assert settled(travel.region.arrive(*travel.away())).method
    travel.claims(auth_time=int(travel.outside.clock().timestamp()) - 3600)
    with pytest.raises(AssertionRejected, match="authentication_stale"):
        travel.region.arrive(*travel.away())


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://elsewhere.example"}, "issuer_wrong"),
        ({"nonce": "another"}, "nonce_wrong"),
        ({"azp": "another"}, "party_wrong"),
        ({"at_hash": "another"}, "token_hash_wrong"),
        ({"sub": ""}, "subject_missing"),
        ({"acr": "urn:mo:sandbox:unheard-of"}, "acr_unknown"),
        ({"acr": None}, "acr_unknown"),
    ],
)
def test_a_claim_that_does_not_hold_is_refused(travel: ToMacau, claims: dict[str, Any], reason: str) -> None:
    travel.claims(**claims)
    with pytest.raises(AssertionRejected, match=reason):
        travel.happy()


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS256"])
def test_an_algorithm_that_is_not_on_the_list_is_refused(travel: ToMacau, algorithm: str) -> None:
    def change(answer: dict[str, Any]) -> None:
        head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).decode().rstrip("=")
        answer["id_token"] = f"{head}.{'.'.join(answer['id_token'].split('.')[1:])}"

    travel.outside.egress.changes["/mo/token"] = changed(change)
    with pytest.raises(AssertionRejected, match="algorithm_not_allowed"):
        travel.happy()


def test_somebody_elses_userinfo_is_refused(travel: ToMacau) -> None:
    with pytest.raises(AssertionRejected, match="subject_differs"):
        travel.userinfo(lambda answer: answer.update(sub="another"))


@pytest.mark.parametrize("issuer", [None, "https://elsewhere.example"])
def test_a_response_that_does_not_name_its_issuer_is_refused(travel: ToMacau, issuer: str | None) -> None:
    back, trip = travel.away()
    query = {name: value for name, value in back.query.items() if name != "iss"}
    with pytest.raises(AssertionRejected, match="issuer_wrong"):
        travel.region.arrive(Callback(query=query | ({"iss": issuer} if issuer else {})), trip)


def test_metadata_of_another_issuer_is_refused(travel: ToMacau) -> None:
    travel.outside.egress.changes["openid-configuration"] = changed(lambda found: found.update(issuer="https://x"))
    with pytest.raises(AssertionRejected, match="issuer_wrong"):
        travel.happy()


def test_a_verifier_that_is_not_ours_gets_no_tokens(travel: ToMacau) -> None:
    back, trip = travel.away()
    with pytest.raises(AssertionRejected, match="code_refused"):
        travel.region.arrive(back, replace(trip, memory={**trip.memory, "verifier": "v" * 50}))


def test_a_person_who_lets_it_run_out_has_declined(travel: ToMacau) -> None:
    with pytest.raises(PersonDeclined, match="timed_out"):
        travel.region.arrive(*travel.away(answer="time_out"))


def test_metadata_outlive_a_provider_that_is_down(travel: ToMacau) -> None:
    travel.happy()
    travel.outside.clock.move(travel.outside.settings.macau.keys_live * 2)  # type: ignore[union-attr]
    travel.outside.egress.changes["openid-configuration"] = _broken
    travel.outside.egress.changes["/mo/jwks"] = _broken
    assert isinstance(travel.happy(), RegionAssertion)


def test_without_metadata_there_is_no_departure(travel: ToMacau) -> None:
    travel.outside.egress.down = True
    with pytest.raises(RegionUnavailable):
        travel.region.depart(travel.trip)


def test_the_permit_is_taken_where_macau_holds_it(travel: ToMacau) -> None:
    result = settled(travel.region.arrive(*travel.away()))
    assert result.attributes is not None
    assert {d.type for d in result.attributes.documents} == {DocumentType.MO_BIR, DocumentType.HOME_RETURN_PERMIT}


def test_it_is_the_region_it_says(travel: ToMacau) -> None:
    arrival = travel.region.arrive(*travel.away())
    assert isinstance(arrival, Arrived)
    assert arrival.assertion.region is RegionCode.MACAU


def _broken(reply: Reply) -> Reply:
    return replace(reply, status=503)
