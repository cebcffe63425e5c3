"""A certified client against a gateway that wants nonces in proofs: it is asked in words that it understands."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.journey.stack import NotUp, Stack, free_port
from tests.flows.test_peer_clients import Peer, signed_in

pytestmark = pytest.mark.node


class Strict(Stack):
    """A gateway whose operator wants nonces."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"GBA_OIDC__REQUIRE_DPOP_NONCE": "true"}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Strict(data_dir=tmp_path_factory.mktemp("strict"), port=free_port())
    try:
        stack.start()
    except NotUp as problem:
        stack.stop()
        pytest.fail(str(problem), pytrace=False)
    yield stack
    stack.stop()


def test_openid_client_takes_the_nonce_up_and_goes_on(strict: Stack, node: Path) -> None:
    told = httpx.post(f"{strict.gateway}/oauth/token", data={"grant_type": "client_credentials"})
    assert told.headers["DPoP-Nonce"]
    peer = Peer(script="openid_client_dpop.mjs", algorithm="ES256", person="wong-siu-ling", region="HK")
    done = signed_in(strict, node, peer)
    assert done["token_type"].lower() == "dpop"
    assert done["userinfo"]["sub"] == done["claims"]["sub"]
    assert done["stolen"] == "invalid_grant"
    assert "accepted" not in (done["without"], done["another"])
