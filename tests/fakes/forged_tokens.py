"""What attackers make of a signed token, given an honest one and the key that made it (RFC 8725 §2, §3)."""

import hmac
import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.oidc import base64url
from tests.fakes.oidc_signer import Key, b64

Forge = Callable[[Key, str], str]
THIEF = Key.make(kid="thief")
RSA_THIEF = Key.make("PS256", kid="thief-rsa")


def honest(_: Key, token: str) -> str:
    return token


def header_of(token: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(base64url.decode(token.split(".", maxsplit=1)[0]))
    return told


def payload_of(token: str) -> bytes:
    return base64url.decode(token.split(".")[1])


def head(token: str, **other: Any) -> str:
    """Another header over the signature that was; None takes a member out."""
    laid = {name: value for name, value in {**header_of(token), **other}.items() if value is not None}
    return f"{b64(json.dumps(laid).encode())}.{token.split('.', 1)[1]}"


def again(key: Key, token: str, payload: bytes | None = None, **header: Any) -> str:
    """Signed anew by this key, over the same header but for what is laid over it."""
    return key.compact(payload_of(token) if payload is None else payload, **{**header_of(token), **header})


def hs256(secret: bytes, token: str) -> str:
    signed = head(token, alg="HS256").rsplit(".", 1)[0]
    return f"{signed}.{b64(hmac.digest(secret, signed.encode(), 'sha256'))}"


def pem(key: Key) -> bytes:
    return key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def der_signature(key: Key, token: str) -> str:
    signed = token.rsplit(".", 1)[0]
    assert isinstance(key.private, ec.EllipticCurvePrivateKey)
    return f"{signed}.{b64(key.private.sign(signed.encode(), ec.ECDSA(SHA256())))}"


def last_letter(token: str) -> str:
    """The same bytes, spelt with a spare bit set (RFC 4648 §3.5)."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


def twice(token: str) -> bytes:
    """The claims with the first of them named once more, as an attacker would like it read."""
    claims = json.loads(payload_of(token))
    name = next(iter(claims))
    return payload_of(token)[:-1] + f', "{name}": "another"}}'.encode()


def alg_twice(token: str) -> str:
    """A header that names two algorithms, the second of which is none."""
    header = json.dumps(header_of(token))[:-1] + ', "alg": "none"}'
    return f"{b64(header.encode())}.{token.split('.', 1)[1]}"


def with_member(token: str, value: bytes) -> bytes:
    """The claims and one more."""
    return payload_of(token)[:-1] + b', "x": ' + value + b"}"


FORGED: dict[str, Forge] = {
    "alg none": lambda _, token: f"{head(token, alg='none').rsplit('.', 1)[0]}.",
    "alg none over the signature": lambda _, token: head(token, alg="none"),
    "alg none in other letters": lambda _, token: f"{head(token, alg='nOnE').rsplit('.', 1)[0]}.",
    "no alg": lambda _, token: head(token, alg=None),
    "alg a list": lambda key, token: again(key, token, alg=["ES256"]),
    "HS256 under the public key as JWK": lambda key, token: hs256(json.dumps(key.jwk).encode(), token),
    "HS256 under the public key as PEM": lambda key, token: hs256(pem(key), token),
    "HS256 under an empty secret": lambda _, token: hs256(b"", token),
    "RS256": lambda _, token: again(RSA_THIEF, token, alg="RS256"),
    "another algorithm's name": lambda _, token: head(token, alg="PS256"),
    "a critical extension": lambda key, token: again(key, token, crit=["exp"], exp=1),
    "an empty list of critical ones": lambda key, token: again(key, token, crit=[]),
    "an unencoded payload": lambda key, token: again(key, token, b64=False),
    "a changed payload": lambda _, token: ".".join([token.split(".")[0], b64(b"{}"), token.split(".")[2]]),
    "an empty signature": lambda _, token: token.rsplit(".", 1)[0] + ".",
    "a signature of zeros": lambda _, token: f"{token.rsplit('.', 1)[0]}.{b64(bytes(64))}",
    "a signature in DER": der_signature,
    "a padded signature": lambda _, token: token + "==",
    "a signature with spare bits": lambda _, token: last_letter(token),
    "a claim twice": lambda key, token: again(key, token, twice(token)),
    "a header's name twice": lambda _, token: alg_twice(token),
    "claims that are a list": lambda key, token: again(key, token, b"[1]"),
    "claims with NaN": lambda key, token: again(key, token, with_member(token, b"NaN")),
    "claims without end": lambda key, token: again(key, token, with_member(token, b"[" * 900)),
    "too much": lambda key, token: again(key, token, with_member(token, b'"' + b"A" * 200_000 + b'"')),
    "five parts": lambda _, token: f"{token}.a.b",
    "two parts": lambda _, token: token.rsplit(".", 1)[0],
    "a space in front": lambda _, token: f" {token}",
    "a line break inside": lambda _, token: token.replace(".", "\n.", 1),
    "nothing at all": lambda _, token: "..",
    "the JSON form": lambda _, token: json.dumps(
        dict(zip(("protected", "payload", "signature"), token.split("."), strict=True))
    ),
}  # fmt: skip
# Where the key is one that was agreed on, and does not come with the token.
BY_ANOTHER_KEY: dict[str, Forge] = {
    "another's key under the same id": lambda key, token: again(THIEF, token, kid=key.kid),
    "another's key under its own id": lambda _, token: again(THIEF, token, kid="thief"),
    "another's key without an id": lambda _, token: again(THIEF, token, kid=None),
    "another's key brought along": lambda _, token: again(THIEF, token, jwk=THIEF.bare_jwk),
    "another's key at an address": lambda _, token: again(THIEF, token, jku="https://evil.example/jwks"),
    "another's certificate": lambda _, token: again(THIEF, token, x5u="https://evil.example/c", x5c=["MIIB"]),
    "a key id that is a path": lambda _, token: again(THIEF, token, kid="../../dev/null"),
    "a key id that queries": lambda _, token: again(THIEF, token, kid="' or 1=1 --"),
    "a key id that is no text": lambda key, token: again(key, token, kid={"$ne": 1}),
    "a key id that is not known": lambda key, token: again(key, token, kid="unheard-of"),
}
