"""A provider and two clients for the checks of the OpenID Foundation's suite, by the names it gives them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.database import make_engine
from gateway.storage.tables_oidc import clients
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, make_world

MAY_RETURN: dict[str, Any] = {
    "scopes": frozenset({"openid", "profile", "documents:issue", "offline_access"}),
    "grant_types": frozenset({"authorization_code", "client_credentials", "refresh_token"}),
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    engine = make_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    clients.metadata.create_all(engine)
    yield make_world(engine)
    engine.dispose()


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
