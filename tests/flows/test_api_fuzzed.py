"""Requests that schemathesis draws from the description: no answer is a 5xx, and each is one that is described.

Few are drawn here; GBA_FUZZ_EXAMPLES (make fuzz) draws more for each operation, and others each time.
"""

import os
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from joserfc import jwt
from joserfc.jwk import ECKey
from msgspec.structs import replace
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.composing.world import new_token
from deploy.database import make_engine
from deploy.describing import openapi
from deploy.journey.stack import Stack
from gateway.oidc import client_assertion
from gateway.oidc.client import Client
from gateway.storage.clients import SqlClients
from trust.endpoints.batches import VERIFY
from trust.endpoints.documents import ISSUE

pytest_plugins = ("schemathesis.pytest.plugin",)  # for this file alone: the others need not load it
MORE = os.environ.get("GBA_FUZZ_EXAMPLES")
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
CLIENT = Client(
    id="fuzz",
    agency="fuzz-agency",
    names={"en": "Fuzz"},
    region="CN-44",
    redirect_uris=("https://fuzz.example/callback",),
    scopes=frozenset({"openid", ISSUE, VERIFY, "integration:read"}),
    grant_types=frozenset({"authorization_code", "client_credentials"}),
    require_par=False,
    require_dpop=False,  # a plain client, so that what is drawn can carry its token
)


@schemathesis.serializer("application/pdf", "application/octet-stream", "application/jwt")
def _as_it_is(_: schemathesis.SerializationContext, value: object) -> bytes:
    """A body of these types is bytes; where a draw breaks that, its text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


# no address is spoken to by this; the running gateway's own description is the same (tests/guards/test_openapi.py)
schema = schemathesis.openapi.from_dict(openapi.document(openapi.OPERATIONS, origin="http://localhost"))


@pytest.fixture(scope="module")
def bearer(alone: Stack) -> Mapping[str, str]:
    """The headers of a client that may do everything that takes a token."""
    key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)
    engine = make_engine(f"sqlite:///{alone.data_dir / 'gateway.db'}")
    with engine.execution_options(write=True).begin() as connection:
        SqlClients(connection).save(replace(CLIENT, jwks={"keys": [key.as_dict(private=False)]}))
    engine.dispose()
    claims = {"iss": "fuzz", "sub": "fuzz", "aud": alone.gateway, "jti": new_token(), "exp": int(time.time()) + 60}
    form = {
        "grant_type": "client_credentials",
        "scope": f"{ISSUE} {VERIFY} integration:read",
        "client_id": "fuzz",
        "client_assertion_type": client_assertion.TYPE,
        "client_assertion": jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"]),
    }
    told = httpx.post(f"{alone.gateway}/oauth/token", data=form).json()
    return {"Authorization": f"Bearer {told['access_token']}"}


@schema.parametrize()
@settings(
    max_examples=int(MORE or "8"),
    derandomize=MORE is None,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_that_is_drawn_meets_a_failure(
    case: schemathesis.Case[Any], alone: Stack, bearer: Mapping[str, str]
) -> None:
    headers = bearer if case.operation.definition.raw["security"] else {}
    answer = case.call(base_url=alone.gateway, headers=dict(headers))
    case.validate_response(answer, checks=list(CHECKS))
