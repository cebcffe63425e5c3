"""A certified client with everything signed (npm openid-client): its request, our response, the tokens' key."""

from pathlib import Path

import pytest

from deploy.journey.stack import Stack
from tests.flows.test_peer_clients import Peer, signed_in

pytestmark = pytest.mark.node


def test_openid_client_pushes_a_signed_request_and_accepts_our_signed_response(running: Stack, node: Path) -> None:
    peer = Peer(script="openid_client_message_signing.mjs", algorithm="PS256", person="wong-siu-ling", region="HK")
    done = signed_in(running, node, peer)
    assert done["names"] == ["response"]
    assert sorted(done["pushed"]) == ["client_id", "request"]
    assert done["token_type"].lower() == "dpop"
    assert done["userinfo"]["sub"] == done["claims"]["sub"]
