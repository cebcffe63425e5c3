"""What a registration may ask for within an invitation, rule by rule, and what of a client an update decides."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import RequestRefused
from gateway.oidc import client_metadata, registration
from gateway.oidc.client import Client
from gateway.oidc.client_metadata import MOST_ITEMS
from gateway.oidc.invitation import Reach
from gateway.oidc.offer import Offer
from gateway.oidc.profile import Profile
from gateway.oidc.registration import OURS_TO_SAY, check_update
from tests.fakes.oidc_signer import Key

OFFER = Offer(issuer="https://gateway.example", certificate_bound_tokens=True)
REACH = Reach(
    agency="ferry-company",
    region="MO",
    scopes=frozenset({"openid", "profile"}),
    grant_types=frozenset({"authorization_code"}),
    detail_types=frozenset({"biometric_check"}),
    check_purposes=frozenset({"boarding"}),
    hosts=frozenset({"ferry.example"}),
)
KEY = Key.make(kid="own")
TOLD: dict[str, Any] = {
    "client_name": "Ferry",
    "client_name#zh-Hant": "渡輪",
    "client_name#zh-Hans": "渡轮",
    "client_name#pt": "Barco",
    "redirect_uris": ["https://ferry.example/cb"],
    "jwks": {"keys": [KEY.jwk]},
}


def drafted(reach: Reach = REACH, /, **other: Any) -> Client:
    laid = {name: value for name, value in (TOLD | other).items() if value is not None}
    told = client_metadata.read(laid, locales=OFFER.locales)
    return registration.drafted(told, reach, OFFER, id="dyn-1")


def reason(reach: Reach = REACH, /, **other: Any) -> str | None:
    try:
        drafted(reach, **other)
    except RequestRefused as refusal:
        return refusal.reason
    return None


PLAIN = replace(REACH, profile=Profile.OPENID)


def test_what_is_left_unsaid_is_what_the_profile_asks_for() -> None:
    client = drafted()
    assert (client.scopes, client.grant_types) == (REACH.scopes, REACH.grant_types)
    assert (client.require_par, client.require_dpop, client.require_mtls) == (True, True, False)
    assert (client.detail_types, client.check_purposes) == (frozenset(), frozenset())
    assert (drafted(PLAIN).require_par, drafted(PLAIN).require_dpop) == (False, False)


def test_tokens_are_bound_to_a_key_a_certificate_or_both() -> None:
    by_certificate = drafted(tls_client_certificate_bound_access_tokens=True)
    assert (by_certificate.require_dpop, by_certificate.require_mtls) == (False, True)
    both = drafted(tls_client_certificate_bound_access_tokens=True, dpop_bound_access_tokens=True)
    assert (both.require_dpop, both.require_mtls) == (True, True)
    assert reason(tls_client_certificate_bound_access_tokens=True, dpop_bound_access_tokens=False) is None
    assert reason(dpop_bound_access_tokens=False) == "tokens_must_be_bound"
    assert reason(PLAIN, dpop_bound_access_tokens=False) is None


def test_who_takes_one_half_of_a_profile_upon_itself_is_held_to_the_other() -> None:
    client = drafted(PLAIN, require_pushed_authorization_requests=True, dpop_bound_access_tokens=True)
    assert (client.require_par, client.require_dpop) == (True, True)
    assert reason(PLAIN, require_pushed_authorization_requests=True) == "tokens_not_bound"
    assert reason(require_pushed_authorization_requests=False) == "par_cannot_be_lifted"
    assert reason(PLAIN, require_pushed_authorization_requests=False) is None


REFUSED: dict[str, tuple[Reach, dict[str, Any], str]] = {
    "a signed answer of another algorithm": (
        REACH, {"authorization_signed_response_alg": "RS256"}, "answer_algorithm_not_offered"),
    "a signed introspection of another algorithm": (
        REACH, {"introspection_signed_response_alg": "none"}, "answer_algorithm_not_offered"),
    "a signed request of another algorithm": (
        REACH, {"request_object_signing_alg": "none"}, "auth_algorithm_not_offered"),
    "requests at an address": (REACH, {"request_uris": ["https://ferry.example/r"]}, "request_uris_not_offered"),
    "checks that were not invited": (
        replace(REACH, detail_types=frozenset()), {"authorization_details_types": ["biometric_check"]},
        "detail_type_not_invited"),
    "an address after signing out elsewhere": (
        REACH, {"post_logout_redirect_uris": ["https://other.example/bye"]}, "host_not_invited"),
    "an ear elsewhere": (REACH, {"backchannel_logout_uri": "https://other.example/hear"}, "host_not_invited"),
    "a host below an invited one": (REACH, {"redirect_uris": ["https://x.ferry.example/cb"]}, "host_not_invited"),
    "a site without encryption": (REACH, {"client_uri": "http://ferry.example"}, "client_metadata_malformed"),
    "one address twice": (REACH, {"redirect_uris": TOLD["redirect_uris"] * 2}, "client_metadata_malformed"),
    "contacts without end": (
        REACH, {"contacts": [f"desk-{number}" for number in range(MOST_ITEMS + 1)]}, "client_metadata_malformed"),
    "a padded name": (REACH, {"client_name": " Ferry"}, "client_metadata_malformed"),
    "a name with unseen letters": (REACH, {"client_name": "Fer\u200bry"}, "client_metadata_malformed"),
    "an endless name": (REACH, {"client_name": "x" * 201}, "client_metadata_malformed"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_goes_beyond_it_is_refused_by_name(what: str) -> None:
    reach, other, expected = REFUSED[what]
    assert reason(reach, **other) == expected


def test_purposes_of_checks_come_from_the_invitation_alone() -> None:
    assert drafted(authorization_details_types=["biometric_check"]).check_purposes == {"boarding"}


def test_the_plainest_tag_of_a_language_names_the_client() -> None:
    assert drafted(**{"client_name#pt-PT": "Barca"}).names["pt"] == "Barco"
    assert drafted(**{"client_name#pt": None, "client_name#pt-PT": "Barca"}).names["pt"] == "Barca"
    assert drafted(**{"client_name#en": "Ferry Co"}).names["en"] == "Ferry Co"
    assert drafted().names["en"] == "Ferry"


def test_an_update_decides_what_metadata_say_and_nothing_that_an_operator_gave() -> None:
    present = replace(
        drafted(authorization_details_types=["biometric_check"]),
        check_purposes=frozenset({"ticketing"}),
        purpose={"en": "To sell tickets."},
        events_uri="https://ferry.example/events",
        events=frozenset({"link_undone"}),
        requests_per_minute=7,
        active=False,
        version=4,
    )
    wanted = drafted(authorization_details_types=["biometric_check"], scope="openid", client_name="New")
    after = registration.changed(present, wanted)
    assert after.scopes == {"openid"}
    assert after.names["en"] == "New"
    assert after == replace(present, scopes=wanted.scopes, names=wanted.names)


@pytest.mark.parametrize("name", OURS_TO_SAY)
def test_an_update_says_nothing_that_is_ours_to_say(name: str) -> None:
    check_update(TOLD | {"client_id": "dyn-1"}, "dyn-1")
    with pytest.raises(RequestRefused, match="metadata_not_the_clients_to_say"):
        check_update(TOLD | {"client_id": "dyn-1", name: None}, "dyn-1")
