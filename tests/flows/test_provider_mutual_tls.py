"""Tokens bound to client certificates, behind a proxy that ends TLS (RFC 8705): who is believed, and what is bound."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from gateway.endpoints.wire import FORM, Request, Response
from gateway.oidc import compact_jws, token_exchange
from gateway.oidc.enrolment import objections
from gateway.settings import MutualTlsSettings, OidcSettings
from tests.fakes.oidc_signer import Key, b64
from tests.fakes.oidc_world import ISSUER, Agency, World, body, make_world
from tests.fakes.registering_partner import Partner

SECRET = "a-secret-between-the-proxy-and-us-0123456789"
PROXY, ELSEWHERE = "10.0.0.7", "10.0.1.7"
SETTINGS = MutualTlsSettings(proxy_secret=SECRET, url="https://mtls.gateway.example")
MAY_RETURN: dict[str, Any] = {
    "scopes": frozenset({"openid", "profile", "documents:issue", "offline_access"}),
    "grant_types": frozenset({"authorization_code", "client_credentials", "refresh_token"}),
}


def certificate(name: str = "registry") -> x509.Certificate:
    return certificate_over(ec.generate_private_key(ec.SECP256R1()), name)


def certificate_over(key: ec.EllipticCurvePrivateKey, name: str = "registry") -> x509.Certificate:
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365))
        .sign(key, SHA256())
    )


def header_of(shown: x509.Certificate) -> str:
    return f":{base64.b64encode(shown.public_bytes(Encoding.DER)).decode()}:"


def thumbprint_of(shown: x509.Certificate) -> str:
    return b64(hashlib.sha256(shown.public_bytes(Encoding.DER)).digest())


class ThroughProxy(Agency):
    """A client whose requests come through the proxy, which says which certificate it showed."""

    shown: x509.Certificate | None = None
    secret = SECRET

    def _headers(self, path: str) -> dict[str, str]:
        own = super()._headers(path)
        if self.shown is not None:
            own["client-cert"] = header_of(self.shown)
        return own | {"gba-proxy-secret": self.secret}

    def ask(self, token: str) -> Response:
        answer = self.world.get("/oauth/userinfo", authorization=f"Bearer {token}", **self._headers("/oauth/userinfo"))
        assert isinstance(answer, Response)
        return answer


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    made = make_world(sqlite_engine, OidcSettings(mutual_tls=SETTINGS))
    made.remote = PROXY
    return made


@pytest.fixture
def agency(world: World) -> ThroughProxy:
    client = ThroughProxy(world)
    client.enrol(require_mtls=True, **MAY_RETURN)
    client.shown = certificate()
    return client


def claims_of(world: World, token: str) -> Mapping[str, Any]:
    jws = compact_jws.take_apart(token, longest=10_000)
    compact_jws.verify(jws, world.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def test_a_token_is_bound_to_the_certificate_and_serves_over_its_connections_alone(
    world: World, agency: ThroughProxy
) -> None:
    assert agency.shown is not None
    tokens = agency.tokens()
    assert tokens["token_type"] == "Bearer"
    confirmation = {"x5t#S256": thumbprint_of(agency.shown)}
    assert claims_of(world, tokens["access_token"])["cnf"] == confirmation
    assert agency.ask(tokens["access_token"]).status == 200
    told = body(world.post("/oauth/introspect", {"token": tokens["access_token"]} | agency.auth()))
    assert (told["active"], told["cnf"], told["token_type"]) == (True, confirmation, "Bearer")
    for other in (certificate(), None):
        agency.shown = other
        answer = agency.ask(tokens["access_token"])
        assert (answer.status, answer.reason) == (401, "token_of_another_certificate")
        assert 'error="invalid_token"' in dict(answer.headers)["WWW-Authenticate"]


def test_a_client_so_registered_gets_nothing_without_a_certificate(world: World, agency: ThroughProxy) -> None:
    code = agency.code()
    agency.shown = None
    answer = agency.redeem(code)
    assert (answer.status, body(answer)["error"], answer.reason) == (400, "invalid_request", "certificate_missing")
    itself = {"grant_type": "client_credentials"} | agency.auth()
    assert world.post("/oauth/token", itself, **agency._headers("/oauth/token")).status == 400


def test_a_client_acts_for_itself_with_a_bound_token(world: World, agency: ThroughProxy) -> None:
    itself = {"grant_type": "client_credentials"} | agency.auth()
    token = body(world.post("/oauth/token", itself, **agency._headers("/oauth/token")))["access_token"]
    assert agency.shown is not None
    assert claims_of(world, token)["cnf"] == {"x5t#S256": thumbprint_of(agency.shown)}


def test_a_refresh_token_stays_and_gives_tokens_for_the_certificate_of_the_day(
    world: World, agency: ThroughProxy
) -> None:
    tokens = agency.tokens(scope="openid offline_access")
    agency.shown = certificate("renewed")
    again = agency.refresh(tokens["refresh_token"])
    assert again.status == 200
    assert "refresh_token" not in body(again)
    assert claims_of(world, body(again)["access_token"])["cnf"] == {"x5t#S256": thumbprint_of(agency.shown)}
    agency.shown = None
    assert agency.refresh(tokens["refresh_token"]).reason == "certificate_missing"


def test_a_token_is_exchanged_over_its_own_connection_alone(world: World) -> None:
    grants = frozenset({"authorization_code", token_exchange.GRANT_TYPE})
    agency = ThroughProxy(world)
    agency.enrol(require_mtls=True, grant_types=grants, may_call=frozenset({"ferry"}))
    Agency(world, id="ferry", key=Key.make(kid="ferry-1")).enrol(agency="ferry-company")
    agency.shown = certificate()
    wish = {"subject_token": agency.tokens()["access_token"], "subject_token_type": token_exchange.ACCESS_TOKEN}
    form = {"grant_type": token_exchange.GRANT_TYPE, "audience": "ferry"} | wish

    def asked() -> Response:
        return world.post("/oauth/token", form | agency.auth(), **agency._headers("/oauth/token"))

    assert claims_of(world, body(asked())["access_token"])["cnf"] == {"x5t#S256": thumbprint_of(agency.shown)}
    agency.shown = certificate()
    refused = asked()
    assert (refused.status, refused.reason) == (400, "token_of_another_certificate")


def test_both_bindings_hold_together(world: World) -> None:
    client = ThroughProxy(world, id="both", dpop_key=Key.make(kid="proof"))
    client.enrol(require_mtls=True, require_dpop=True)
    client.shown = certificate()
    tokens = client.tokens()
    assert tokens["token_type"] == "DPoP"
    assert claims_of(world, tokens["access_token"])["cnf"].keys() == {"jkt", "x5t#S256"}
    assert client.ask(tokens["access_token"]).reason == "token_needs_proof"


def test_a_certificate_that_nobody_asked_for_changes_nothing(world: World) -> None:
    client = ThroughProxy(world, id="other")
    client.enrol()
    client.shown = certificate()
    assert "cnf" not in claims_of(world, client.tokens()["access_token"])


@pytest.mark.parametrize(
    "forged",
    [
        {"remote": ELSEWHERE},
        {"remote": ""},
        {"remote": "unix:"},
        {"secret": ""},
        {"secret": SECRET[:-1]},
        {"secret": "é" * 40},
    ],
)
def test_nobody_but_the_proxy_is_believed(world: World, agency: ThroughProxy, forged: dict[str, str]) -> None:
    token = agency.tokens()["access_token"]
    code = agency.code()
    world.remote = forged.get("remote", PROXY)
    agency.secret = forged.get("secret", SECRET)
    assert agency.redeem(code).reason == "certificate_missing"
    assert agency.ask(token).reason == "token_of_another_certificate"


@pytest.mark.parametrize(
    "unreadable",
    [
        "",
        ":",
        "::",
        "x",
        ":!:",
        ":AAAA:",
        ":MIIB",
        "A" * 20_000,
        ":" + "A" * 20_000 + ":",
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_what_is_no_certificate_is_none(world: World, agency: ThroughProxy, unreadable: str) -> None:
    code = agency.code()
    headers = {"client-cert": unreadable, "gba-proxy-secret": SECRET}
    assert agency.redeem(code, headers=headers).reason == "certificate_missing"


def test_nginx_writes_it_in_another_way(sqlite_engine: sa.Engine) -> None:
    world = make_world(sqlite_engine, OidcSettings(mutual_tls=replace(SETTINGS, certificate_form="pem")))
    world.remote = "fd00::1"
    client = Agency(world).enrol(require_mtls=True)
    shown = certificate()
    escaped = quote(shown.public_bytes(Encoding.PEM).decode())
    answer = client.redeem(client.code(), headers={"client-cert": escaped, "gba-proxy-secret": SECRET})
    assert claims_of(world, body(answer)["access_token"])["cnf"] == {"x5t#S256": thumbprint_of(shown)}


class ByCertificate(ThroughProxy):
    """A client that signs no assertions: it is who its certificate says."""

    def auth(self, assertion: str | None = None) -> dict[str, str]:
        return {"client_id": self.id} if assertion is None else super().auth(assertion)


def own_certificate(key: Key) -> x509.Certificate:
    """A certificate over the client's own key, as it made it itself."""
    private = key.private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return certificate_over(private)


