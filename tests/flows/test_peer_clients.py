"""Standard clients that nobody here wrote sign a person in: npm's openid-client and oauth4webapi, both strict."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from msgspec.structs import replace

from deploy.database import make_engine
from deploy.journey import simulator
from deploy.journey.person import Person, with_phone
from deploy.journey.stack import Stack
from deploy.journey.stage import stage_of
from deploy.settings import CHECKOUT
from gateway.oidc.client import Client
from gateway.storage.clients import SqlClients

pytestmark = pytest.mark.node

CALLBACK = "http://localhost:9/callback"  # nobody listens: the person's way ends before it
PEERS = CHECKOUT / "tests" / "peers"


@dataclass(frozen=True, kw_only=True)
class Peer:
    script: str
    algorithm: str
    person: str
    region: str
    ticks: tuple[str, ...] = ()  # what the person agrees to beyond what is needed

    @property
    def client(self) -> str:
        return f"{Path(self.script).stem}-{self.algorithm}"


Key = ECKey | RSAKey | OKPKey
KEYS: dict[str, Callable[[], Key]] = {
    "ES256": lambda: ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True),
    "PS256": lambda: RSAKey.generate_key(2048, {"alg": "PS256", "use": "sig"}, auto_kid=True),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519", {"alg": "EdDSA", "use": "sig"}, auto_kid=True),
}
OPENID_CLIENT = Peer(script="openid_client.mjs", algorithm="ES256", person="wong-siu-ling", region="HK")
OAUTH4WEBAPI = Peer(script="oauth4webapi.mjs", algorithm="PS256", person="chan-sok-i", region="MO")


def test_openid_client_signs_a_person_in(running: Stack, node: Path) -> None:
    done = signed_in(running, node, OPENID_CLIENT)
    assert done["claims"]["iss"] == running.gateway
    assert done["claims"]["acr"].startswith("urn:gba:acr:")
    assert done["userinfo"]["sub"] == done["claims"]["sub"]
    assert done["userinfo"]["birthdate"] == "1988-08-08"
    assert done["introspection"]["active"] is True
    assert done["afterwards"] == {"active": False}


def test_oauth4webapi_signs_a_person_in_and_accepts_the_access_token_as_a_resource_would(
    running: Stack, node: Path
) -> None:
    done = signed_in(running, node, OAUTH4WEBAPI)
    assert done["same"]
    assert done["userinfo"]["sub"] == done["claims"]["sub"] == done["access"]["sub"]
    assert done["access"]["client_id"] == OAUTH4WEBAPI.client
    assert done["replay"]["error"] == "invalid_grant"


def test_two_agencies_know_one_person_by_different_subjects(running: Stack, node: Path) -> None:
    one = Peer(script="openid_client.mjs", algorithm="EdDSA", person="singh-arjun", region="HK")
    other = Peer(script="oauth4webapi.mjs", algorithm="ES256", person="singh-arjun", region="HK")
    subjects = {signed_in(running, node, peer)["claims"]["sub"] for peer in (one, other)}
    assert len(subjects) == 2


def signed_in(running: Stack, node: Path, peer: Peer) -> dict[str, Any]:
    """The peer's own account of the sign-in, while a person of plain HTTP does the pages."""
    private = enrolled(running, peer)
    with subprocess.Popen(
        [str(node), peer.script], cwd=PEERS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        told = Dialogue(process)
        claims = {"userinfo": {"birthdate": {"essential": True}}}
        told.say(
            {
                "issuer": running.gateway,
                "client_id": peer.client,
                "redirect_uri": CALLBACK,
                "jwk": private,
                "wishes": {"scope": "openid", "claims": json.dumps(claims), "ui_locales": "en"},
            }
        )
        told.say({"arrived": through_the_pages(told.hear("go"), peer)})
        done = told.hear("done")
    assert isinstance(done, dict)
    return done


def through_the_pages(url: str, peer: Peer, person: Person | None = None) -> str:
    """The address at which the person comes back to the client."""
    person = person or with_phone("en")
    person.ends_at = CALLBACK
    person.go(url)
    for _ in range(12):
        if person.arrived:
            return person.arrived
        act(person, peer)
    raise AssertionError(person.whereabouts())


def act(person: Person, peer: Peer) -> None:
    stage = stage_of(person.screen)
    if stage == "simulator":
        simulator.sign_in(person, peer.person)
    else:
        person.press(
            {
                "choose_region": f"region-{peer.region}",
                "link": "link-start",
                "bind": "bind-agree",
                "claims": "claims-agree",
                "finished": "go-on",
            }[stage],
            {"claim": list(peer.ticks)} if stage == "claims" and peer.ticks else None,
        )
    if not person.arrived:
        person.wait()


def enrolled(running: Stack, peer: Peer, **other: Any) -> dict[str, Any]:
    """Register the client as an operator would, with whatever else it is to be; gives back its private key."""
    key = KEYS[peer.algorithm]()
    client = Client(
        id=peer.client,
        agency=peer.client,
        names={"en": f"A standard client ({peer.client})"},
        region="CN-44",
        redirect_uris=(CALLBACK,),
        jwks={"keys": [key.as_dict(private=False)]},
        scopes=frozenset({"openid", "profile"}),
        require_dpop=False,
        purpose={"en": "To see whether a standard client gets along"},
    )
    with (
        make_engine(f"sqlite:///{running.data_dir / 'gateway.db'}").execution_options(write=True).begin() as connection
    ):
        SqlClients(connection).save(replace(client, **other))
    return dict(key.as_dict(private=True))


@dataclass(frozen=True)
class Dialogue:
    """One JSON value a line with a script of tests/peers."""

    process: subprocess.Popen[str]

    def say(self, value: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(value) + "\n")
        self.process.stdin.flush()

    def hear(self, name: str) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the script ended without a word"
        told = json.loads(line)
        assert name in told, told
        return told[name]
