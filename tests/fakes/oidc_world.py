"""A whole provider over a real database, with a person who can be told what to do, and a client that can misbehave."""

import hashlib
import itertools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
import sqlalchemy as sa
from msgspec.structs import replace

from deploy.composing.provider_parts import ProviderParts
from gateway.endpoints.wire import FORM, Page, Request, Response
from gateway.flows.equipment import cookie_hash
from gateway.flows.release_claims import further_of
from gateway.identity.claim import OFFLINE_ACCESS, VERIFICATION
from gateway.identity.further import Further, verified_names
from gateway.identity.verification import DEFAULT_VOUCHERS
from gateway.oidc import client_assertion
from gateway.oidc.asked_claims import plain
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.client import Client
from gateway.oidc.offer import Offer
from gateway.oidc.permission import Permission
from gateway.ports.backings import Backing
from gateway.ports.claims import Subjects as SubjectsPort
from gateway.ports.person_steps import Missing, SignInStarted
from gateway.ports.work import Work
from gateway.settings import OidcSettings
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_parts import START, FakeVault, Journal, Moment, Partners
from tests.fakes.oidc_provider import Provider, make_provider
from tests.fakes.oidc_signer import FakeSigner, Key, b64
from tests.fakes.vouched import vouched

__all__ = ["START", "FakeVault", "Journal", "Moment", "Partners"]  # for who takes the whole world from here

ISSUER = "https://gateway.example"
POSTED = re.compile(r'<input type=hidden name="([^"]*)" value="([^"]*)">')
CALLBACK = "https://agency.example/callback"
SECRET = "secret-of-the-persons-session"  # the cookie's value
SESSION = cookie_hash(SECRET)
VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123"
KNOWN_CLAIMS = {"name": "陳大文", "birthdate": "1990-01-02", "gender": "male"}


@dataclass
class Person:
    """Implements PersonSteps and Claims: signed in and content, unless told otherwise."""

    clock: Moment
    offer: Offer
    at_once: bool = True
    withdrawn: set[str] = field(default_factory=set)
    may_come_back: bool = True
    strangers: set[str] = field(default_factory=set)  # clients that the person has not let know them
    parked: list[AuthorizationRequest] = field(default_factory=list)
    seen: list[tuple[str, str | None]] = field(default_factory=list)

    def begin(
        self, request: AuthorizationRequest, *, browser: str, session: str | None, work: Work, at: datetime
    ) -> Permission | SignInStarted | Missing:
        self.seen.append((browser, session))
        if self.at_once:
            return self.permits(request)
        if "none" in request.prompt:
            return Missing(code="login_required", reason="no_session")
        self.parked.append(request)
        return SignInStarted(sign_in=f"sign-in-{len(self.parked)}", locale=None)

    def permits(self, request: AuthorizationRequest) -> Permission:
        return Permission(
            account="account-1",
            session=SESSION,
            home="HK",
            acr="urn:gba:acr:3",
            amr=("swk", "user"),
            authenticated_at=self.clock(),
            scope=tuple(name for name in request.scope if name != OFFLINE_ACCESS or self.may_come_back),
            claims=(
                *self._asked(request),
                *((OFFLINE_ACCESS,) if OFFLINE_ACCESS in request.scope and self.may_come_back else ()),
            ),
            consent="consent-1",
            authorization_details=request.authorization_details,
        )

    def _asked(self, request: AuthorizationRequest) -> tuple[str, ...]:
        """Everything that is asked for, in whatever way."""
        verified = verified_names(request.claims)
        names = [name for place in ("userinfo", "id_token") for name in plain(request, self.offer, place)]
        names += [name for name in (*verified, *([VERIFICATION] if verified else ())) if name in self.offer.claims]
        return tuple(dict.fromkeys(names))

    def release(
        self,
        *,
        account: str,
        client: Client,
        claims: tuple[str, ...],
        consent: str | None,
        further: Further | None = None,
        scope: frozenset[str] | None = None,
        backing: Backing | None = None,
    ) -> dict[str, object]:
        assert account == "account-1"
        told: dict[str, object] = {
            name: KNOWN_CLAIMS[name] for name in claims if name not in self.withdrawn and name in KNOWN_CLAIMS
        }
        if further is None:
            return told
        ground = vouched(KNOWN_CLAIMS, client=client, withdrawn=self.withdrawn, scope=scope, at=self.clock())
        return told | further_of(further, ground, DEFAULT_VOUCHERS)

    def may_know(self, *, account: str, client: Client) -> bool:
        assert account == "account-1"
        return client.id not in self.strangers

    def may_return(self, *, account: str, client: Client) -> bool:
        return self.may_come_back


