"""What a client signed is good for one request: its assertion, and its proof of a key, wherever they are taken."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import Response
from gateway.oidc import device_code, dpop, refresh_token, token_exchange
from gateway.storage.metadata import metadata
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, VERIFIER, Agency, World, body, make_world
from tests.fixtures.databases import make_tables
from trust.storage.tables import metadata as trust_metadata

TOKEN = "/oauth/token"
GRANTS = frozenset(
    {
        "authorization_code",
        "client_credentials",
        refresh_token.GRANT_TYPE,
        token_exchange.GRANT_TYPE,
        device_code.GRANT_TYPE,
    }
)
SCOPES = frozenset({"openid", "profile", "documents:issue", "offline_access"})


@pytest.fixture
def world(empty_engine: sa.Engine) -> World:
    """On either: over a server what was spent before is told by the commit."""
    make_tables(empty_engine, metadata, trust_metadata)
    return make_world(empty_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    Agency(world, id="ferry", key=Key.make(kid="ferry-1")).enrol(agency="ferry-company")
    client = Agency(world, dpop_key=Key.make(kid="proof"))
    return client.enrol(require_dpop=True, grant_types=GRANTS, scopes=SCOPES, may_call=frozenset({"ferry"}))


def ask_as_a_device(agency: Agency) -> str:
    form = {"scope": "openid"} | agency.auth()
    told = body(agency.world.post(device_code.PATH, form, **agency._headers(device_code.PATH)))
    return str(told["device_code"])


def refreshing(agency: Agency) -> dict[str, str]:
    kept = agency.tokens(scope="openid offline_access")["refresh_token"]
    return {"grant_type": refresh_token.GRANT_TYPE, "refresh_token": kept}


def exchanging(agency: Agency) -> dict[str, str]:
    told = {"subject_token": agency.tokens()["access_token"], "subject_token_type": token_exchange.ACCESS_TOKEN}
    return {"grant_type": token_exchange.GRANT_TYPE, "audience": "ferry"} | told


def polling(agency: Agency) -> dict[str, str]:
    return {"grant_type": device_code.GRANT_TYPE, "device_code": ask_as_a_device(agency)}


Make = Callable[[Agency], dict[str, str]]
# where, and a form that may be sent twice: only what was signed makes the difference
REQUESTS: dict[str, tuple[str, Make]] = {
    "push": ("/oauth/par", lambda agency: agency.request()),
    "act for itself": (TOKEN, lambda _: {"grant_type": "client_credentials"}),
    "refresh": (TOKEN, refreshing),
    "exchange": (TOKEN, exchanging),
    "poll": (TOKEN, polling),
    "ask as a device": (device_code.PATH, lambda _: {"scope": "openid"}),
}
WITHOUT_PROOF: dict[str, tuple[str, Make]] = {
    "introspect": ("/oauth/introspect", lambda agency: {"token": agency.tokens()["access_token"]}),
    "revoke": ("/oauth/revoke", lambda _: {"token": "x.y.z"}),
}


def error(answer: Response) -> str:
    told = body(answer) if answer.body else {}
    return str(told.get("error"))


@pytest.mark.parametrize("what", REQUESTS | WITHOUT_PROOF)
def test_an_assertion_serves_once(agency: Agency, what: str) -> None:
    path, make = (REQUESTS | WITHOUT_PROOF)[what]
    form = make(agency)
    signed = agency.auth()
    first = agency.world.post(path, form | signed, **agency._headers(path))
    assert error(first) in {"None", "authorization_pending"}, first
    again = agency.world.post(path, form | signed, **agency._headers(path))
    assert (again.status, error(again), again.reason) == (401, "invalid_client", "assertion_replayed")
    elsewhere = agency.world.post("/oauth/introspect", {"token": "x.y.z"} | signed)
    assert elsewhere.reason == "assertion_replayed"


@pytest.mark.parametrize("what", REQUESTS)
def test_a_proof_serves_once(agency: Agency, what: str) -> None:
    path, make = REQUESTS[what]
    form = make(agency)
    proof = agency._headers(path)
    first = agency.world.post(path, form | agency.auth(), **proof)
    assert error(first) in {"None", "authorization_pending"}, first
    again = agency.world.post(path, form | agency.auth(), **proof)
    assert (again.status, error(again), again.reason) == (400, "invalid_dpop_proof", "proof_replayed")


def test_a_proof_for_a_token_serves_once(agency: Agency) -> None:
    token = agency.tokens()["access_token"]
    proof = agency.proof("/oauth/userinfo", method="GET", ath=dpop.token_hash(token))
    shown = {"authorization": f"DPoP {token}", "dpop": proof}
    first = agency.world.get("/oauth/userinfo", **shown)
    again = agency.world.get("/oauth/userinfo", **shown)
    assert isinstance(first, Response)
    assert isinstance(again, Response)
    assert (first.status, again.status, again.reason) == (200, 401, "proof_replayed")


def test_a_code_that_came_with_a_spent_assertion_or_proof_is_not_used_up(agency: Agency) -> None:
    code, auth = agency.code(), agency.auth()
    assert agency.world.post("/oauth/introspect", {"token": "x.y.z"} | auth).status == 200
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    refused = agency.world.post(TOKEN, form | auth, **agency._headers(TOKEN))
    assert refused.reason == "assertion_replayed"
    proof = agency._headers(TOKEN)
    assert agency.world.post(TOKEN, {"grant_type": "client_credentials"} | agency.auth(), **proof).status == 200
    assert agency.redeem(code, headers=proof).reason == "proof_replayed"
    assert agency.redeem(code).status == 200
