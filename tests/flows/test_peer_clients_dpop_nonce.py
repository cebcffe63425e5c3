"""A certified client against a gateway that wants nonces in proofs: it is asked in words that it understands."""

import subprocess
from pathlib import Path

import httpx
import pytest

from deploy.journey.person import with_phone
from deploy.journey.stack import Stack
from gateway.oidc import token_exchange
from tests.flows.test_peer_clients import CALLBACK, PEERS, Dialogue, Peer, enrolled, signed_in, through_the_pages

pytestmark = pytest.mark.node


def test_openid_client_takes_the_nonce_up_and_goes_on(strict: Stack, node: Path) -> None:
    told = httpx.post(f"{strict.gateway}/oauth/token", data={"grant_type": "client_credentials"})
    assert told.headers["DPoP-Nonce"]
    peer = Peer(script="openid_client_dpop.mjs", algorithm="ES256", person="wong-siu-ling", region="HK")
    done = signed_in(strict, node, peer)
    assert done["token_type"].lower() == "dpop"
    assert done["userinfo"]["sub"] == done["claims"]["sub"]
    assert done["stolen"] == "invalid_grant"
    assert "accepted" not in (done["without"], done["another"])


def test_openid_client_with_everything_signed_takes_the_nonce_up_too(strict: Stack, node: Path) -> None:
    peer = Peer(script="openid_client_message_signing.mjs", algorithm="EdDSA", person="wong-siu-ling", region="HK")
    done = signed_in(strict, node, peer)
    assert (done["names"], sorted(done["pushed"])) == (["response"], ["client_id", "request"])
    assert done["token_type"].lower() == "dpop"


def test_oauth4webapi_goes_through_everything_at_once(strict: Stack, node: Path) -> None:
    """Signed request, signed response, proofs with nonces; then userinfo, refresh, exchange, introspection, logout."""
    other = Peer(script="openid_client_dpop.mjs", algorithm="PS256", person="singh-arjun", region="HK")
    theirs = signed_in(strict, node, other)["claims"]["sub"]  # the person agreed to be known there
    peer = Peer(
        script="oauth4webapi_message_signing.mjs",
        algorithm="ES256",
        person="singh-arjun",
        region="HK",
        ticks=("offline_access",),
    )
    private = enrolled(
        strict,
        peer,
        require_dpop=True,
        require_signed_request=True,
        require_signed_response=True,
        grant_types=frozenset({"authorization_code", "refresh_token", token_exchange.GRANT_TYPE}),
        scopes=frozenset({"openid", "profile", "offline_access"}),
        may_call=frozenset({other.client}),
        post_logout_redirect_uris=(CALLBACK,),
    )
    person = with_phone("en")
    person.ends_at = CALLBACK
    with subprocess.Popen(
        [str(node), peer.script], cwd=PEERS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        client = Dialogue(process)
        wishes = {"scope": "openid profile offline_access", "prompt": "consent", "ui_locales": "en"}
        client.say(
            {
                "issuer": strict.gateway,
                "client_id": peer.client,
                "redirect_uri": CALLBACK,
                "jwk": private,
                "wishes": wishes,
                "calls": other.client,
            }
        )
        client.say({"arrived": through_the_pages(client.hear("go"), peer, person)})
        done = client.hear("done")
    assert done["names"] == ["response"]
    assert done["asked"] >= 1  # nonces were wanted
    assert (done["token_type"].lower(), done["refreshed"].lower()) == ("dpop", "dpop")
    assert done["userinfo"]["sub"] == done["claims"]["sub"] != theirs
    assert done["kind"].startswith("application/token-introspection+jwt")
    assert (done["introspection"]["active"], done["introspection"]["cnf"].keys()) == (True, {"jkt"})
    assert done["exchanged"] == {"kind": token_exchange.ACCESS_TOKEN, "token_type": "dpop"}
    person.arrived = ""
    person.go(done["leave"])
    assert person.arrived == f"{CALLBACK}?state=signed-out"
