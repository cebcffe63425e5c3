"""Residents of Macau who have a key at simulated eSignCloud: each releases it for one digest at a time.

An account is called as the person signs in (`login`). It asks for a PIN and for a code that is sent to a phone, which
is a page here. An account with `@web` at its end belongs to the same person and is released at the service itself.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from flask import Response, request

from deploy.sandbox import desk
from deploy.sandbox.people import residents
from deploy.sandbox.person import Person
from deploy.sandbox.pki.authorities import Authorities
from deploy.sandbox.shelf import Shelf
from gateway.frozen import Frozen
from gateway.identity.region import Region

HOLDERS_PIN = "246810"  # known to everybody
AT_THE_SERVICE = "@web"
LIVES = timedelta(minutes=5)
MOST_WRONG = 5  # then the credential is locked
OBJECTS = (
    {"type": "Password", "id": "PIN", "format": "N", "label": "PIN"},
    {"type": "ChallengeResponse", "id": "OTP", "format": "N", "label": "OTP"},
)

Verb = Callable[[dict[str, Any]], dict[str, Any] | None]


class Refused(Exception):
    """The request does not hold; the code is the standard's (§10.1)."""


class Certified(Frozen, kw_only=False):
    key: ec.EllipticCurvePrivateKey
    chain: tuple[bytes, ...]


class Release(Frozen, kw_only=False):
    """Of one credential, for one digest; `challenge` is PKCE's."""

    credential: str
    hashed: str
    redirect_uri: str = ""
    state: str = ""
    challenge: str = ""