class Subjects:
    """Implements gateway.ports.claims.Subjects."""

    def of(self, account: str, agency: str, *, work: Work | None = None) -> str:
        return hashlib.sha256(f"{account}@{agency}".encode()).hexdigest()[:32]


@dataclass
class World:
    provider: Provider
    parts: ProviderParts
    work: SqlWork
    clock: Moment
    person: Person
    signer: FakeSigner
    journal: Journal
    partners: Partners
    remote: str = ""  # the address that requests come from

    def send(self, request: Request) -> Response | Page:
        return self.provider.routes[request.method, request.path](request)

    def post(self, path: str, form: Mapping[str, str], **headers: str) -> Response:
        sent = {"content-type": FORM} | _named(headers)
        content = urlencode(form).encode()
        answer = self.send(Request(method="POST", path=path, headers=sent, body=content, remote=self.remote))
        assert isinstance(answer, Response)
        return answer

    def get(self, path: str, query: Mapping[str, str] | str = "", **headers: str) -> Response | Page:
        text = query if isinstance(query, str) else urlencode(query)
        return self.send(Request(method="GET", path=path, query=text, headers=_named(headers), remote=self.remote))

    def save(self, client: Client) -> None:
        with self.work(write=True) as work:
            work.clients.save(client)
            work.commit()
        self.clock.passes(seconds=2)  # longer than a client is kept unchecked


def make_world(
    engine: sa.Engine,
    settings: OidcSettings | None = None,
    *,
    beside: "World | None" = None,
    subjects: SubjectsPort | None = None,
) -> World:
    """A provider on this database, whose tables are there; `beside` another process of the same gateway."""
    clock, journal, vault, signer = Moment(), Journal(), FakeVault(), FakeSigner()
    if beside is not None:
        clock, journal, signer = beside.clock, beside.journal, beside.signer
        assert isinstance(beside.parts.vault, FakeVault)
        vault = beside.parts.vault
    work = SqlWork(engine, vault=vault, audit=lambda _: journal)
    settings = settings or OidcSettings()
    offer = Offer(
        issuer=ISSUER,
        acr_values=("urn:gba:acr:2", "urn:gba:acr:3"),
        certificate_bound_tokens=settings.mutual_tls.enabled,
        mutual_tls_url=settings.mutual_tls.url,
    )
    numbers = itertools.count(1)
    partners = Partners()
    parts = ProviderParts(
        offer=offer,
        settings=settings,
        open_work=work,
        vault=vault,
        signer=signer,
        new_token=lambda: f"token-{next(numbers)}-{os.urandom(8).hex()}",
        clock=clock,
        egress=partners,
    )
    person = Person(clock=clock, offer=offer)
    provider = make_provider(
        parts,
        steps=person,
        claims=person,
        subjects=subjects or Subjects(),
        page=lambda _, sign_in, locale: f"/{locale or 'en'}/sign-in/{sign_in}",
    )
    return World(
        provider=provider,
        parts=parts,
        work=work,
        clock=clock,
        person=person,
        signer=signer,
        journal=journal,
        partners=partners,
    )


def challenge(verifier: str = VERIFIER) -> str:
    return b64(hashlib.sha256(verifier.encode()).digest())


