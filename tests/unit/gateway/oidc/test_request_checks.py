"""What each check of an authorization request refuses, with the standard's code."""

from inspect import isfunction, signature

import pytest
from msgspec.structs import replace

from gateway.errors import ClientUnknown, RequestRefused
from gateway.oidc import request_checks
from gateway.oidc.asked_claims import plain
from gateway.oidc.authorization_request import pack, unpack
from gateway.oidc.client import Client
from gateway.oidc.offer import Offer
from gateway.oidc.request_checks import read

OFFER = Offer(
    issuer="https://gateway.example",
    scope_claims={"openid": (), "profile": ("name", "birthdate", "gender"), "email": ("email",)},
)
CLIENT = Client(
    id="registry",
    agency="registry-agency",
    names={"en": "Registry"},
    region="CN-44",
    redirect_uris=("https://agency.example/cb",),
    scopes=frozenset({"openid", "profile", "documents:issue"}),
    detail_types=frozenset({"biometric_check"}),
    check_purposes=frozenset({"business_registration"}),
)
HONEST = {
    "client_id": "registry",
    "response_type": "code",
    "redirect_uri": "https://agency.example/cb",
    "scope": "openid profile",
    "code_challenge": "c" * 43,
    "code_challenge_method": "S256",
}
DETAIL = '{"type":"biometric_check","application":"A-1","purpose":"business_registration"}'
ODD_NUMBER, OTHER_PURPOSE = DETAIL.replace("A-1", "<b>"), DETAIL.replace("business", "other")
DETAILS = "invalid_authorization_details"

REFUSED = [
    ("_value", {"state": "s" * 1025}, "invalid_request", "state_malformed"),
    ("_value", {"state": "é"}, "invalid_request", "state_malformed"),
    ("_value", {"nonce": "n" * 1025}, "invalid_request", "nonce_malformed"),
    ("_no_request_object", {"request": "e30."}, "request_not_supported", "request_parameter_refused"),
    ("_no_request_object", {"registration": "{}"}, "registration_not_supported", "registration_parameter_refused"),
    ("_no_request_object", {"request_uri": "https://x.example"}, "invalid_request", "request_uri_nested"),
    ("_response_type", {"response_type": None}, "invalid_request", "response_type_missing"),
    ("_response_type", {"response_type": "token"}, "unsupported_response_type", "response_type_other_than_code"),
    (
        "_response_type",
        {"response_type": "code id_token"},
        "unsupported_response_type",
        "response_type_other_than_code",
    ),
    ("_response_mode", {"response_mode": "fragment"}, "invalid_request", "response_mode_unknown"),
    ("_scope", {"scope": None}, "invalid_scope", "scope_without_openid"),
    ("_scope", {"scope": "profile"}, "invalid_scope", "scope_without_openid"),
    ("_scope", {"scope": "openid email"}, "invalid_scope", "scope_not_allowed"),
    ("_scope", {"scope": "openid documents:issue"}, "invalid_scope", "scope_not_allowed"),
    ("_scope", {"scope": "openid  profile"}, "invalid_scope", "scope_malformed"),
    ("_scope", {"scope": 'openid "'}, "invalid_scope", "scope_malformed"),
    ("_challenge", {"code_challenge": None}, "invalid_request", "code_challenge_missing"),
    ("_challenge", {"code_challenge": "short"}, "invalid_request", "code_challenge_malformed"),
    ("_challenge", {"code_challenge_method": "plain"}, "invalid_request", "code_challenge_method_other_than_s256"),
    ("_challenge", {"code_challenge_method": None}, "invalid_request", "code_challenge_method_other_than_s256"),
    ("_prompt", {"prompt": "maybe"}, "invalid_request", "prompt_unknown"),
    ("_prompt", {"prompt": "none login"}, "invalid_request", "prompt_none_with_another"),
    ("_max_age", {"max_age": "-1"}, "invalid_request", "max_age_malformed"),
    ("_max_age", {"max_age": "٣"}, "invalid_request", "max_age_malformed"),
    ("_wishes", {"acr_values": "a" * 101}, "invalid_request", "acr_values_malformed"),
    ("_locales", {"ui_locales": "zh_HK"}, "invalid_request", "ui_locales_malformed"),
    ("_locales", {"claims_locales": "zh_HK"}, "invalid_request", "claims_locales_malformed"),
    ("_login_hint", {"login_hint": "h" * 257}, "invalid_request", "login_hint_too_long"),
    ("_wishes", {"claims": "[]"}, "invalid_request", "claims_malformed"),
    ("_wishes", {"claims": '{"userinfo":{"name":1}}'}, "invalid_request", "claims_malformed"),
    ("_wishes", {"claims": '{"userinfo":{"name":{"essential":"yes"}}}'}, "invalid_request", "claims_malformed"),
    ("_wishes", {"claims": '{"userinfo":{},"userinfo":{}}'}, "invalid_request", "claims_malformed"),
    ("_wishes", {"claims": '{"userinfo":{"\\ud800":null}}'}, "invalid_request", "claims_malformed"),
    ("_wishes", {"claims": '{"userinfo":{"name":{"value":1' + "0" * 30 + "}}}"}, "invalid_request", "claims_malformed"),
    ("_wishes", {"claims": '{"x":' + "[" * 300 + "]" * 300 + "}"}, "invalid_request", "claims_malformed"),
    ("_wishes", {"claims": "[" * 4000}, "invalid_request", "claims_malformed"),
    ("_wishes", {"authorization_details": "{}"}, DETAILS, "details_malformed"),
    ("_wishes", {"authorization_details": "[]"}, DETAILS, "details_malformed"),
    ("_wishes", {"authorization_details": "[1]"}, DETAILS, "details_type_unknown"),
    ("_wishes", {"authorization_details": '[{"type":"payment"}]'}, DETAILS, "details_type_unknown"),
    ("_wishes", {"authorization_details": '[{"type":["biometric_check"]}]'}, DETAILS, "details_type_unknown"),
    ("_wishes", {"authorization_details": '[{"type":"biometric_check"}]'}, DETAILS, "details_fields_wrong"),
    ("_wishes", {"authorization_details": f'[{DETAIL[:-1]},"x":1}}]'}, DETAILS, "details_fields_wrong"),
    (
        "_wishes",
        {"authorization_details": f"[{DETAIL.replace('A-1', '<b>')}]"},
        DETAILS,
        "details_application_malformed",
    ),
    (
        "_wishes",
        {"authorization_details": f"[{DETAIL.replace('business', 'x')}]"},
        DETAILS,
        "details_purpose_not_allowed",
    ),
    ("_key", {"dpop_jkt": "short"}, "invalid_request", "dpop_jkt_malformed"),
]


