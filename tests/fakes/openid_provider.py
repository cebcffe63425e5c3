"""An OpenID provider behind the Egress port whose every answer a test can bend: attacks become two lines."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey

from gateway.ports.egress import EgressFailed, Reply

ISSUER = "https://gateway.example"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class OpenidProvider:
    """`metadata`, `header`, `claims`, `tokens` and `userinfo` are laid over honest answers; None takes a member out."""

    metadata: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    published: list[dict[str, Any]] | None = None
    silent: bool = False
    push_error: str | None = None
    stamps_later: bool = False
    problem: dict[str, Any] | None = None  # what the documents API answers instead of taking a record
    requests: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)
    forms: dict[str, dict[str, str]] = field(default_factory=dict)
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig", "kid": "k1"}))

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        if self.silent:
            raise EgressFailed("no_answer")
        self.requests.append((method, url, dict(headers or {}), body))
        path = urlsplit(url).path
        if (headers or {}).get("content-type") == "application/x-www-form-urlencoded":
            self.forms[path] = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        answers: dict[str, Callable[[], tuple[int, dict[str, Any]]]] = {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": self._jwks,
            "/par": self._par,
            "/token": self._token,
            "/userinfo": self._userinfo,
            "/api/v1/documents": self._documents,
            "/api/v1/documents/d1": lambda: (200, {"id": "d1", "state": "sealed"}),
            "/api/v1/signings": lambda: (201, self._signing("waiting")),
            "/api/v1/signings/g1": lambda: (200, self._signing("signed")),
        }
        status, content = answers[path]()
        return Reply(status=status, headers={"content-type": "application/json"}, body=json.dumps(content).encode())

    def _discovery(self) -> tuple[int, dict[str, Any]]:
        honest = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "jwks_uri": f"{ISSUER}/jwks",
            "pushed_authorization_request_endpoint": f"{ISSUER}/par",
            "authorization_response_iss_parameter_supported": True,
        }
        return 200, _over(honest, self.metadata)

    def _jwks(self) -> tuple[int, dict[str, Any]]:
        return 200, {"keys": [self.key.as_dict(private=False)] if self.published is None else self.published}

    def _par(self) -> tuple[int, dict[str, Any]]:
        if self.push_error:
            return 400, {"error": self.push_error}
        return 201, {"request_uri": "urn:ietf:params:oauth:request_uri:abc", "expires_in": 90}

    def _token(self) -> tuple[int, dict[str, Any]]:
        if self.forms["/token"]["grant_type"] == "client_credentials":
            return 200, {"access_token": "service", "token_type": "DPoP", "expires_in": 60}
        claims = {
            "iss": ISSUER,
            "sub": "pairwise-1",
            "aud": self.forms["/token"]["client_id"],
            "iat": int(NOW.timestamp()),
            "exp": int(NOW.timestamp()) + 300,
            "nonce": self.forms["/par"]["nonce"],
            "acr": "urn:gba:acr:3",
            "at_hash": base64.urlsafe_b64encode(hashlib.sha256(b"access").digest()[:16]).rstrip(b"=").decode(),
        }
        token = jws.serialize_compact(
            _over({"alg": "ES256", "kid": "k1"}, self.header), json.dumps(_over(claims, self.claims)), self.key
        )
        honest = {"access_token": "access", "token_type": "DPoP", "expires_in": 300, "id_token": token}
        return 200, _over(honest, self.tokens)

    def _userinfo(self) -> tuple[int, dict[str, Any]]:
        return 200, _over({"sub": "pairwise-1", "name": "CHAN Tai Man"}, self.userinfo)

    def _signing(self, state: str) -> dict[str, Any]:
        return {"id": "g1", "state": state, "level": None, "signing_url": f"{ISSUER}/en/signings/g1"}

    def _documents(self) -> tuple[int, dict[str, Any]]:
        return (
            (422, self.problem)
            if self.problem
            else (
                202 if self.stamps_later else 201,
                {"id": "d1", "state": "received" if self.stamps_later else "sealed"},
            )
        )


def _over(honest: dict[str, Any], bent: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**honest, **bent}.items() if value is not None}
