"""Authlib as a relying party that nobody here wrote: its assertions, challenges and checks hold with ours."""

from typing import Any

import pytest
import sqlalchemy as sa
from authlib.common.security import generate_token
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import KeySet

from gateway.oidc import client_assertion, pkce
from tests.fakes.oidc_world import ISSUER, Agency, World, body, make_world, parameters


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def agency(world: World) -> Agency:
    return Agency(world).enrol()


def assertion(world: World, agency: Agency, **claims: Any) -> dict[str, str]:
    """As Authlib signs it, but for the audience: FAPI 2.0 §5.3.3.1 wants the issuer and nothing else."""
    now = int(world.clock().timestamp())
    pem = agency.key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    told = {"aud": ISSUER, "iat": now, "exp": now + 60} | claims
    header = {"kid": agency.key.kid}
    signed = private_key_jwt_sign(pem, agency.id, "unused", alg="ES256", claims=told, header=header)
    text = signed.decode() if isinstance(signed, bytes) else str(signed)
    return {"client_assertion_type": client_assertion.TYPE, "client_assertion": text}


def test_its_challenges_are_ours() -> None:
    verifier = generate_token(48)
    assert pkce.proves(verifier, create_s256_code_challenge(verifier))


def test_a_sign_in_with_its_assertions_and_challenge_gives_an_id_token_that_it_accepts(
    world: World, agency: Agency
) -> None:
    verifier = generate_token(64)
    wishes = agency.request(code_challenge=create_s256_code_challenge(verifier))
    pushed = body(world.post("/oauth/par", wishes | assertion(world, agency)))
    code = parameters(agency.bring(pushed["request_uri"]))["code"]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": wishes["redirect_uri"],
        "code_verifier": verifier,
    }
    tokens = body(world.post("/oauth/token", form | assertion(world, agency)))
    keys = KeySet.import_key_set({"keys": world.signer.key_set().jwks()["keys"]})
    decoded = jwt.decode(tokens["id_token"], keys, algorithms=["ES256"])
    expected = {"nonce": wishes["nonce"], "client_id": agency.id, "access_token": tokens["access_token"]}
    options = {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": agency.id}}
    CodeIDToken(decoded.claims, decoded.header, options, expected).validate(now=int(world.clock().timestamp()))


@pytest.mark.parametrize("audience", [f"{ISSUER}/oauth/token", [ISSUER], f"{ISSUER}/"])
def test_its_usual_audiences_are_refused(world: World, agency: Agency, audience: object) -> None:
    answer = world.post("/oauth/par", agency.request() | assertion(world, agency, aud=audience))
    assert (answer.status, body(answer)["error"]) == (401, "invalid_client")


def test_its_assertion_counts_once(world: World, agency: Agency) -> None:
    once = assertion(world, agency)
    assert world.post("/oauth/par", agency.request() | once).status == 201
    assert body(world.post("/oauth/par", agency.request() | once))["error"] == "invalid_client"
