"""A certified client registers itself under an invitation, and reads what was wrong with its requests."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy import clock
from deploy.composing import residents
from deploy.composing.world import World, new_token
from deploy.journey.person import with_phone
from deploy.journey.stack import Stack
from deploy.settings import load
from gateway.flows.invite_partner import InvitePartner
from gateway.oidc.invitation import Reach
from tests.flows.test_peer_clients import CALLBACK, KEYS, PEERS, Dialogue

pytestmark = pytest.mark.node

REACH = Reach(
    agency="openid-client-agency",
    region="MO",
    scopes=frozenset({"openid", "integration:read"}),
    grant_types=frozenset({"authorization_code", "client_credentials"}),
    hosts=frozenset({"localhost"}),
)


def invitation(running: Stack) -> str:
    settings = load({"GBA_DATA_DIR": str(running.data_dir), "PORT": str(running.port)})
    work = residents.open_work(World.open(settings))
    invite = InvitePartner(offer=residents.offer(settings), open_work=work, new_token=new_token, clock=clock.now)
    return invite(REACH, uses=1, lifetime=timedelta(hours=1), operator="operator").token


def test_openid_client_registers_itself_errs_and_reads_of_it(running: Stack, node: Path) -> None:
    with subprocess.Popen(
        [str(node), "openid_client_registration.mjs"],
        cwd=PEERS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        told = Dialogue(process)
        told.say(
            {
                "issuer": running.gateway,
                "invitation": invitation(running),
                "redirect_uri": CALLBACK,
                "jwk": dict(KEYS["ES256"]().as_dict(private=True)),
            }
        )
        done: dict[str, Any] = told.hear("done")
    assert done["registered"]["dpop_bound_access_tokens"] is True
    assert done["registered"]["scope"] == "integration:read openid"
    assert done["again"] == "invalid_token"
    assert done["refused"] == "invalid_request"
    [error] = done["errors"]["errors"]
    assert (error["endpoint"], error["reason"], error["clause"], error["sureness"]) == (
        "POST /oauth/par",
        "redirect_uri_unregistered",
        "RFC 6749 §3.1.2.3",
        "authenticated",
    )
    assert error["text"] == "The redirect_uri is missing or is not exactly one that is registered."
    assert done["state"]["keys"]["keys"][0]["health"] == "good"
    person = with_phone("en")
    person.go(done["page"]["url"])
    person.press("partner-enter")
    assert error["incident"] in person.screen.body.decode()
    assert person.sees("partner-keys")
