"""Attacks on signed tokens: none of them is believed (RFC 8725)."""

import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.oidc import base64url, compact_jws
from gateway.oidc.compact_jws import JwsRefused
from gateway.oidc.key_set import KeySet
from gateway.oidc.public_key import KeyRefused, admit
from tests.fakes.oidc_signer import Key, b64

OURS = Key.make(kid="ours")
RSA = Key.make("PS256", kid="rsa")
THEIRS = Key.make(kid="ours")
KEYS = KeySet.read({"keys": [OURS.jwk, RSA.jwk]})
CLAIMS = {"sub": "registry"}


def head(token: str, **other: Any) -> str:
    """The token with members of its header laid over, its signature left as it was."""
    first, rest = token.split(".", 1)
    laid = {**json.loads(base64url.decode(first)), **other}
    return f"{b64(json.dumps(laid).encode())}.{rest}"


def hs256_with_our_public_key() -> str:
    signed = f"{b64(json.dumps({'alg': 'HS256', 'kid': 'ours'}).encode())}.{b64(json.dumps(CLAIMS).encode())}"
    secret = json.dumps(OURS.jwk).encode()
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256'))}"


def with_der_signature() -> str:
    signed = OURS.compact(CLAIMS).rsplit(".", 1)[0]
    assert isinstance(OURS.private, ec.EllipticCurvePrivateKey)
    return f"{signed}.{b64(OURS.private.sign(signed.encode(), ec.ECDSA(SHA256())))}"


HONEST = OURS.compact(CLAIMS)
REST = HONEST.split(".", 1)[1]
TWICE = b'{"alg":"none","alg":"ES256","kid":"ours"}'
SIGNED, SIGNATURE = HONEST.rsplit(".", 1)
ATTACKS: dict[str, str] = {
    "alg none, no signature": f"{head(HONEST, alg='none').rsplit('.', 1)[0]}.",
    "alg none in other letters": f"{head(HONEST, alg='nOnE').rsplit('.', 1)[0]}.",
    "alg missing": OURS.compact(CLAIMS, alg=None),
    "alg a list": OURS.compact(CLAIMS, alg=["ES256"]),
    "HS256 under the public key": hs256_with_our_public_key(),
    "RS256 under a PS256 key": RSA.compact(CLAIMS, alg="RS256"),
    "ES384 named over an ES256 signature": OURS.compact(CLAIMS, alg="ES384"),
    "PS256 named over an EC key": head(HONEST, alg="PS256"),
    "another's key under our id": THEIRS.compact(CLAIMS),
    "another's key brought along": THEIRS.compact(CLAIMS, jwk=THEIRS.bare_jwk),
    "another's key at an address": THEIRS.compact(CLAIMS, jku="https://evil.example/jwks"),
    "another's certificate": THEIRS.compact(CLAIMS, x5u="https://evil.example/c", x5c=["MIIB"]),
    "an unknown key id": OURS.compact(CLAIMS, kid="../../dev/null"),
    "a key id that is no text": OURS.compact(CLAIMS, kid={"$ne": 1}),
    "a key id that queries": OURS.compact(CLAIMS, kid="' or 1=1 --"),
    "no key id among several keys": OURS.compact(CLAIMS, kid=None),
    "a critical extension": OURS.compact(CLAIMS, crit=["exp"], exp=1),
    "an unencoded payload": OURS.compact(CLAIMS, b64=False),
    "a changed payload": f"{SIGNED.split('.')[0]}.{b64(b'{}')}.{SIGNATURE}",
    "an empty signature": f"{SIGNED}.",
    "a signature of zeros": f"{SIGNED}.{b64(bytes(64))}",
    "a signature in DER": with_der_signature(),
    "a padded signature": f"{HONEST}==",
    "a signature with spare bits": f"{HONEST[:-1]}{chr(ord(HONEST[-1]) + 1)}",
    "five parts": f"{HONEST}.a.b",
    "two parts": SIGNED,
    "a space in front": f" {HONEST}",
    "a line break inside": HONEST.replace(".", "\n.", 1),
    "letters that are not ASCII": HONEST.replace(".", "．", 1),
    "a header that is no object": f"{b64(b'[]')}.{REST}",
    "a header with a name twice": f"{b64(TWICE)}.{REST}",
    "a deep header": f"{b64(b'[' * 3000)}.{REST}",
    "nothing": "",
    "too much": HONEST + "A" * 10_000,
}


