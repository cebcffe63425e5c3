"""python -m tests.bench.platform PORT DELAY: a region's platform, a standard OpenID provider that remembers nothing.

Who signs in, and what was asked for them, travels inside the code and the token: all that is measured is the other
side. Each answer of its token and userinfo endpoints comes after DELAY seconds.
"""

import asyncio
import base64
import hashlib
import json
import sys
import time
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.bench.agency import Key, base64url

CLIENT = "bench"
ACR = "urn:bench:electronic-identity"
# what the connector calls an attribute → what it is called here
CLAIMS = {
    "mo_bir": "bir_number",
    "latin_name": "name",
    "sex": "gender",
    "birth_date": "birthdate",
    "chinese_name": "name_zh",
    "chinese_name_verified": "name_zh_verified",
    "hmt_permit": "permit",
}


def issuer(port: int) -> str:
    """By its address, so that a script tells it from the providers at localhost."""
    return f"http://127.0.0.1:{port}"


def return_address(authorization: str, person: int) -> str:
    """Path and query by which the browser comes back, the person having signed in at once."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(authorization).query).items()}
    code = base64url(json.dumps([person, asked["nonce"], asked["code_challenge"]]).encode())
    at = urlsplit(authorization)
    answer = urlencode({"code": code, "state": asked["state"], "iss": f"{at.scheme}://{at.netloc}"})
    return f"{urlsplit(asked['redirect_uri']).path}?{answer}"


class Platform(asyncio.Protocol):
    """One connection. Requests come one after another and whole soon after their head."""

    def __init__(self, port: int, delay: float, key: Key) -> None:
        self._issuer, self._delay, self._key = issuer(port), delay, key
        self._received = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._received[:end].decode("latin-1")
        headers = {name.lower(): value.strip() for name, _, value in (at.partition(":") for at in head.split("\r\n"))}
        stop = end + 4 + int(headers.get("content-length", "0"))
        if len(self._received) < stop:
            return
        body = bytes(self._received[end + 4 : stop])
        del self._received[:stop]
        path = head.split(" ", 2)[1]
        answer = self._answer(path, headers, body)
        if self._delay and path in ("/token", "/userinfo"):
            asyncio.get_running_loop().call_later(self._delay, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: Mapping[str, object]) -> None:
        body = json.dumps(answer).encode()
        status = "400 Bad Request" if "error" in answer else "200 OK"
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)

    def _answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Mapping[str, object]:
        if path == "/token":
            return self._tokens({name: values[0] for name, values in parse_qs(body.decode()).items()})
        if path == "/userinfo":
            return _person(int(headers["authorization"].removeprefix("Bearer person-")))
        if path == "/jwks":
            return {"keys": [{**self._key.public, "use": "sig", "alg": "ES256", "kid": "platform"}]}
        return {
            "issuer": self._issuer,
            "authorization_endpoint": f"{self._issuer}/authorize",
            "token_endpoint": f"{self._issuer}/token",
            "userinfo_endpoint": f"{self._issuer}/userinfo",
            "jwks_uri": f"{self._issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _tokens(self, form: Mapping[str, str]) -> Mapping[str, object]:
        code = form["code"]
        person, nonce, challenge = json.loads(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)))
        proved = base64url(hashlib.sha256(form["code_verifier"].encode()).digest())
        if "client_assertion" not in form or proved != challenge:
            return {"error": "invalid_grant"}
        now, token = int(time.time()), f"person-{person}"
        claims: dict[str, object] = {
            "iss": self._issuer,
            "sub": token,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "acr": ACR,
            "nonce": nonce,
            "at_hash": base64url(hashlib.sha256(token.encode()).digest()[:16]),
        }
        signed = self._key.sign({"alg": "ES256", "kid": "platform"}, claims)
        return {"access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed}


def _person(number: int) -> Mapping[str, object]:
    return {
        "sub": f"person-{number}",
        "bir_number": f"{number:08d}",
        "name": "CHAN TAI MAN",
        "gender": "female",
        "birthdate": "1990-01-02",
        "name_zh": "陳大文",
        "name_zh_verified": True,
        "permit": f"M{number:08d}",
    }


async def serve(port: int, delay: float) -> None:
    key = Key()
    server = await asyncio.get_running_loop().create_server(lambda: Platform(port, delay, key), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
