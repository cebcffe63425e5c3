"""A provider and two clients for the checks of the OpenID Foundation's suite, by the names it gives them."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, make_world

MAY_RETURN: dict[str, Any] = {
    "scopes": frozenset({"openid", "profile", "documents:issue", "offline_access"}),
    "grant_types": frozenset({"authorization_code", "client_credentials", "refresh_token"}),
}


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def client(world: World) -> Agency:
    """A FAPI 2.0 client: private_key_jwt, PAR, DPoP."""
    return Agency(world, dpop_key=Key.make(kid="proof")).enrol(require_dpop=True, **MAY_RETURN)


@pytest.fixture
def second(world: World) -> Agency:
    """Another client, of another agency."""
    client = Agency(world, id="ferry", key=Key.make("PS256", kid="ferry-1"), dpop_key=Key.make(kid="ferry-proof"))
    return client.enrol(require_dpop=True, agency="ferry-company", **MAY_RETURN)


@pytest.fixture
def plain(world: World) -> Agency:
    """A plain OpenID Connect client, as an operator may mark one: no PAR, no DPoP."""
    return Agency(world, id="plain").enrol(require_par=False, **MAY_RETURN)
