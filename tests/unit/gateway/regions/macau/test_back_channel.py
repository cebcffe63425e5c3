"""What the provider's servers answer under FAPI 2.0, whatever it is: a sign-in, or one of the three named failures."""

import contextlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import AssertionRejected, RegionError
from gateway.ports.regions import Errand, Trip
from tests.fakes.upstream_provider import Party, UpstreamProvider

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
BENT = {
    "metadata": (
        "issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri",
        "pushed_authorization_request_endpoint", "require_pushed_authorization_requests",
        "authorization_response_iss_parameter_supported",
    ),
    "tokens": ("access_token", "token_type", "expires_in", "id_token"),
    "claims": ("iss", "sub", "aud", "exp", "iat", "nonce", "acr", "auth_time", "at_hash", "azp"),
    "userinfo": ("sub", "bir_number", "birthdate", "gender", "name"),
    "pushed": ("request_uri",),
}  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(member=st.sampled_from([(part, name) for part, names in BENT.items() for name in names]), value=ANY_JSON)
def test_any_value_in_an_answer(member: tuple[str, str], value: object) -> None:
    part, name = member
    provider = UpstreamProvider(fapi=True, wants_nonces=True)
    getattr(provider, part)[name] = value
    with contextlib.suppress(RegionError):
        Party(provider).sign_in()


@pytest.mark.parametrize("token", ["a\r\nX: 1", "é", "a b", "\U0001f600"])
def test_a_token_that_fits_into_no_header_is_refused(token: str) -> None:
    with pytest.raises(AssertionRejected, match="answer_malformed"):
        Party(UpstreamProvider(fapi=True, tokens={"access_token": token})).sign_in()


@pytest.mark.parametrize(
    "address", ["http://op.example/authorize", "javascript:alert(1)", "https://op.example/\r\nX: 1", 7]
)
def test_an_endpoint_that_leads_away_from_https_is_refused(address: Any) -> None:
    provider = UpstreamProvider(metadata={"authorization_endpoint": address})
    with pytest.raises(AssertionRejected, match="answer_malformed"):
        Party(provider).region.depart(Trip(errand=Errand.IDENTIFY, state="s", locale="en"))


@pytest.mark.parametrize("reference", [None, "", 7, ["urn:x"], "x" * 600])
def test_a_reference_that_is_none_is_refused(reference: Any) -> None:
    with pytest.raises(AssertionRejected, match="push_refused"):
        Party(UpstreamProvider(fapi=True, pushed={"request_uri": reference})).sign_in()


@pytest.mark.parametrize("nonce", ["", "with space", 'with"quote', "é", "x" * 600])
def test_a_nonce_that_is_none_is_not_taken_up(nonce: str) -> None:
    provider = UpstreamProvider(fapi=True, wants_nonces=True, nonce_for=lambda _: nonce)
    with pytest.raises(AssertionRejected, match="code_refused"):
        Party(provider).sign_in()
    assert provider.paths().count("/token") == 1
