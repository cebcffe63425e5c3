"""The guide's examples do what they say, against a gateway that is as strict as an operator can make it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from deploy.database import make_engine
from deploy.journey.stack import Stack
from deploy.settings import CHECKOUT
from gateway.oidc.client import Client
from gateway.storage.clients import SqlClients
from pwa.guide import TONGUES
from tests.fakes.sealing_world import plain_pdf
from tests.flows.test_peer_clients import CALLBACK, PEERS, Peer, through_the_pages

EXAMPLES = CHECKOUT / "deploy" / "examples"
NAMES = sorted(file.name for file in EXAMPLES.iterdir() if file.suffix in TONGUES and file.stem != "__init__")
# each by a person of its own, so that none finds the other's consents
PERSONS = {"partner.py": "wong-siu-ling", "partner.mjs": "singh-arjun", "partner.sh": "wong-siu-ling"}


@pytest.mark.node
@pytest.mark.parametrize("name", NAMES)
def test_an_example_signs_a_person_in_and_issues_a_record_to_them(
    request: pytest.FixtureRequest, strict: Stack, node: Path, tmp_path: Path, name: str
) -> None:
    if name.endswith(".sh"):
        request.getfixturevalue("jq")
    environment = enrolled(strict, tmp_path, name)
    record = tmp_path / "record.pdf"
    record.write_bytes(plain_pdf())
    told = played([*command(name, node, tmp_path), str(record)], environment, name)
    assert told["told"]["sub"] == told["person"]["sub"]
    assert told["told"]["birthdate"]
    assert told["told"]["urn:gba:claims:withheld"]
    assert told["told"]["verified_claims"]["verification"]["trust_framework"]
    assert told["record"]["state"] == "sealed"
    assert told["verdict"] == "PASSED"


def command(name: str, node: Path, folder: Path) -> list[str]:
    if name.endswith(".py"):
        return [sys.executable, str(EXAMPLES / name)]
    if name.endswith(".sh"):
        return ["bash", str(EXAMPLES / name)]
    # where npm install would have put openid-client
    (folder / "node_modules").symlink_to(PEERS / "node_modules")
    return [str(node), str(shutil.copy(EXAMPLES / name, folder))]


def played(words: list[str], environment: dict[str, str], name: str) -> dict[str, Any]:
    """What the example says at its end, while a person of plain HTTP does the pages."""
    with subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url.startswith("http"):
            raise AssertionError(process.communicate(timeout=60))
        peer = Peer(script=name, algorithm="ES256", person=PERSONS[name], region="HK")
        said, failed = process.communicate(through_the_pages(url, peer) + "\n", timeout=120)
    assert process.returncode == 0, failed
    told: dict[str, Any] = json.loads(said)
    return told


def enrolled(strict: Stack, folder: Path, name: str) -> dict[str, str]:
    """Register a client as an operator would; gives back what the example reads from its environment."""
    key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)
    client = Client(
        id=f"example-{name}",
        agency=f"example-{name}",
        names={"en": f"An example ({name})"},
        region="CN-44",
        redirect_uris=(CALLBACK,),
        jwks={"keys": [key.as_dict(private=False)]},
        scopes=frozenset({"openid", "profile", "verified_claims", "documents:issue"}),
        grant_types=frozenset({"authorization_code", "client_credentials"}),
        purpose={"en": "To see whether an example does what it says"},
    )
    engine = make_engine(f"sqlite:///{strict.data_dir / 'gateway.db'}")
    with engine.execution_options(write=True).begin() as connection:
        SqlClients(connection).save(client)
    engine.dispose()
    (folder / "key.pem").write_bytes(key.as_pem(private=True))
    assert key.kid is not None
    return os.environ | {
        "ISSUER": strict.gateway,
        "CLIENT_ID": client.id,
        "KEY": str(folder / "key.pem"),
        "KEY_ID": key.kid,
        "REDIRECT_URI": CALLBACK,
    }
