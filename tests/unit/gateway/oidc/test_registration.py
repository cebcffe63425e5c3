"""What a registration may ask for within an invitation, rule by rule, and what of a client an update decides."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway.errors import RequestRefused
from gateway.oidc import client_metadata, registration
from gateway.oidc.client import Client
from gateway.oidc.client_metadata import MOST_ITEMS
from gateway.oidc.invitation import Reach
from gateway.oidc.offer import Offer
from gateway.oidc.profile import Profile
from gateway.oidc.registration import check_update
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


OTHERWISE: dict[str, tuple[dict[str, Any], Client]] = {
    "nothing of responses, for who gets no codes": ({"response_types": []}, drafted()),
    "the one type of response": ({"response_types": ["code"]}, drafted()),
    "no scope at all": ({"scope": ""}, replace(drafted(), scopes=frozenset())),
    "a program on the person's own machine": ({"application_type": "native"}, drafted()),
    "signed requests": ({"require_signed_request_object": True}, replace(drafted(), require_signed_request=True)),
    "userinfo signed": (
        {"userinfo_signed_response_alg": "ES256"}, replace(drafted(), userinfo_signed_response_alg="ES256")),
}  # fmt: skip


@pytest.mark.parametrize("what", OTHERWISE)
def test_within_it_a_client_becomes_what_it_asked_for(what: str) -> None:
    told, client = OTHERWISE[what]
    assert drafted(**told) == client


EVERYTHING: dict[str, Any] = TOLD | {
    "client_name#en": "Ferry",
    "post_logout_redirect_uris": ["https://ferry.example/bye"],
    "backchannel_logout_uri": "https://ferry.example/hear",
    "backchannel_logout_session_required": True,
    "response_types": ["code"],
    "grant_types": ["authorization_code"],
    "scope": "openid profile",
    "subject_type": "pairwise",
    "token_endpoint_auth_method": "private_key_jwt",
    "id_token_signed_response_alg": OFFER.signing[0],
    "userinfo_signed_response_alg": OFFER.signing[0],
    "authorization_signed_response_alg": OFFER.signing[0],
    "require_pushed_authorization_requests": True,
    "require_signed_request_object": True,
    "dpop_bound_access_tokens": True,
    "tls_client_certificate_bound_access_tokens": True,
    "authorization_details_types": ["biometric_check"],
    **{f"{name}_uri": f"https://ferry.example/{name}" for name in ("client", "logo", "policy", "tos")},
    "contacts": ["desk@ferry.example"],
    "software_id": "tickets",
    "software_version": "2.1",
    "token_endpoint_auth_signing_alg": "ES256",
    "request_object_signing_alg": "PS256",
}
SIGNED = replace(REACH, profile=Profile.MESSAGE_SIGNING)


def read_back(reach: Reach, laid: dict[str, Any]) -> dict[str, Any]:
    told = client_metadata.read(laid, locales=OFFER.locales)
    return registration.described(registration.drafted(told, reach, OFFER, id="dyn-1"), told.about, OFFER)


def test_who_says_all_that_can_be_said_reads_it_back() -> None:
    assert read_back(SIGNED, EVERYTHING) == EVERYTHING | {"client_id": "dyn-1"}
    by_address = EVERYTHING | {"jwks_uri": "https://ferry.example/jwks"}
    del by_address["jwks"]
    assert read_back(SIGNED, by_address) == by_address | {"client_id": "dyn-1"}


def test_who_says_little_reads_what_it_is_held_to_and_no_more() -> None:
    assert read_back(REACH, TOLD) == TOLD | {
        "client_id": "dyn-1",
        "client_name#en": "Ferry",
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "scope": "openid profile",
        "subject_type": "pairwise",
        "token_endpoint_auth_method": "private_key_jwt",
        "id_token_signed_response_alg": OFFER.signing[0],
        "require_pushed_authorization_requests": True,
        "require_signed_request_object": False,
        "dpop_bound_access_tokens": True,
        "tls_client_certificate_bound_access_tokens": False,
    }


@pytest.mark.parametrize("name", sorted(EVERYTHING.keys() - {"client_name", "client_name#en"}))
def test_an_update_says_everything_anew(name: str) -> None:
    """RFC 7592 §2.2: what it leaves out is gone, and what it says first is there."""
    without = {other: value for other, value in EVERYTHING.items() if other != name}
    needed = {"redirect_uris": ["https://ferry.example/other"], "jwks": {"keys": [Key.make(kid="next").jwk]}}
    needed |= {each: "New" for each in TOLD if each.startswith("client_name")}
    full, less = drafted(SIGNED, **EVERYTHING), drafted(SIGNED, **without, **{name: needed.get(name)})
    assert registration.changed(full, less) == replace(less, check_purposes=full.check_purposes)
    assert registration.changed(less, full) == full


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jwks_uri", "https://ferry.example/jwks"),
        ("token_endpoint_auth_method", "self_signed_tls_client_auth"),
        ("grant_types", frozenset({"client_credentials"})),
        ("require_signed_request", True),
        ("require_signed_response", True),
    ],
)
def test_how_a_client_acts_an_update_decides_too(name: str, value: Any) -> None:
    wanted = replace(drafted(), **{name: value})
    assert registration.changed(drafted(), wanted) == wanted


def test_an_update_lifts_the_profile_that_a_plain_client_took_upon_itself() -> None:
    held = drafted(PLAIN, require_pushed_authorization_requests=True, dpop_bound_access_tokens=True)
    assert registration.changed(held, drafted(PLAIN)) == drafted(PLAIN)


def test_who_may_do_nothing_is_no_client() -> None:
    assert reason(grant_types=[]) == "grant_type_unknown"
    assert reason(response_types=["code", "token"]) == "response_type_not_offered"


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


@pytest.mark.parametrize(
    "name",
    [
        "registration_access_token",
        "registration_client_uri",
        "client_id_issued_at",
        "client_secret_expires_at",
        "client_secret",
    ],
)
def test_an_update_says_nothing_that_is_ours_to_say(name: str) -> None:
    check_update(TOLD | {"client_id": "dyn-1"}, "dyn-1")
    with pytest.raises(RequestRefused, match="client_id_of_another"):
        check_update(TOLD, "dyn-1")
    with pytest.raises(RequestRefused, match="metadata_not_the_clients_to_say"):
        check_update(TOLD | {"client_id": "dyn-1", name: None}, "dyn-1")
