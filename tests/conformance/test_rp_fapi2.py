"""Our client side under FAPI 2.0: `fapi2-security-profile-final-client-*`, by module.

The connector to One Account with `profile = "fapi2"`: requests are pushed, tokens are bound by DPoP.
"""

from typing import Any

import pytest

from gateway.errors import AssertionRejected
from gateway.ports.regions import Errand
from tests.fakes.oidc_signer import Key
from tests.fakes.upstream_provider import Party, UpstreamProvider


def upstream(**bent: Any) -> UpstreamProvider:
    return UpstreamProvider(fapi=True, wants_nonces=True, **bent)


def refused(reason: str, provider: UpstreamProvider, **settings: Any) -> None:
    with pytest.raises(AssertionRejected) as refusal:
        Party(provider, settings).sign_in()
    assert refusal.value.reason == reason


def accepted(provider: UpstreamProvider, **settings: Any) -> None:
    assert Party(provider, settings).sign_in().subject == "subject-1"


def test_fapi2_security_profile_final_client_test_happy_path() -> None:
    """Each server's nonce is learnt from its refusal, and known the next time."""
    provider = upstream()
    party = Party(provider)
    assert party.sign_in().attributes is not None
    first = provider.paths()
    assert [first.count(path) for path in ("/par", "/token", "/userinfo")] == [1, 2, 2]
    party.sign_in()
    again = provider.paths()[len(first) :]
    assert [again.count(path) for path in ("/par", "/token", "/userinfo")] == [1, 1, 1]


def test_fapi2_security_profile_final_client_test_happy_path_no_dpop_nonce() -> None:
    provider = UpstreamProvider(fapi=True)
    accepted(provider)
    assert provider.paths().count("/token") == 1


def test_fapi2_security_profile_final_client_test_discovery_issuer_mismatch() -> None:
    provider = upstream(metadata={"issuer": "https://another.example"})
    refused("issuer_wrong", provider)
    assert provider.paths() == ["/.well-known/openid-configuration"]  # nothing was said to its endpoints


def test_fapi2_security_profile_final_client_test_ensure_authorization_response_with_invalid_missing_state_fails() -> (
    None
):
    provider = upstream(response={"state": None})
    refused("state_wrong", provider)
    assert "/token" not in provider.paths()


def test_fapi2_security_profile_final_client_test_ensure_authorization_response_with_invalid_state_fails() -> None:
    provider = upstream(response={"state": "state-0002"})
    refused("state_wrong", provider)
    assert "/token" not in provider.paths()


def test_fapi2_security_profile_final_client_test_invalid_alternate_alg() -> None:
    """An algorithm outside FAPI's, or not the one that the operator settled on, or not the key's."""
    rsa = Key.make("PS256", kid="rsa-1")
    refused("algorithm_not_allowed", upstream(keys=[rsa], header={"alg": "RS256"}))
    refused("algorithm_not_allowed", upstream(keys=[rsa]), algorithms=frozenset({"ES256"}))
    refused("key_unknown", upstream(header={"alg": "PS256"}))
    with pytest.raises(ValueError, match="RS256"):
        Party(upstream(), {"algorithms": frozenset({"ES256", "RS256"})})


def test_fapi2_security_profile_final_client_test_invalid_null_alg() -> None:
    refused("algorithm_not_allowed", upstream(header={"alg": "none"}))
    refused("algorithm_not_allowed", upstream(header={"alg": None}))


@pytest.mark.parametrize("issuer", ["https://another.example", "https://op.example/", ""])
def test_fapi2_security_profile_final_client_test_invalid_authorization_response_iss(issuer: str) -> None:
    provider = upstream(response={"iss": issuer})
    refused("issuer_wrong", provider)
    assert "/token" not in provider.paths()


def test_fapi2_security_profile_final_client_test_remove_authorization_response_iss() -> None:
    """Under FAPI 2.0 also where the metadata do not announce it (§5.3.3.2)."""
    provider = upstream(response={"iss": None})
    refused("issuer_wrong", provider)
    assert "/token" not in provider.paths()


CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "test-invalid-aud": ({"aud": "another"}, "audience_wrong"),
    "test-invalid-missing-aud": ({"aud": None}, "audience_wrong"),
    "test-invalid-secondary-aud": ({"aud": ["gateway", "another"]}, "audience_wrong"),
    "test-invalid-expired-exp": ({"exp": 1_700_000_000}, "assertion_expired"),
    "test-invalid-missing-exp": ({"exp": None}, "assertion_expired"),
    "test-invalid-iss": ({"iss": "https://another.example"}, "issuer_wrong"),
    "test-invalid-missing-iss": ({"iss": None}, "issuer_wrong"),
    "test-invalid-nonce": ({"nonce": "another"}, "nonce_wrong"),
    "test-invalid-missing-nonce": ({"nonce": None}, "nonce_wrong"),
}


@pytest.mark.parametrize("module", CLAIMS)
def test_an_id_token_that_does_not_hold_is_refused(module: str) -> None:
    """Modules fapi2-security-profile-final-client-test-invalid-aud,
    fapi2-security-profile-final-client-test-invalid-missing-aud,
    fapi2-security-profile-final-client-test-invalid-secondary-aud,
    fapi2-security-profile-final-client-test-invalid-expired-exp,
    fapi2-security-profile-final-client-test-invalid-missing-exp,
    fapi2-security-profile-final-client-test-invalid-iss,
    fapi2-security-profile-final-client-test-invalid-missing-iss,
    fapi2-security-profile-final-client-test-invalid-nonce,
    fapi2-security-profile-final-client-test-invalid-missing-nonce.
    """
    claims, reason = CLAIMS[module]
    provider = upstream(claims=claims)
    refused(reason, provider)
    assert "/userinfo" not in provider.paths()


def test_fapi2_security_profile_final_client_test_valid_aud_as_array() -> None:
    accepted(upstream(claims={"aud": ["gateway"]}))


@pytest.mark.parametrize("scheme", ["DPoP", "dpop", "DPOP", "dPoP"])
def test_fapi2_security_profile_final_client_test_rs_dpop_auth_scheme_case_insensitivity(scheme: str) -> None:
    """A resource's challenge for a nonce is understood in whichever letters its scheme is written."""
    provider = UpstreamProvider(fapi=True, wants_nonces=True, challenge_scheme=scheme)
    accepted(provider)


@pytest.mark.parametrize("kind", ["DPoP", "dpop", "DPOP", "dPop"])
def test_fapi2_security_profile_final_client_test_token_type_case_insensitivity(kind: str) -> None:
    accepted(upstream(tokens={"token_type": kind}))


def test_fapi2_security_profile_final_client_test_token_endpoint_response_without_expires_in() -> None:
    accepted(upstream(tokens={"expires_in": None}))


def test_a_token_that_is_not_bound_is_refused() -> None:
    """FAPI 2.0 §5.3.2.1: a provider that answers with a bearer token has lost the proof, or never looked."""
    refused("token_type_unexpected", upstream(tokens={"token_type": "Bearer"}))


def test_a_refresh_token_that_was_not_asked_for_is_left_behind() -> None:
    provider = upstream(tokens={"refresh_token": "refresh"})
    accepted(provider)
    assert "offline_access" not in provider.asked[0]["scope"]
    assert not any("refresh" in str(form) for _, _, _, form in provider.requests)


def test_a_server_that_asks_for_another_nonce_each_time_is_not_followed_for_ever() -> None:
    provider = upstream()
    party = Party(provider)

    def other(url: str) -> str:
        return f"nonce-{len(provider.requests)}"

    provider.nonce_for = other
    with pytest.raises(AssertionRejected, match="code_refused"):
        party.sign_in()
    assert provider.paths().count("/token") == 2


def test_a_provider_that_takes_no_pushed_requests_is_no_fapi_provider() -> None:
    refused("push_refused", upstream(metadata={"pushed_authorization_request_endpoint": None}))


@pytest.mark.parametrize("errand", [Errand.AUTHENTICATE, Errand.CONFIRM])
def test_other_errands_are_pushed_too(errand: Errand) -> None:
    provider = upstream()
    assert Party(provider).sign_in(errand).attributes is None
    assert provider.asked[0].get("prompt") == ("login" if errand is Errand.CONFIRM else None)


def test_fapi_takes_no_shared_secret() -> None:
    with pytest.raises(ValueError, match="fapi2 takes private_key_jwt"):
        Party(UpstreamProvider(fapi=True, authentication="client_secret_basic"))