class Holders:
    """Their credentials and what releases them."""

    def __init__(self, authorities: Authorities, clock: Callable[[], datetime]) -> None:
        self._authorities = authorities
        self._certified: dict[str, Certified] = {}
        self._wrong: dict[str, int] = {}
        self._sent: Shelf[str] = Shelf(clock, lives=LIVES)
        self._asked: Shelf[Release] = Shelf(clock, lives=LIVES)
        self._codes: Shelf[Release] = Shelf(clock, lives=timedelta(minutes=1))
        self._activations: Shelf[Release] = Shelf(clock, lives=timedelta(minutes=1))
        self.verbs: Mapping[str, Verb] = {
            "credentials/list": self._list,
            "credentials/info": self._info,
            "credentials/getChallenge": self._challenge,
            "credentials/authorize": self._authorize,
            "signatures/signHash": self._sign,
        }

    def sent_to(self, account: str) -> str:
        """The code that this account's phone shows."""
        return self._sent.get(account) or ""

    def phone(self) -> Response:
        """Every phone at once: what was sent to whom."""
        messages = [(one.name, self.sent_to(one.login)) for one in residents(Region.MACAU)]
        return desk.show("phone", party="mo", messages=[pair for pair in messages if pair[1]])

    def release(self) -> Response:
        """The page on which the holder releases the key at the service itself (§8.4.2)."""
        query = request.args
        person = _holder(query.get("credentialID", ""))
        wanted = {"response_type": "code", "scope": "credential", "numSignatures": "1", "code_challenge_method": "S256"}
        if person is None or any(query.get(name) != value for name, value in wanted.items()):
            return desk.gone("mo")
        hashed = base64.b64encode(base64.urlsafe_b64decode(query.get("hashes", "") + "==")).decode()
        asked = Release(
            query["credentialID"],
            hashed,
            query.get("redirect_uri", ""),
            query.get("state", ""),
            query.get("code_challenge", ""),
        )
        return desk.show(
            "ask",
            party="mo",
            asked_language=query.get("lang", ""),
            kind="release",
            person=person,
            fields=(),
            action="/mo/esign/released",
            transaction=self._asked.put(asked),
        )

    def released(self) -> Response:
        """What the holder did there."""
        asked = self._asked.take(request.form.get("transaction", ""))
        if asked is None:
            return desk.gone("mo")
        if request.form.get("answer") != desk.AGREE:
            return desk.back(asked.redirect_uri, {"error": "access_denied", "state": asked.state})
        return desk.back(asked.redirect_uri, {"code": self._codes.put(asked), "state": asked.state})

    def redeem(self, form: Mapping[str, str]) -> str:
        """The code of a release for what activates the key."""
        held = self._codes.take(form.get("code", ""))
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            held is None
            or proof.rstrip(b"=").decode() != held.challenge
            or form.get("redirect_uri") != held.redirect_uri
        ):
            raise Refused("invalid_grant")
        return self._activations.put(held)

    def _list(self, asked: dict[str, Any]) -> dict[str, Any]:
        account = asked.get("userID")
        if not isinstance(account, str) or _holder(account) is None:
            raise Refused("invalid_request")
        return {"credentialIDs": [account], "onlyValid": True}

    def _info(self, asked: dict[str, Any]) -> dict[str, Any]:
        account = self._account(asked)
        explicit = {"mode": "explicit", "expression": "PIN AND OTP", "objects": list(OBJECTS)}
        return {
            "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256, "curve": "1.2.840.10045.3.1.7"},
            "cert": {
                "status": "valid",
                "certificates": [base64.b64encode(der).decode() for der in self._of(account).chain],
            },
            "auth": {"mode": "oauth2code"} if account.endswith(AT_THE_SERVICE) else explicit,
            "SCAL": "2",
            "multisign": 1,
        }

    def _challenge(self, asked: dict[str, Any]) -> None:
        account = self._account(asked)
        if asked.get("authObjectID") != "OTP" or account.endswith(AT_THE_SERVICE):
            raise Refused("invalid_request")
        self._sent.put(f"{secrets.randbelow(10**6):06d}", account)

    def _authorize(self, asked: dict[str, Any]) -> dict[str, Any]:
        account, hashed = self._account(asked), asked.get("hashes")
        if self._wrong.get(account, 0) >= MOST_WRONG or account.endswith(AT_THE_SERVICE):
            raise Refused("invalid_request")
        if not isinstance(hashed, list) or len(hashed) != 1 or asked.get("numSignatures") != 1:
            raise Refused("invalid_request")
        given = {one.get("id"): one.get("value") for one in asked.get("authData", ()) if isinstance(one, dict)}
        sent = self.sent_to(account)
        if given.get("PIN") != HOLDERS_PIN or not sent or given.get("OTP") != sent:
            self._wrong[account] = self._wrong.get(account, 0) + 1
            raise Refused("invalid_authentication_data")
        self._sent.take(account)
        self._wrong.pop(account, None)
        return {"SAD": self._activations.put(Release(account, str(hashed[0]))), "expiresIn": 60}

    def _sign(self, asked: dict[str, Any]) -> dict[str, Any]:
        held = self._activations.take(str(asked.get("SAD")))
        if held is None or asked.get("hashes") != [held.hashed] or asked.get("credentialID") != held.credential:
            raise Refused("invalid_request")
        digest = base64.b64decode(held.hashed, validate=True)
        value = self._of(held.credential).key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        return {"signatures": [base64.b64encode(value).decode()]}

    def _account(self, asked: dict[str, Any]) -> str:
        account = asked.get("credentialID")
        if not isinstance(account, str) or _holder(account) is None:
            raise Refused("invalid_request")
        return account

    def _of(self, account: str) -> Certified:
        if account not in self._certified:
            person = _holder(account)
            assert person is not None
            key = ec.generate_private_key(ec.SECP256R1())
            chain = self._authorities.enrol("MO", person.home.latin_name, key.public_key(), unit="eSignCloud")
            self._certified[account] = Certified(key, chain)
        return self._certified[account]


def _holder(account: str) -> Person | None:
    login = account.removesuffix(AT_THE_SERVICE)
    return next((one for one in residents(Region.MACAU) if one.login == login), None)
