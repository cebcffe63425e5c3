"""An OpenID provider as a region runs one: it checks its client strictly, and each of its answers can be bent."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any, Literal
from urllib.parse import parse_qs, parse_qsl, urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from gateway.identity.assertion import RegionAssertion
from gateway.oidc import compact_jws, dpop, pkce
from gateway.oidc.key_set import KeySet
from gateway.ports.egress import Reply
from gateway.ports.regions import Arrived, Callback, Errand, Trip
from gateway.regions.macau.adapter import Macau
from gateway.settings import MacauSettings
from tests.fakes.oidc_signer import Key, b64
from tests.fakes.outside import SetClock

ISSUER = "https://op.example"
CLIENT = "gateway"
SECRET = "a secret: of 100% & more"
CALLBACK = "https://gateway.example/regions/MO/callback"
CLIENT_KEY = Key.make(kid="gateway-1")
PROVIDER_KEY = Key.make(kid="op-1")
METHODS = {"urn:op:otp": "password_otp", "urn:op:password": "password"}
CLAIMS = {"mo_bir": "bir_number", "birth_date": "birthdate", "sex": "gender", "latin_name": "name"}
USERINFO = {
    "sub": "subject-1",
    "bir_number": "5000001(8)",
    "birthdate": "1990-01-02",
    "gender": "female",
    "name": "LEI CHI MENG",
}


@dataclass(kw_only=True)
class UpstreamProvider:
    """Implements Egress. What is laid over an answer replaces its members; None takes a member out."""

    fapi: bool = False
    authentication: Literal["private_key_jwt", "client_secret_basic"] = "private_key_jwt"
    keys: list[Key] = field(default_factory=lambda: [PROVIDER_KEY])  # the first signs
    published: list[dict[str, Any]] | None = None
    wants_nonces: bool = False
    challenge_scheme: str = "DPoP"
    metadata: dict[str, Any] = field(default_factory=dict)
    response: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    pushed: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[str], str] = lambda token: token
    nonce_for: Callable[[str], str] = lambda path: f"nonce-for-{path[1:]}"
    clock: SetClock = field(default_factory=SetClock)
    asked: list[dict[str, str]] = field(default_factory=list)  # authorization requests
    requests: list[tuple[str, str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)  # ids of assertions and of proofs
    _bound_to: str = ""

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        path = urlsplit(url).path
        given = {name.lower(): value for name, value in (headers or {}).items()}
        form = dict(parse_qsl(body.decode(), strict_parsing=True)) if body else {}
        self.requests.append((method, path, given, form))
        answers: dict[str, Callable[[], tuple[int, dict[str, Any]]]] = {
            "/.well-known/openid-configuration": lambda: (200, self._metadata()),
            "/jwks": lambda: (200, {"keys": self.published or [key.jwk for key in self.keys]}),
            "/par": lambda: self._push(given, form),
            "/token": lambda: self._token(url, given, form),
            "/userinfo": lambda: self._claims(method, url, given),
        }
        status, content = answers.get(path, lambda: (404, {}))()
        said = {"content-type": "application/json"}
        if self.wants_nonces and path in ("/token", "/userinfo"):
            said["dpop-nonce"] = self.nonce_for(path)
        if status == 401 and path == "/userinfo":
            said["www-authenticate"] = f'{self.challenge_scheme} error="{content["error"]}"'
        return Reply(status=status, headers=said, body=json.dumps(content).encode())

    def visit(self, url: str) -> Callback:
        """A browser that brings the request and is sent back at once."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if self.fapi:
            assert query.keys() == {"client_id", "request_uri"}, "the request itself does not travel in the address"
        else:
            self.asked.append(query)
        asked = self.asked[-1]
        assert (asked["response_type"], asked["client_id"], asked["redirect_uri"]) == ("code", CLIENT, CALLBACK)
        assert asked["code_challenge_method"] == "S256"
        return Callback(query=laid({"code": "code-1", "state": asked["state"], "iss": ISSUER}, self.response))

    def paths(self) -> list[str]:
        return [path for _, path, _, _ in self.requests]

    def _metadata(self) -> dict[str, Any]:
        honest = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "jwks_uri": f"{ISSUER}/jwks",
        }
        if self.fapi:
            honest["pushed_authorization_request_endpoint"] = f"{ISSUER}/par"
        return laid(honest, self.metadata)

    def _push(self, headers: Mapping[str, str], form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if not self._authenticated(headers, form):
            return 401, {"error": "invalid_client"}
        self.asked.append(form)
        return 201, laid({"request_uri": "urn:ietf:params:oauth:request_uri:1", "expires_in": 90}, self.pushed)

    def _token(self, url: str, headers: Mapping[str, str], form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if not self._authenticated(headers, form):
            return 401, {"error": "invalid_client"}
        if self.fapi and (problem := self._unproved("POST", url, headers, None)):
            return 400, {"error": problem}
        asked = self.asked[-1]
        if form["code"] != "code-1" or not pkce.proves(form["code_verifier"], asked["code_challenge"]):
            return 400, {"error": "invalid_grant"}
        now = int(self.clock().timestamp())
        claims = {
            "iss": ISSUER,
            "sub": "subject-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "acr": "urn:op:otp",
            "auth_time": now,
            "at_hash": b64(hashlib.sha256(b"access").digest()[:16]),
        }
        token = self.forge(self.keys[0].compact(laid(claims, self.claims), **self.header))
        kind = "DPoP" if self.fapi else "Bearer"
        honest = {"access_token": "access", "token_type": kind, "expires_in": 300, "id_token": token}
        return 200, laid(honest, self.tokens)

    def _claims(self, method: str, url: str, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if (scheme, token) != ("DPoP" if self.fapi else "Bearer", "access"):
            return 401, {"error": "invalid_token"}
        if self.fapi and (problem := self._unproved(method, url, headers, token)):
            return 401, {"error": problem}
        return 200, laid(USERINFO, self.userinfo)

    def _authenticated(self, headers: Mapping[str, str], form: Mapping[str, str]) -> bool:
        if self.authentication == "client_secret_basic":
            pair = "gateway:a+secret%3A+of+100%25+%26+more"  # RFC 6749 §2.3.1: each half form-encoded
            told = headers.get("authorization") == f"Basic {base64.b64encode(pair.encode()).decode()}"
            return told and "client_assertion" not in form and "client_secret" not in form
        jws = compact_jws.take_apart(form.get("client_assertion", ""), longest=8192)
        compact_jws.verify_with(jws, KeySet.read({"keys": [CLIENT_KEY.jwk]}).keys[0])
        claims = compact_jws.read_claims(jws, longest=8192)
        return (claims["iss"], claims["sub"], claims["aud"]) == (CLIENT, CLIENT, ISSUER) and self._first(claims["jti"])

    def _unproved(self, method: str, url: str, headers: Mapping[str, str], token: str | None) -> str | None:
        if "dpop" not in headers:
            return "invalid_dpop_proof"
        proof = dpop.read(headers["dpop"])
        if self.wants_nonces and proof.claims.get("nonce") != self.nonce_for(urlsplit(url).path):
            return "use_dpop_nonce"
        use = dpop.Use(method=method, url=url, at=self.clock(), access_token=token)
        same = token is None or proof.key == self._bound_to
        self._bound_to = proof.key
        return None if dpop.objection(proof, use) is None and same and self._first(proof.jti) else "invalid_dpop_proof"

    def _first(self, id_: str) -> bool:
        known = id_ in self._seen
        self._seen.add(id_)
        return not known


@dataclass
class Party:
    """Our client side, set up for this provider."""

    provider: UpstreamProvider
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        private = CLIENT_KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        basic = self.provider.authentication == "client_secret_basic"
        honest: dict[str, Any] = {
            "issuer": ISSUER,
            "client_id": CLIENT,
            "redirect_uri": CALLBACK,
            "profile": "fapi2" if self.provider.fapi else "openid",
            "client_authentication": self.provider.authentication,
            "signing_key": "" if basic else private,
            "client_secret": SECRET if basic else "",
            "claims": CLAIMS,
            "methods": METHODS,
            "confirm_acr": "urn:op:otp",
        }
        self.region = Macau(
            MacauSettings(**{**honest, **self.settings}),
            egress=self.provider,
            clock=self.provider.clock,
            new_token=lambda: token_urlsafe(32),
        )

    def sign_in(self, errand: Errand = Errand.IDENTIFY) -> RegionAssertion:
        """Away and back. Raises what the connector raises."""
        trip = Trip(errand=errand, state="state-0001", locale="zh-Hant")
        leave = self.region.depart(trip)
        arrival = self.region.arrive(self.provider.visit(leave.url), replace(trip, memory=leave.memory))
        assert isinstance(arrival, Arrived)
        return arrival.assertion


def laid(honest: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**honest, **over}.items() if value is not None}