@dataclass
class Agency:
    """A client with its key. Every call is honest unless the test lays something else over it."""

    world: World
    id: str = "registry"
    key: Key = field(default_factory=lambda: Key.make(kid="agency-1"))
    dpop_key: Key | None = None
    nonce: str | None = None  # the provider's, for proofs
    response_mode: str | None = None
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def registration(self, **other: Any) -> Client:
        client = Client(
            id=self.id,
            agency="registry-agency",
            names={"en": "Registry"},
            region="CN-44",
            redirect_uris=(CALLBACK, f"{CALLBACK}?branch=1"),
            jwks={"keys": [self.key.jwk]},
            scopes=frozenset({"openid", "profile", "documents:issue"}),
            grant_types=frozenset({"authorization_code", "client_credentials"}),
            detail_types=frozenset({"biometric_check"}),
            check_purposes=frozenset({"business_registration"}),
            require_dpop=False,  # most tests look at something else; those that look at this say otherwise
        )
        return replace(client, **other)

    def enrol(self, **other: Any) -> "Agency":
        self.world.save(self.registration(**other))
        return self

    def assertion(self, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
        at = self.world.clock().timestamp()
        honest = {
            "iss": self.id,
            "sub": self.id,
            "aud": ISSUER,
            "jti": f"{self.id}-{next(self.numbers)}",
            "iat": int(at),
            "exp": int(at) + 60,
        }
        laid = honest | claims
        return self.key.compact({name: value for name, value in laid.items() if value is not None}, **(header or {}))

    def auth(self, assertion: str | None = None) -> dict[str, str]:
        return {
            "client_assertion_type": client_assertion.TYPE,
            "client_assertion": assertion or self.assertion(),
        }

    def proof(self, path: str, *, method: str = "POST", header: Any = None, **claims: Any) -> str:
        key = self.dpop_key
        assert key is not None
        honest = {
            "jti": f"proof-{next(self.numbers)}",
            "htm": method,
            "htu": f"{ISSUER}{path}",
            "iat": int(self.world.clock().timestamp()),
        }
        laid = {name: value for name, value in (honest | claims).items() if value is not None}
        return key.compact(laid, **({"typ": "dpop+jwt", "jwk": key.bare_jwk, "kid": None} | (header or {})))

    def _headers(self, path: str) -> dict[str, str]:
        return {"dpop": self.proof(path, nonce=self.nonce)} if self.dpop_key else {}

    def request(self, **other: str | None) -> dict[str, str]:
        honest: dict[str, str | None] = {
            "client_id": self.id,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid profile",
            "state": "s-123",
            "nonce": "n-456",
            "response_mode": self.response_mode,
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (honest | other).items() if value is not None}

    def push(self, **other: str | None) -> Response:
        return self.world.post("/oauth/par", self.request(**other) | self.auth(), **self._headers("/oauth/par"))

    def pushed(self, **other: str | None) -> str:
        answer = self.push(**other)
        assert answer.status == 201, answer
        uri = orjson.loads(answer.body)["request_uri"]
        assert isinstance(uri, str)
        return uri

    def request_object(self, header: Mapping[str, Any] | None = None, /, **other: Any) -> str:
        """A signed request; None takes a claim out."""
        at = int(self.world.clock().timestamp())
        honest = self.request() | {"iss": self.id, "aud": ISSUER, "nbf": at, "exp": at + 300}
        laid = {name: value for name, value in (honest | other).items() if value is not None}
        return self.key.compact(laid, **({"typ": "oauth-authz-req+jwt"} | dict(header or {})))

    def push_signed(self, signed: str, **beside: str) -> Response:
        form = {"client_id": self.id, "request": signed} | self.auth() | beside
        return self.world.post("/oauth/par", form, **self._headers("/oauth/par"))

    def bring(self, request_uri: str, **headers: str) -> Response | Page:
        return self.world.get("/oauth/authorize", {"client_id": self.id, "request_uri": request_uri}, **headers)

    def code(self, **other: str | None) -> str:
        told = parameters(self.bring(self.pushed(**other)))
        return told["code"]

    def redeem(self, code: str, /, *, headers: Mapping[str, str] | None = None, **other: str | None) -> Response:
        honest: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        form = {name: value for name, value in (honest | self.auth() | other).items() if value is not None}
        return self.world.post("/oauth/token", form, **(headers or self._headers("/oauth/token")))

    def refresh(self, token: str, /, **other: str) -> Response:
        form = {"grant_type": "refresh_token", "refresh_token": token} | self.auth() | other
        return self.world.post("/oauth/token", form, **self._headers("/oauth/token"))

    def tokens(self, **other: str | None) -> dict[str, Any]:
        answer = self.redeem(self.code(**other))
        assert answer.status == 200, answer.body
        tokens: dict[str, Any] = orjson.loads(answer.body)
        return tokens

    def userinfo(self, token: str) -> Response:
        answer = self.world.get("/oauth/userinfo", authorization=f"Bearer {token}")
        assert isinstance(answer, Response)
        return answer


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def parameters(answer: Response | Page) -> dict[str, str]:
    """What a redirect, or a page that posts itself, tells the client."""
    assert isinstance(answer, Response), answer
    if answer.status == 200:
        return {unescape(name): unescape(value) for name, value in POSTED.findall(answer.body.decode())}
    assert answer.status == 303, answer
    return dict(parse_qsl(urlsplit(dict(answer.headers)["Location"]).query, strict_parsing=True))


def body(answer: Response) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(answer.body)
    return told
