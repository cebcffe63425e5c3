"""Every entrance for a signed token, each under every forgery: one admission stands behind them all (RFC 8725).

Security event tokens only leave the house (RFC 8935); a software statement is refused whatever it holds
(RFC 7591 §3.2.2).
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy.sandbox.registration import secrets_in
from gateway.endpoints.wire import Response
from gateway.errors import AssertionRejected, GatewayError
from gateway.oidc import registration_request
from gateway.oidc.token_exchange import ACCESS_TOKEN, GRANT_TYPE
from gateway.ports.regions import Callback
from tests.fakes.forged_tokens import BY_ANOTHER_KEY, FORGED, Forge, honest
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import ISSUER, Agency, World, body, parameters
from tests.fakes.outside import Outside
from tests.fakes.travels import ToTheFaceCheck, departure
from tests.fakes.upstream_provider import PROVIDER_KEY, Party, UpstreamProvider

LOGOUT = "/oauth/logout"


def client_assertion(world: World, forge: Forge) -> bool:
    agency = Agency(world).enrol()
    token = forge(agency.key, agency.assertion())
    return world.post("/oauth/par", agency.request() | agency.auth(token)).status == 201


def request_object(world: World, forge: Forge) -> bool:
    agency = Agency(world).enrol(require_signed_request=True)
    return agency.push_signed(forge(agency.key, agency.request_object())).status == 201


def proof(world: World, forge: Forge) -> bool:
    agency = Agency(world, dpop_key=Key.make(kid="proof")).enrol(require_dpop=True)
    assert agency.dpop_key
    form = {"grant_type": "client_credentials", "scope": "documents:issue"} | agency.auth()
    return world.post("/oauth/token", form, dpop=forge(agency.dpop_key, agency.proof("/oauth/token"))).status == 200


def hint_at_sign_in(world: World, forge: Forge) -> bool:
    agency = Agency(world).enrol(require_par=False)
    hint = forge(world.signer.keys[-1], agency.tokens()["id_token"])
    answer = world.get("/oauth/authorize", agency.request(id_token_hint=hint))
    return isinstance(answer, Response) and "code" in parameters(answer)


def hint_at_sign_out(world: World, forge: Forge) -> bool:
    agency = Agency(world).enrol(post_logout_redirect_uris=("https://agency.example/bye",))
    hint = forge(world.signer.keys[-1], agency.tokens()["id_token"])
    wishes = {"id_token_hint": hint, "post_logout_redirect_uri": "https://agency.example/bye"}
    return isinstance(world.get(LOGOUT, wishes), Response)


def access_token(world: World, forge: Forge) -> bool:
    agency = Agency(world).enrol()
    return agency.userinfo(forge(world.signer.keys[-1], agency.tokens()["access_token"])).status == 200


def introspected_token(world: World, forge: Forge) -> bool:
    agency = Agency(world).enrol()
    token = forge(world.signer.keys[-1], agency.tokens()["access_token"])
    told = body(world.post("/oauth/introspect", {"token": token} | agency.auth()))
    return told.get("active") is True


def subject_token(world: World, forge: Forge) -> bool:
    grants = frozenset({"authorization_code", GRANT_TYPE})
    agency = Agency(world).enrol(grant_types=grants, may_call=frozenset({"ferry"}))
    Agency(world, id="ferry", key=Key.make(kid="ferry-1")).enrol(agency="ferry-company")
    form = {
        "grant_type": GRANT_TYPE,
        "subject_token": forge(world.signer.keys[-1], agency.tokens()["access_token"]),
        "subject_token_type": ACCESS_TOKEN,
        "audience": "ferry",
    }
    return world.post("/oauth/token", form | agency.auth()).status == 200


def registration(world: World, forge: Forge) -> bool:
    key = Key.make(kid="partner-1")
    at = world.clock()
    claims = {
        "iss": "https://partner.example",
        "aud": ISSUER,
        "jti": "request-1",
        "iat": int(at.timestamp()),
        "exp": int((at + timedelta(minutes=5)).timestamp()),
        "client_metadata": {"jwks": {"keys": [key.jwk]}},
    }
    try:
        registration_request.read(forge(key, key.compact(claims, typ="registration-request+jwt")))
    except GatewayError:
        return False
    return True


def upstream_id_token(_: World, forge: Forge) -> bool:
    provider = UpstreamProvider()
    provider.forge = lambda token: forge(PROVIDER_KEY, token)
    try:
        Party(provider).sign_in(departure().errand)
    except GatewayError:
        return False
    return True


Entrance = Callable[[World, Forge], bool]
AGREED: tuple[Entrance, ...] = (  # with a key that was agreed on
    client_assertion,
    request_object,
    hint_at_sign_in,
    hint_at_sign_out,
    access_token,
    introspected_token,
    subject_token,
    upstream_id_token,
)
BRINGING: tuple[Entrance, ...] = (proof, registration)  # the token brings its key
SAME = (access_token, "a space in front")  # in that header one space more says nothing else (RFC 9110 §11.4)
MATRIX = [
    *(
        (entrance, name, forge)
        for entrance in AGREED + BRINGING
        for name, forge in FORGED.items()
        if (entrance, name) != SAME
    ),
    *((entrance, name, forge) for entrance in AGREED for name, forge in BY_ANOTHER_KEY.items()),
]


@pytest.mark.parametrize("entrance", AGREED + BRINGING)
def test_an_honest_token_is_let_in(world: World, entrance: Entrance) -> None:
    assert entrance(world, honest)


@pytest.mark.parametrize(
    ("entrance", "forge"),
    [(entrance, forge) for entrance, _, forge in MATRIX],
    ids=[f"{e.__name__}-{n}" for e, n, _ in MATRIX],
)
def test_a_forged_token_is_not(world: World, entrance: Entrance, forge: Forge) -> None:
    assert not entrance(world, forge)


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Outside:
    return Outside(tmp_path_factory.mktemp("registered"))


@pytest.mark.parametrize("forge", ["honest", *FORGED, *BY_ANOTHER_KEY])
def test_nor_is_a_forged_result_of_a_face_check(outside: Outside, forge: str) -> None:
    private = load_pem_private_key(secrets_in(outside.data_dir).check_service_key.encode(), password=None)
    assert isinstance(private, EllipticCurvePrivateKey)
    travel = ToTheFaceCheck(outside)
    key = Key(kid=travel.key.kid, private=private)
    back, trip = travel.away()
    result = ({"honest": honest} | FORGED | BY_ANOTHER_KEY)[forge](key, back.query["result"])
    brought = Callback(query={**back.query, "result": result})
    if forge == "honest":
        assert outside.face_check.arrive(brought, trip).passed
    else:
        with pytest.raises(AssertionRejected):
            outside.face_check.arrive(brought, trip)


SOURCES = Path(__file__).resolve().parents[2] / "gateway"
ONE_WAY = {
    "oidc/client_assertion.py",
    "oidc/registration_request.py",
    "oidc/dpop.py",
    "flows/sign_out_for.py",
    "flows/identify_caller.py",
    "flows/read_request_object.py",
    "flows/own_tokens.py",
    "flows/read_hint.py",
    "regions/macau/adapter.py",
    "regions/face_check.py",
}


def test_there_is_no_entrance_that_this_matrix_does_not_know() -> None:
    """Who takes a token apart stands here; no other module of the gateway decodes one, nor a library for it."""
    texts = {str(path.relative_to(SOURCES)): path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py")}
    taking = {name for name, text in texts.items() if "take_apart(" in text} - {"oidc/compact_jws.py"}
    assert taking == ONE_WAY
    assert not [name for name, text in texts.items() if "joserfc" in text or "import jwt" in text]