def key_set(key: Key, shown: x509.Certificate) -> dict[str, Any]:
    der = base64.b64encode(shown.public_bytes(Encoding.DER)).decode()
    return {"keys": [{**key.jwk, "x5c": [der]}]}


@pytest.fixture
def certified(world: World) -> ByCertificate:
    client = ByCertificate(world, id="certified")
    client.shown = own_certificate(client.key)
    client.enrol(
        require_mtls=True,
        token_endpoint_auth_method="self_signed_tls_client_auth",
        jwks=key_set(client.key, client.shown),
        **MAY_RETURN,
    )
    return client


def test_a_client_proves_itself_by_its_certificate_everywhere(world: World, certified: ByCertificate) -> None:
    tokens = certified.tokens(scope="openid offline_access")
    assert certified.ask(tokens["access_token"]).status == 200
    headers = certified._headers("/oauth/introspect")
    told = body(world.post("/oauth/introspect", {"token": tokens["access_token"]} | certified.auth(), **headers))
    assert told["active"] is True
    assert certified.refresh(tokens["refresh_token"]).status == 200
    assert world.post("/oauth/revoke", {"token": tokens["access_token"]} | certified.auth(), **headers).status == 200
    assert certified.ask(tokens["access_token"]).status == 401


def test_its_requests_are_counted_like_those_of_others(world: World, certified: ByCertificate) -> None:
    kept = certified.registration(require_mtls=True, token_endpoint_auth_method="self_signed_tls_client_auth")
    assert certified.shown is not None
    certified.world.save(replace(kept, jwks=key_set(certified.key, certified.shown), requests_per_minute=3))
    assert [certified.push().status for _ in range(4)] == [201] * 3 + [429]


