"""Whatever a partner writes into its registration: it is registered, or told the standard's code."""

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.oidc_world import World, body, make_world
from tests.fakes.registering_partner import Partner, invite

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CODES = {
    "invalid_client_metadata", "invalid_redirect_uri", "unapproved_software_statement", "invalid_software_statement",
    "invalid_request",
}  # RFC 7591 §3.2.2  # fmt: skip
MEMBERS = (
    "redirect_uris", "client_name", "client_name#pt", "grant_types", "response_types", "scope", "jwks", "jwks_uri",
    "token_endpoint_auth_method", "token_endpoint_auth_signing_alg", "id_token_signed_response_alg",
    "userinfo_signed_response_alg", "dpop_bound_access_tokens", "require_pushed_authorization_requests",
    "tls_client_certificate_bound_access_tokens", "post_logout_redirect_uris", "backchannel_logout_uri",
    "authorization_details_types", "subject_type", "sector_identifier_uri", "software_statement", "logo_uri",
    "contacts", "default_max_age", "request_object_signing_alg", "client_id", "unheard_of",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(sqlite_engine_of_module: sa.Engine) -> World:
    return make_world(sqlite_engine_of_module)


@pytest.fixture(scope="module")
def partner(world: World) -> Partner:
    return Partner(world)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(member=st.sampled_from(MEMBERS), value=ANY_JSON)
def test_any_value_of_any_member(partner: Partner, member: str, value: Any) -> None:
    answer = partner.send("POST", {**partner.metadata(), member: value})
    told = body(answer)
    if answer.status == 201:
        partner.token = invite(partner.world)  # the last one is used up
        assert told["dpop_bound_access_tokens"] is True
        assert told["require_pushed_authorization_requests"] is True
        assert set(told["grant_types"]) <= {"authorization_code", "client_credentials"}
    else:
        assert answer.status == 400
        assert told["error"] in CODES
        assert told["error_description"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=ANY_JSON)
def test_any_value_in_place_of_the_whole(partner: Partner, value: Any) -> None:
    answer = partner.send("POST", value)
    assert answer.status == 400
    assert body(answer)["error"] in CODES
