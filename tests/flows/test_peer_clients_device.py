"""A certified client is a kiosk (npm openid-client): a person types its code on their phone and signs in there."""

import subprocess
from pathlib import Path

import pytest

from deploy.journey.person import with_phone
from deploy.journey.stack import Stack
from deploy.journey.stage import stage_of
from gateway.oidc import device_code
from tests.flows.test_peer_clients import PEERS, Dialogue, Peer, act, enrolled

pytestmark = pytest.mark.node

PLACE = "粤智助 · 南沙政务服务中心"
STEPS = 14


def test_openid_client_gets_tokens_for_whoever_typed_its_code(running: Stack, node: Path) -> None:
    peer = Peer(script="openid_client_device.mjs", algorithm="ES256", person="wong-siu-ling", region="HK")
    grants = frozenset({device_code.GRANT_TYPE})
    private = enrolled(
        running, peer, grant_types=grants, require_dpop=True, userinfo_signed_response_alg="ES256", redirect_uris=()
    )
    with subprocess.Popen(
        [str(node), peer.script], cwd=PEERS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        kiosk = Dialogue(process)
        wishes = {"scope": "openid profile", "device_location": PLACE}
        kiosk.say({"issuer": running.gateway, "client_id": peer.client, "jwk": private, "wishes": wishes})
        shows = kiosk.hear("shows")
        assert confirmed(peer, shows["verification_uri"], shows["user_code"]).endswith("/en/device?outcome=allowed")
        done = kiosk.hear("done")
    assert done["token_type"].lower() == "dpop"
    assert done["userinfo"]["sub"] == done["claims"]["sub"]
    assert (done["userinfo"]["aud"], done["userinfo"]["iss"]) == (peer.client, running.gateway)
    assert done["again"] == "invalid_grant"


def confirmed(peer: Peer, page: str, code: str) -> str:
    """The person's way from the address on the kiosk's screen, by pages without scripts; where it ends."""
    person = with_phone("en")
    person.go(page)
    person.press("device-continue", {"user_code": code.lower().replace("-", " ")})
    shown = person.screen
    assert shown.text("device-user-code") == code
    assert shown.text("device-place") == PLACE
    assert peer.client in shown.text("device-agency")
    person.press("device-agree")
    for _ in range(STEPS):
        if person.sees("device-allowed"):
            return person.screen.url
        assert stage_of(person.screen) is not None, person.whereabouts()
        act(person, peer)
    raise AssertionError(person.whereabouts())