@pytest.mark.parametrize("how", ["another", "none", "nobody", "untrusted"])
def test_nobody_else_passes_for_it(world: World, certified: ByCertificate, how: str) -> None:
    code = certified.code()
    named = certified.id
    if how == "another":
        certified.shown = certificate()
    elif how == "none":
        certified.shown = None
    elif how == "nobody":
        named = "nobody"
    else:
        world.remote = ELSEWHERE
    answer = certified.redeem(code, client_id=named)
    assert (answer.status, body(answer)["error"]) == (401, "invalid_client")


def test_each_client_proves_itself_in_its_own_way_alone(world: World, certified: ByCertificate) -> None:
    form = {"grant_type": "client_credentials"} | certified.auth(certified.assertion())
    answer = world.post("/oauth/token", form, **certified._headers("/oauth/token"))
    assert answer.reason == "assertion_not_registered"
    signer = ByCertificate(world, id="signer")
    signer.shown = own_certificate(signer.key)
    signer.enrol(require_mtls=True, jwks=key_set(signer.key, signer.shown))
    assert signer.push().reason == "assertion_missing"


def test_a_client_that_has_a_certificate_may_register_itself(world: World) -> None:
    partner = Partner(world)
    shown = own_certificate(partner.key)
    told = partner.register(
        jwks=key_set(partner.key, shown),
        token_endpoint_auth_method="self_signed_tls_client_auth",
        tls_client_certificate_bound_access_tokens=True,
    )
    client = ByCertificate(world, id=told["client_id"], key=partner.key)
    client.shown = shown
    assert client.pushed()
    assert (told["tls_client_certificate_bound_access_tokens"], told["dpop_bound_access_tokens"]) == (True, False)
    assert told["token_endpoint_auth_method"] == "self_signed_tls_client_auth"


