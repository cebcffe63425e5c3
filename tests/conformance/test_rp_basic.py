"""Our client side towards an upstream provider: `oidcc-client-basic-certification-test-plan`, by module.

The client is the connector to One Account, which is configured and not written for one provider.
"""

from typing import Any

import pytest
from msgspec.structs import asdict

from gateway.errors import AssertionRejected
from gateway.ports.regions import Errand
from tests.fakes.oidc_signer import Key
from tests.fakes.upstream_provider import PROVIDER_KEY, Party, UpstreamProvider

RSA = Key.make("PS256", kid="rsa-1")
RS256_KEY = {**RSA.jwk, "alg": "RS256"}


def refused(reason: str, provider: UpstreamProvider, **settings: Any) -> None:
    with pytest.raises(AssertionRejected) as refusal:
        Party(provider, settings).sign_in()
    assert refusal.value.reason == reason


def accepted(provider: UpstreamProvider, **settings: Any) -> None:
    assert Party(provider, settings).sign_in().subject == "subject-1"


def test_oidcc_client_test() -> None:
    provider = UpstreamProvider()
    accepted(provider)
    (asked,) = provider.asked
    assert "openid" in asked["scope"].split()
    assert asked["nonce"]
    assert provider.paths() == ["/.well-known/openid-configuration", "/token", "/jwks", "/userinfo"]


def test_oidcc_client_test_invalid_iss() -> None:
    refused("issuer_wrong", UpstreamProvider(claims={"iss": "https://op.example/another"}))


def test_oidcc_client_test_missing_sub() -> None:
    refused("subject_missing", UpstreamProvider(claims={"sub": None}))


def test_oidcc_client_test_invalid_aud() -> None:
    refused("audience_wrong", UpstreamProvider(claims={"aud": "another"}))


def test_oidcc_client_test_missing_iat() -> None:
    refused("issued_at_wrong", UpstreamProvider(claims={"iat": None}))


def test_oidcc_client_test_kid_absent_single_jwks() -> None:
    accepted(UpstreamProvider(header={"kid": None}))
    accepted(UpstreamProvider(header={"kid": None}, published=[{**PROVIDER_KEY.bare_jwk, "use": "sig"}]))


def test_oidcc_client_test_kid_absent_multiple_jwks() -> None:
    """Which key is meant is not guessed, also where one of them would fit."""
    provider = UpstreamProvider(header={"kid": None}, keys=[PROVIDER_KEY, Key.make(kid="op-2")])
    refused("key_unknown", provider)


def test_oidcc_client_test_idtoken_sig_rs256() -> None:
    """Where the operator allows RS256, for a platform that has nothing better; with and without `alg` on the key."""
    provider = UpstreamProvider(keys=[RSA], published=[RS256_KEY], header={"alg": "RS256"})
    refused("algorithm_not_allowed", provider)
    accepted(provider, algorithms=frozenset({"RS256"}))
    provider.published = [{name: value for name, value in RS256_KEY.items() if name != "alg"}]
    accepted(provider, algorithms=frozenset({"ES256", "RS256"}))


@pytest.mark.parametrize("algorithms", [{"ES256"}, {"ES256", "PS256", "EdDSA", "RS256"}])
def test_oidcc_client_test_idtoken_sig_none(algorithms: set[str]) -> None:
    """Nothing that an operator can set lets an unsigned token in."""
    refused("algorithm_not_allowed", UpstreamProvider(header={"alg": "none"}), algorithms=frozenset(algorithms))
    with pytest.raises(ValueError, match="algorithms"):
        Party(UpstreamProvider(), {"algorithms": frozenset({"none"})})


def test_oidcc_client_test_invalid_sig_rs256() -> None:
    other = Key.make("PS256", kid="rsa-1")
    provider = UpstreamProvider(keys=[other], published=[RS256_KEY], header={"alg": "RS256"})
    refused("signature_wrong", provider, algorithms=frozenset({"RS256"}))


def test_oidcc_client_test_userinfo_bearer_header() -> None:
    provider = UpstreamProvider()
    accepted(provider)
    ((method, _, headers, form),) = [asked for asked in provider.requests if asked[1] == "/userinfo"]
    assert (method, headers["authorization"], form) == ("GET", "Bearer access", {})


def test_oidcc_client_test_userinfo_invalid_sub() -> None:
    refused("subject_differs", UpstreamProvider(userinfo={"sub": "another"}))
    refused("subject_differs", UpstreamProvider(userinfo={"sub": None}))


def test_oidcc_client_test_nonce_invalid() -> None:
    refused("nonce_wrong", UpstreamProvider(claims={"nonce": "another"}))
    refused("nonce_wrong", UpstreamProvider(claims={"nonce": None}))


def test_oidcc_client_test_scope_userinfo_claims() -> None:
    """The configured scopes are asked for when attributes are needed, and only then; what is not needed stays there."""
    provider = UpstreamProvider(userinfo={"email": "person@op.example"})
    party = Party(provider, {"scope": "openid profile email"})
    attributes = party.sign_in().attributes
    assert attributes is not None
    assert (attributes.latin_name, attributes.sex) == ("LEI CHI MENG", "F")
    assert "person@op.example" not in str(asdict(attributes))
    assert party.sign_in(Errand.AUTHENTICATE).attributes is None
    assert [asked["scope"] for asked in provider.asked] == ["openid profile email", "openid"]
    assert provider.paths().count("/userinfo") == 1


def test_oidcc_client_test_client_secret_basic() -> None:
    provider = UpstreamProvider(authentication="client_secret_basic")
    accepted(provider)
    ((_, _, headers, form),) = [asked for asked in provider.requests if asked[1] == "/token"]
    assert headers["authorization"].startswith("Basic ")
    assert "client_id" not in form
    with pytest.raises(ValueError, match="client_secret"):
        Party(provider, {"client_secret": ""})


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "EdDSA"])
def test_each_strong_algorithm_is_taken(algorithm: str) -> None:
    accepted(UpstreamProvider(keys=[Key.make(algorithm, kid="op-1")]))


def test_a_key_that_comes_along_is_not_looked_at() -> None:
    thief = Key.make(kid="op-1")
    provider = UpstreamProvider(keys=[thief], published=[PROVIDER_KEY.jwk], header={"jwk": thief.bare_jwk})
    refused("signature_wrong", provider)


@pytest.mark.parametrize("member", ["token_type", "access_token", "id_token"])
def test_an_answer_without_what_it_must_hold_is_refused(member: str) -> None:
    refused(
        "token_type_unexpected" if member == "token_type" else "answer_malformed",
        UpstreamProvider(tokens={member: None}),
    )


def test_a_provider_that_takes_only_pushed_requests_gets_them() -> None:
    """RFC 9126 §5, also without the whole of FAPI 2.0."""
    provider = UpstreamProvider(
        fapi=True, metadata={"require_pushed_authorization_requests": True}, tokens={"token_type": "Bearer"}
    )
    party = Party(provider, {"profile": "openid"})
    with pytest.raises(AssertionRejected, match="code_refused"):  # it wants proofs too
        party.sign_in()
    assert provider.paths()[:2] == ["/.well-known/openid-configuration", "/par"]


def test_an_acr_that_is_told_only_to_those_who_ask_is_asked_for() -> None:
    provider = UpstreamProvider()
    accepted(provider, acr_values="urn:op:otp urn:op:password")
    assert provider.asked[0]["acr_values"] == "urn:op:otp urn:op:password"