def test_an_honest_token_is_believed() -> None:
    assert compact_jws.verify(compact_jws.take_apart(HONEST, longest=8192), KEYS).kid == "ours"


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_token_is_not_believed_with(attack: str) -> None:
    with pytest.raises(JwsRefused):
        compact_jws.verify(compact_jws.take_apart(ATTACKS[attack], longest=8192), KEYS)


@pytest.mark.parametrize("payload", [b"[]", b"1", b"{", b'{"a":1,"a":2}', b'{"a":NaN}', b"\xff", b"[" * 5000])
def test_claims_are_an_object_read_strictly(payload: bytes) -> None:
    jws = compact_jws.take_apart(OURS.compact(payload), longest=100_000)
    with pytest.raises(JwsRefused):
        compact_jws.read_claims(jws, longest=100_000)


EC_KEY = OURS.jwk
BAD_KEYS: dict[str, Callable[[], Any]] = {
    "key_not_an_object": lambda: "key",
    "key_private": lambda: EC_KEY | {"d": "AA"},
    "key_not_for_signatures": lambda: EC_KEY | {"use": "enc"},
    "key_id_malformed": lambda: EC_KEY | {"kid": 7},
    "key_type_not_admitted": lambda: EC_KEY | {"kty": "AKP"},
    "key_curve_not_admitted": lambda: EC_KEY | {"crv": "secp256k1"},
    "key_not_on_curve": lambda: EC_KEY | {"y": EC_KEY["x"]},
    "key_malformed": lambda: EC_KEY | {"x": EC_KEY["x"] + "="},
    "key_algorithm_not_admitted": lambda: RSA.jwk | {"alg": "RS256"},
    "key_size_not_admitted": lambda: RSA.jwk | {"n": b64(b"\xff" * 128)},
    "key_exponent_not_admitted": lambda: RSA.jwk | {"e": "Aw"},
}


@pytest.mark.parametrize("reason", BAD_KEYS)
def test_a_key_is_not_admitted_when(reason: str) -> None:
    with pytest.raises(KeyRefused, match=reason):
        admit(BAD_KEYS[reason]())


def test_a_symmetric_key_is_never_admitted() -> None:
    with pytest.raises(KeyRefused):
        admit({"kty": "oct", "k": b64(b"k" * 32), "alg": "HS256"})


def test_a_set_tells_its_keys_apart() -> None:
    for keys in ([OURS.jwk, THEIRS.jwk], [OURS.jwk, RSA.bare_jwk], [], [OURS.jwk] * 30):
        with pytest.raises(KeyRefused):
            KeySet.read({"keys": keys})


def test_a_thumbprint_is_that_of_rfc_7638() -> None:
    key = {  # RFC 7638 §3.1
        "kty": "RSA",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjB"
        "ZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8"
        "KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
        "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
        "e": "AQAB",
        "alg": "PS256",
    }
    assert admit(key).thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_a_signature_under_the_full_name_of_its_algorithm_is_the_same_signature() -> None:
    """RFC 9864 §2.2: newer clients write Ed25519 for what others call EdDSA."""
    key = Key.make("EdDSA", kid="k")
    jws = compact_jws.take_apart(key.compact({"sub": "a"}, alg="Ed25519"), longest=10_000)
    compact_jws.verify(jws, KeySet.read({"keys": [{**key.jwk, "alg": "Ed25519"}]}))