def test_only_a_certificate_over_the_clients_own_key_is_enrolled(world: World, certified: ByCertificate) -> None:
    offer = world.parts.offer
    method = {"token_endpoint_auth_method": "self_signed_tls_client_auth", "require_mtls": True}
    good = certified.registration(jwks=key_set(certified.key, own_certificate(certified.key)), **method)
    assert "certificates_missing" not in objections(good, offer)
    for jwks in (
        {"keys": [certified.key.jwk]},
        key_set(certified.key, certificate()),
        {"keys": [{**certified.key.jwk, "x5c": ["AAAA"]}]},
        {"keys": [{**certified.key.jwk, "x5c": "AAAA"}]},
        {"keys": [{**certified.key.jwk, "x5c": ["A" * 30_000]}]},
    ):
        assert "certificates_missing" in objections(certified.registration(jwks=jwks, **method), offer)
    assert "auth_method_unknown" in objections(certified.registration(token_endpoint_auth_method="none"), offer)
    plain = replace(offer, certificate_bound_tokens=False)
    assert "auth_method_unknown" in objections(good, plain)
    assert plain.auth_methods == ("private_key_jwt",)


def test_without_a_proxy_nothing_is_believed_or_offered(sqlite_engine: sa.Engine) -> None:
    world = make_world(sqlite_engine)
    world.remote = PROXY
    client = ThroughProxy(world)
    client.enrol(require_mtls=True)
    client.shown = certificate()
    assert client.redeem(client.code()).reason == "certificate_missing"
    document = body_of(world, "/.well-known/openid-configuration")
    assert document["tls_client_certificate_bound_access_tokens"] is False
    assert "mtls_endpoint_aliases" not in document
    assert "mutual_tls_not_configured" in objections(client.registration(require_mtls=True), world.parts.offer)


def test_the_metadata_say_so_and_where(world: World) -> None:
    document = body_of(world, "/.well-known/oauth-authorization-server")
    assert document["tls_client_certificate_bound_access_tokens"] is True
    aliases = document["mtls_endpoint_aliases"]
    assert aliases["token_endpoint"] == "https://mtls.gateway.example/oauth/token"
    assert all(document[name] == url.replace("https://mtls.gateway.example", ISSUER) for name, url in aliases.items())
    assert "authorization_endpoint" not in aliases


@pytest.mark.parametrize(
    "wrong",
    [
        {"proxy_secret": "short"},
        {"certificate_header": "client cert"},
        {"certificate_header": "gba-proxy-secret"},
        {"url": "http://mtls.gateway.example"},
        {"url": "https://mtls.gateway.example/path"},
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).split("_")[0]):
        replace(SETTINGS, **wrong)


def body_of(world: World, path: str) -> dict[str, Any]:
    answer = world.send(Request(method="GET", path=path, headers={"content-type": FORM}))
    assert isinstance(answer, Response)
    return body(answer)
