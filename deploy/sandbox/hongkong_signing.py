"""Simulated iAM Smart signs: a digest comes, the person compares four digits and agrees, a signature is made.

For a PDF it is what "pdfSignature" very likely is: a detached CMS by the person's iAM Smart-Cert (RSA, SHA-256). For a
hash it is a signature in which the hash takes the place of the digest, or (`signs_anew`) one over its bytes: which of
the two the platform makes is not public. The certificates are the sandbox's, one a person, made when first needed.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from flask import Response, request
from msgspec.structs import replace

from deploy.sandbox import desk
from deploy.sandbox.hongkong_wire import REFUSED
from deploy.sandbox.people import residents
from deploy.sandbox.person import Person
from deploy.sandbox.pki.authorities import Authorities
from deploy.sandbox.shelf import Shelf
from gateway.frozen import Frozen
from gateway.identity.region import Region
from gateway.regions.hongkong import signing
from gateway.regions.hongkong.anonymous_signing import HASH, PDF, Kind, hkic_hash, sign_code
from trust.pades import cms

ALGORITHM = "SHA256withRSA"
LIVES = timedelta(minutes=4)
RETURN_CODES = {desk.CANCEL: "D40000", desk.REJECT: "D40001", desk.TIME_OUT: "D40003"}


class Wish(Frozen):
    """A signature that somebody is asked for."""

    kind: Kind
    business_id: str
    digest: bytes
    signer: str
    redirect_uri: str
    state: str
    document: str
    code: str
    message: bytes = b""


class SigningDesk:
    """The platform's side of anonymous signing."""

    def __init__(self, authorities: Authorities, *, gateway_url: str, clock: Callable[[], datetime]) -> None:
        self._authorities = authorities
        self._clock = clock
        self._redirect_uri = f"{gateway_url}/signings/callback"
        self._wishes: Shelf[Wish] = Shelf(clock, lives=LIVES)
        self._made: Shelf[Wish] = Shelf(clock, lives=LIVES)
        self._keys: dict[str, tuple[rsa.RSAPrivateKey, tuple[bytes, ...]]] = {}
        self.acknowledged: list[str] = []
        self.signs_anew = False

    def initiate(self, message: Mapping[str, Any], client: str, kind: Kind = PDF) -> dict[str, object] | str:
        """A wish, if it is whole and a resident has this HKICHash."""
        told = {name: str(message.get(name, "")) for name in ("businessID", kind.digest_field, "HKICHash", "state")}
        try:
            digest = base64.b64decode(told[kind.digest_field], validate=True)
        except ValueError:
            return REFUSED
        if (
            not all(told.values())
            or (kind is HASH and message.get("sigAlgo") != ALGORITHM)
            or len(digest) != hashlib.sha256().digest_size
            or message.get("redirectURI") != self._redirect_uri
            or _resident(told["HKICHash"]) is None
        ):
            return REFUSED
        wish = Wish(
            kind=kind,
            business_id=told["businessID"],
            digest=digest,
            signer=told["HKICHash"],
            redirect_uri=self._redirect_uri,
            state=told["state"],
            document=str(message.get("documentName", "")),
            code=sign_code(digest, told["HKICHash"], client, "raw"),
        )
        return {"authByQR": True, "ticketID": self._wishes.put(wish)}

    def page(self, ticket: str, asked_language: str) -> Response | None:
        """What the person is asked; None where the ticket is not of a signature."""
        wish = self._wishes.get(ticket)
        if wish is None:
            return None
        person = _resident(wish.signer)
        return desk.show(
            "ask",
            party="hk",
            asked_language=asked_language,
            kind="sign",
            person=person,
            fields=(),
            code=wish.code,
            document=wish.document,
            action="/hk/sign",
            transaction=ticket,
        )

    def answer(self) -> Response:
        """What the person did."""
        wish = self._wishes.take(request.form.get("transaction", ""))
        if wish is None:
            return desk.gone("hk")
        back = {"state": wish.state, "businessID": wish.business_id}
        given = request.form.get("answer", desk.CANCEL)
        if given != desk.AGREE:
            return desk.back(wish.redirect_uri, back | {"error_code": RETURN_CODES.get(given, "D40000")})
        self._made.put(replace(wish, message=self._sign(wish)), wish.business_id)
        return desk.back(wish.redirect_uri, back)

    def result(self, message: Mapping[str, Any]) -> dict[str, object] | str:
        """The signature, once the person has made it."""
        made = self._made.get(str(message.get("businessID", "")))
        if made is None:
            return REFUSED
        told = {
            "businessID": made.business_id,
            made.kind.digest_field: base64.b64encode(made.digest).decode(),
        }
        if made.kind is PDF:
            return {**told, "pdfSignature": base64.b64encode(made.message).decode()}
        _, chain = self._certified(made.signer)
        return {
            **told,
            "timestamp": signing.milliseconds(self._clock()),
            "signature": base64.b64encode(made.message).decode(),
            "cert": base64.b64encode(chain[0]).decode(),
        }

    def acknowledge(self, message: Mapping[str, Any]) -> dict[str, object] | str:
        """The service has it."""
        self.acknowledged.append(str(message.get("businessID", "")))
        return {}

    def _sign(self, wish: Wish) -> bytes:
        key, chain = self._certified(wish.signer)
        if wish.kind is HASH:
            how = hashes.SHA256() if self.signs_anew else Prehashed(hashes.SHA256())
            return key.sign(wish.digest, padding.PKCS1v15(), how)
        signed = cms.attributes(wish.digest, chain[0], "sha256_rsa")
        value = key.sign(signed.digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        return cms.assemble(signed, value, chain=chain, algorithm="sha256_rsa", token=None)

    def _certified(self, signer: str) -> tuple[rsa.RSAPrivateKey, tuple[bytes, ...]]:
        if signer not in self._keys:
            person = _resident(signer)
            assert person is not None
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            chain = self._authorities.enrol("HK", person.home.latin_name, key.public_key(), unit="iAM Smart-Cert")
            self._keys[signer] = (key, chain)
        return self._keys[signer]


def _resident(signer: str) -> Person | None:
    return next((one for one in residents(Region.HONG_KONG) if hkic_hash(one.home.number) == signer), None)
