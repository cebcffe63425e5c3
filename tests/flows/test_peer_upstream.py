"""A provider that nobody here wrote, npm's oidc-provider, as the platform that a resident signs in at."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from deploy.egress import Egress
from deploy.journey.stack import free_port
from deploy.settings import CHECKOUT
from gateway.errors import AssertionRejected
from gateway.identity.assertion import RegionAssertion
from gateway.ports.egress import Reply
from gateway.ports.regions import Arrived, Callback, Errand, Trip
from gateway.regions.macau.adapter import Macau
from gateway.regions.signed_request import RequestSigner
from gateway.settings import MacauSettings
from tests.fakes.oidc_signer import Key
from tests.fakes.upstream_provider import CALLBACK, CLAIMS, METHODS

pytestmark = pytest.mark.node

PEERS = CHECKOUT / "tests" / "peers"
OURS = Key.make(kid="gateway-1")
PEM = OURS.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SECRET = "s" * 43 + ":%&+"
BY_KEY = {"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": "ES256"}
CLIENTS: dict[str, dict[str, object]] = {
    "fapi-es256": {**BY_KEY, "id_token_signed_response_alg": "ES256", "dpop_bound_access_tokens": True},
    "fapi-ps256": {**BY_KEY, "id_token_signed_response_alg": "PS256", "dpop_bound_access_tokens": True},
    "fapi-eddsa": {**BY_KEY, "id_token_signed_response_alg": "EdDSA", "dpop_bound_access_tokens": True},
    "plain-by-key": {**BY_KEY, "id_token_signed_response_alg": "ES256"},
    "plain-by-secret": {
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret": SECRET,
        "id_token_signed_response_alg": "RS256",
    },
}


@dataclass
class Watched:
    """The real way out, with what went through it."""

    egress: Egress
    seen: list[tuple[str, str, Mapping[str, str], int]] = field(default_factory=list)

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        reply = self.egress(method, url, headers=headers, body=body)
        self.seen.append((method, urlsplit(url).path, dict(headers or {}), reply.status))
        return reply


@pytest.fixture(scope="module")
def issuer(node: Path) -> Iterator[str]:
    port = free_port()
    enrolled = [
        {
            "client_id": name,
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "scope": "openid profile identity",
            "jwks": {"keys": [dict(RequestSigner(PEM).public_jwk)]},
            **members,
        }
        for name, members in CLIENTS.items()
    ]
    with subprocess.Popen(
        [str(node), "oidc_upstream.mjs", str(port)],
        cwd=PEERS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(enrolled))
        process.stdin.close()
        try:
            assert "listening" in process.stdout.readline(), "oidc-provider did not start"
            yield f"http://localhost:{port}"
        finally:
            process.terminate()


@dataclass
class Travel:
    """Our connector for one client, and a browser."""

    issuer: str
    client: str
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fapi = self.client.startswith("fapi-")
        by_secret = self.client == "plain-by-secret"
        self.out = Watched(
            Egress(allowed=[self.issuer], timeout=timedelta(seconds=20), largest=1_000_000, connections=4)
        )
        honest: dict[str, Any] = {
            "issuer": self.issuer,
            "client_id": self.client,
            "redirect_uri": CALLBACK,
            "profile": "fapi2" if fapi else "openid",
            "client_authentication": "client_secret_basic" if by_secret else "private_key_jwt",
            "signing_key": "" if by_secret else PEM,
            "client_secret": SECRET if by_secret else "",
            "algorithms": frozenset({"RS256"} if by_secret else {"ES256", "PS256", "EdDSA"}),
            "claims": CLAIMS,
            "methods": METHODS,
            "confirm_acr": "urn:op:otp",
            "acr_values": "urn:op:password",
        }
        self.region = Macau(
            MacauSettings(**{**honest, **self.settings}),
            egress=self.out,
            clock=lambda: datetime.now(UTC),
            new_token=lambda: token_urlsafe(32),
        )

    def away(self, errand: Errand = Errand.IDENTIFY) -> tuple[Callback, Trip]:
        trip = Trip(errand=errand, state=token_urlsafe(24), locale="pt")
        leave = self.region.depart(trip)
        with httpx.Client(timeout=20) as browser:
            url = leave.url
            while not url.startswith(CALLBACK):
                answer = browser.get(url)
                assert answer.is_redirect, answer.text[:500]
                url = urljoin(url, answer.headers["location"])
        return Callback(query=dict(parse_qsl(urlsplit(url).query))), replace(trip, memory=leave.memory)

    def sign_in(self, errand: Errand = Errand.IDENTIFY) -> RegionAssertion:
        arrival = self.region.arrive(*self.away(errand))
        assert isinstance(arrival, Arrived)
        return arrival.assertion

    def statuses(self, path: str) -> list[int]:
        return [status for _, at, _, status in self.out.seen if at == path]


@pytest.mark.parametrize("client", ["fapi-es256", "fapi-ps256", "fapi-eddsa"])
def test_a_resident_signs_in_under_the_providers_fapi_profile(issuer: str, client: str) -> None:
    travel = Travel(issuer, client)
    assertion = travel.sign_in()
    assert (assertion.subject, assertion.method, assertion.issuer) == ("resident-1", "password", issuer)
    assert assertion.attributes is not None
    assert assertion.attributes.latin_name == "LEI CHI MENG"
    assert travel.statuses("/request") == [201]
    assert travel.statuses("/token") == [400, 200]  # the nonce was asked for once
    assert travel.statuses("/me")[-1] == 200
    ((_, _, headers, _),) = [asked for asked in travel.out.seen if asked[1] == "/me" and asked[3] == 200]
    assert headers["Authorization"].startswith("DPoP ")
    travel.sign_in()
    assert travel.statuses("/token") == [400, 200, 200]


@pytest.mark.parametrize("client", ["plain-by-key", "plain-by-secret"])
def test_a_resident_signs_in_at_a_plain_provider(issuer: str, client: str) -> None:
    travel = Travel(issuer, client)
    assert travel.sign_in().attributes is not None
    assert travel.statuses("/request") == []
    ((_, _, headers, _),) = [asked for asked in travel.out.seen if asked[1] == "/me"]
    assert headers["Authorization"].startswith("Bearer ")


def test_a_confirmation_is_a_fresh_sign_in_by_the_method_that_was_asked(issuer: str) -> None:
    assertion = Travel(issuer, "fapi-es256").sign_in(Errand.CONFIRM)
    assert assertion.method == "password_otp"
    assert assertion.attributes is None


def test_a_code_serves_once_and_only_with_its_verifier(issuer: str) -> None:
    travel = Travel(issuer, "fapi-es256")
    back, trip = travel.away()
    with pytest.raises(AssertionRejected, match="code_refused"):
        travel.region.arrive(back, replace(trip, memory={**trip.memory, "verifier": "v" * 86}))
    back, trip = travel.away()
    travel.region.arrive(back, trip)
    with pytest.raises(AssertionRejected, match="code_refused"):
        travel.region.arrive(back, trip)


def test_an_answer_that_names_another_issuer_is_not_believed(issuer: str) -> None:
    travel = Travel(issuer, "fapi-es256")
    back, trip = travel.away()
    assert back.query["iss"] == issuer
    with pytest.raises(AssertionRejected, match="issuer_wrong"):
        travel.region.arrive(Callback(query={**back.query, "iss": "https://another.example"}), trip)
    assert travel.statuses("/token") == []
