"""Sign a person in, learn what they agreed to tell, and issue a sealed record to them. Needs: httpx, joserfc.

ISSUER=https://… CLIENT_ID=… KEY=key.pem KEY_ID=… REDIRECT_URI=https://… python partner.py record.pdf
"""

import base64
import hashlib
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ENV = os.environ  # noqa: TID251 - a program of its own
ISSUER, CLIENT, REDIRECT_URI = ENV["ISSUER"], ENV["CLIENT_ID"], ENV["REDIRECT_URI"]
key = ECKey.import_key(Path(ENV["KEY"]).read_bytes())  # registered: proves who we are
proof_key = ECKey.generate_key("P-256")  # lives as long as this program: what our tokens are bound to
http = httpx.Client(timeout=60)
nonce_of_server = ""


def signed(header: dict[str, Any], claims: dict[str, Any], with_key: ECKey) -> str:
    return jwt.encode({"alg": "ES256", **header}, {**claims, "iat": int(time.time())}, with_key, algorithms=["ES256"])


def client_assertion() -> str:
    """private_key_jwt; `aud` is the issuer and nothing else, and each assertion serves once."""
    claims = {"iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "jti": secrets.token_urlsafe(), "exp": int(time.time()) + 60}
    return signed({"kid": ENV["KEY_ID"]}, claims, key)


def proof(method: str, url: str, token: str | None) -> str:
    """DPoP: this request, by this key, with this token."""
    claims = {"jti": secrets.token_urlsafe(), "htm": method, "htu": url.partition("?")[0]}
    if nonce_of_server:
        claims["nonce"] = nonce_of_server
    if token:
        claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
    return signed({"typ": "dpop+jwt", "jwk": proof_key.as_dict(private=False)}, claims, proof_key)


def call(
    method: str, url: str, *, token: str | None = None, form: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    """One request; a second one where the server wants its nonce in the proof (RFC 9449 §8, §9)."""
    global nonce_of_server  # noqa: PLW0603 - one server, one nonce
    for _ in range(2):
        headers = {"DPoP": proof(method, url, token), **more.get("headers", {})}
        if token:
            headers["Authorization"] = f"DPoP {token}"
        body = form and {
            **form,
            "client_id": CLIENT,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": client_assertion(),
        }
        answer = http.request(method, url, data=body, files=more.get("files"), headers=headers)
        nonce_of_server = answer.headers.get("DPoP-Nonce", nonce_of_server)
        wants = answer.status_code in (400, 401) and "use_dpop_nonce" in (
            answer.text + answer.headers.get("WWW-Authenticate", "")
        )
        if not wants:
            break
    if answer.is_error:
        sys.exit(f"{method} {url}: {answer.status_code} {answer.text}")
    return answer


# 1. Where everything is.
gateway = http.get(f"{ISSUER}/.well-known/openid-configuration").json()
assert gateway["issuer"] == ISSUER

# 2. Push the request: what we want to know, how it was verified, and why something is not told.
verifier, state, nonce = (secrets.token_urlsafe(48) for _ in range(3))
wanted = {
    "birthdate": {"essential": True},
    "gender": None,
    "verified_claims": {"verification": {"trust_framework": None}, "claims": {"birthdate": {"essential": True}}},
    "urn:gba:claims:withheld": None,
}
pushed = call(
    "POST",
    gateway["pushed_authorization_request_endpoint"],
    form={
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": REDIRECT_URI,
        "state": state,
        "nonce": nonce,
        "claims": json.dumps({"userinfo": wanted}),
        "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "ui_locales": "en",
    },
).json()

# 3. The browser goes there, and comes back to REDIRECT_URI. A web server would read that request; we read a line.
query = urlencode({"client_id": CLIENT, "request_uri": pushed["request_uri"]})
print(f"{gateway['authorization_endpoint']}?{query}", flush=True)
back = {name: values[0] for name, values in parse_qs(urlsplit(sys.stdin.readline().strip()).query).items()}
if back.get("state") != state or back.get("iss") != ISSUER:
    sys.exit("This answer is not to our request.")
if "error" in back:
    sys.exit(f"Nobody signed in: {back['error']}")

# 4. The code becomes tokens, and the ID token is checked before anything in it is believed.
tokens = call(
    "POST",
    gateway["token_endpoint"],
    form={
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": REDIRECT_URI,
        "code_verifier": verifier,
    },
).json()
keys = KeySet.import_key_set(http.get(gateway["jwks_uri"]).json())
person = jwt.decode(tokens["id_token"], keys, algorithms=["ES256"]).claims
expected = jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True, "value": CLIENT},
    nonce={"essential": True, "value": nonce},
    exp={"essential": True},
)
expected.validate(person)

# 5. What the person agreed to tell.
told = call("GET", gateway["userinfo_endpoint"], token=tokens["access_token"]).json()
assert told["sub"] == person["sub"]

# 6. A record for them, sealed by the gateway. Our own token: no person is needed for that.
own = call(
    "POST", gateway["token_endpoint"], form={"grant_type": "client_credentials", "scope": "documents:issue"}
).json()["access_token"]
metadata = {"subject": person["sub"], "title": {"en": "Licence"}, "kind": "licence", "language": "en"}
record = call(
    "POST",
    f"{ISSUER}/api/v1/documents",
    token=own,
    headers={"Idempotency-Key": secrets.token_urlsafe()},
    files={
        "metadata": (None, json.dumps(metadata), "application/json"),
        "file": ("record.pdf", Path(sys.argv[1]).read_bytes(), "application/pdf"),
    },
).json()

# 7. Sealed at once, or soon: `received` means that the gateway goes on trying. Anybody can verify it, without a token.
verdict = None
if record["state"] == "sealed":
    sealed = call("GET", f"{ISSUER}/api/v1/documents/{record['id']}/content", token=own).content
    verdict = http.post(
        f"{ISSUER}/api/v1/verifications", content=sealed, headers={"Content-Type": "application/pdf"}
    ).json()["verdict"]
print(json.dumps({"person": person, "told": told, "record": record, "verdict": verdict}))