def laid(other: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**HONEST, **other}.items() if value is not None}


@pytest.mark.parametrize(("check", "other", "code", "reason"), REFUSED)
def test_a_request_is_refused_when(check: str, other: dict[str, str | None], code: str, reason: str) -> None:
    with pytest.raises(RequestRefused) as refusal:
        read(laid(other), CLIENT, OFFER)
    assert (refusal.value.code, refusal.value.reason) == (code, reason)


def test_every_check_has_an_example() -> None:
    looking = {
        name
        for name, made in vars(request_checks).items()
        if isfunction(made) and "asked" in signature(made).parameters
    }
    assert {example[0] for example in REFUSED} == looking


@pytest.mark.parametrize("uri", [None, "https://agency.example/cb/", "https://agency.example/CB", "javascript:0"])
def test_nobody_is_trusted_before_the_redirect_uri_is_the_clients_own(uri: str | None) -> None:
    with pytest.raises(ClientUnknown):
        read(laid({"redirect_uri": uri, "response_type": "token"}), CLIENT, OFFER)


def test_a_type_that_the_client_may_not_use_is_refused() -> None:
    with pytest.raises(RequestRefused, match="details_type_not_allowed"):
        read(laid({"authorization_details": f"[{DETAIL}]"}), replace(CLIENT, detail_types=frozenset()), OFFER)


def test_an_honest_request_is_read_whole_and_parks_without_loss() -> None:
    request = read(
        laid(
            {
                "state": "s",
                "nonce": "n",
                "prompt": "login consent",
                "max_age": "0",
                "acr_values": "urn:gba:acr:3 urn:gba:acr:2",
                "login_hint": "HK",
                "ui_locales": "zh-Hant-HK en",
                "claims": '{"userinfo":{"name":{"essential":true},"unknown":null},"id_token":{"gender":null},"x":1}',
                "authorization_details": f"[{DETAIL}]",
                "dpop_jkt": "k" * 43,
                "unknown": "ignored",
            }
        ),
        CLIENT,
        OFFER,
    )
    assert request.key == "k" * 43
    assert request.max_age == 0
    assert request.acr_values == ("urn:gba:acr:3", "urn:gba:acr:2")
    assert request.authorization_details[0]["application"] == "A-1"
    assert unpack(pack(request)) == request
    assert plain(request, OFFER, "userinfo") == ("name", "birthdate", "gender")  # what is not offered is left out
    assert plain(request, OFFER, "id_token") == ("gender",)
