"""A certified client binds what it gets to its key (npm openid-client, DPoP): a thief without the key gets nothing."""

from pathlib import Path

import pytest

from deploy.journey.stack import Stack
from tests.flows.test_peer_clients import Peer, signed_in

pytestmark = pytest.mark.node


def test_openid_client_signs_a_person_in_with_everything_bound_to_its_key(running: Stack, node: Path) -> None:
    peer = Peer(script="openid_client_dpop.mjs", algorithm="ES256", person="wong-siu-ling", region="HK")
    done = signed_in(running, node, peer)
    assert done["token_type"].lower() == "dpop"
    assert done["userinfo"]["sub"] == done["claims"]["sub"]
    assert done["introspection"]["cnf"].keys() == {"jkt"}
    assert done["stolen"] == "invalid_grant"
    assert "accepted" not in (done["without"], done["another"])
