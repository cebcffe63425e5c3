"""A person signs with a key that a trust service keeps for them (eSignTrust's eSignCloud, by the CSC API v2).

1. The person says which account is theirs; of its credentials the first is taken that can sign now (§11.4, §11.5).
2. How they release their key is the credential's own choice (`auth/mode`): `explicit`, they type on our page what it
   wants, and it may send them a code first (§11.8); `oauth2code`, the browser goes to the service (§8.4.2).
3. Both release it for one digest, that of the signed attributes; what they release signs once (§11.6, §11.10).

What would have us wait for an answer out of band (`PasswordOOB`, `ChallengeResponseOOB`, `authorizeCheck`) is refused.
What eSignCloud asks beyond the standard is not public: addresses and our registration there are configuration.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.x509.oid import NameOID

from trust.custody.certified import Certified
from trust.custody.csc_service import PIN_REFUSED, SHA256_OID, CscService, ServiceRefused, text_in
from trust.documents.signing import Question, Typed
from trust.errors import KeyUnavailable, SigningFailed, TypedWrong
from trust.ports.person_signing import Begun, Messages, Wish
from trust.validation.plain_text import plain

MOST_CREDENTIALS = 5
MOST_TYPED = 4
LONGEST_TYPED = 100
LONGEST_ID = 64
TYPED = frozenset({"Password", "ChallengeResponse"})
SENT = "ChallengeResponse"
ONE_TIME = frozenset({"OTP"})  # the id that the specification gives to a code of one use, whoever makes it


class CloudSigner:
    """Satisfies the PersonSigner port."""

    names_certificate = True  # it is known before

    def __init__(self, service: CscService, messages: Messages, *, redirect_uri: str, authorize_url: str = "") -> None:
        self._service = service
        self._messages = messages
        self._redirect_uri = redirect_uri
        self._authorize_url = authorize_url or service.url("oauth2/authorize")

    def begin(self, wish: Wish) -> Begun:
        """Find the key and what releases it; have a code sent."""
        try:
            return self._begin(wish)
        except ServiceRefused:
            raise SigningFailed("signer_unknown") from None
        except KeyUnavailable as failed:
            raise SigningFailed(failed.reason) from None

    def send_again(self, memory: Mapping[str, str]) -> None:
        """Another code."""
        try:
            self._send_codes(memory["credential"], json.loads(memory["sent"]))
        except KeyUnavailable as failed:
            raise SigningFailed(failed.reason) from None

    def finish(self, memory: Mapping[str, str], answer: Mapping[str, str]) -> bytes:
        """The signed message."""
        certified = Certified([base64.b64decode(der) for der in json.loads(memory["chain"])])
        attributes = base64.b64decode(memory["attributes"])
        digest = hashlib.sha256(attributes).digest()
        try:
            activation = self._activation(memory, answer, digest)
            value = self._service.sign(memory["credential"], digest, activation, certified)
        except ServiceRefused as refused:
            if refused.code in PIN_REFUSED:
                raise TypedWrong("typed_wrong") from None
            raise SigningFailed(refused.reason) from None
        except KeyUnavailable as failed:
            raise SigningFailed(failed.reason) from None
        return self._messages.message(attributes, value, chain=certified.chain, algorithm=certified.algorithm)

    def _begin(self, wish: Wish) -> Begun:
        credential, certified, release = self._usable(wish.signer)
        attributes = self._messages.attributes(wish.digest, certified.chain[0], certified.algorithm)
        memory = {
            "credential": credential,
            "chain": json.dumps([base64.b64encode(der).decode() for der in certified.chain]),
            "attributes": base64.b64encode(attributes).decode(),
        }
        holder = _holder(certified.chain[0])
        if release.get("mode") == "oauth2code":
            verifier = secrets.token_urlsafe(32)
            url = self._release_url(wish, credential, hashlib.sha256(attributes).digest(), verifier)
            return Begun(question=Question(url=url, holder=holder), memory={**memory, "verifier": verifier})
        objects = _objects(release)
        sent = [one["id"] for one in objects if one["type"] == SENT]
        self._send_codes(credential, sent)
        typed = tuple(
            Typed(id=one["id"], one_time=one["id"] in (*sent, *ONE_TIME), numeric=one.get("format") == "N")
            for one in objects
        )
        return Begun(question=Question(typed=typed, holder=holder), memory={**memory, "sent": json.dumps(sent)})

    def _usable(self, account: str) -> tuple[str, Certified, Mapping[str, Any]]:
        """The first credential of the account that can sign, with what releases it."""
        told = self._service.ask("credentials/list", {"userID": account, "onlyValid": True})
        listed = told.get("credentialIDs")
        for credential in listed[:MOST_CREDENTIALS] if isinstance(listed, list) else ():
            if not isinstance(credential, str):
                continue
            info = self._service.info(credential)
            key, release = info.get("key"), info.get("auth")
            if isinstance(key, dict) and key.get("status") == "enabled" and isinstance(release, dict):
                return credential, self._service.certified(info), release
        raise KeyUnavailable("signer_unknown")

    def _send_codes(self, credential: str, sent: Sequence[str]) -> None:
        for each in sent:
            self._service.ask("credentials/getChallenge", {"credentialID": credential, "authObjectID": each})

    def _activation(self, memory: Mapping[str, str], answer: Mapping[str, str], digest: bytes) -> str:
        """What releases the key for this digest, once."""
        if verifier := memory.get("verifier"):
            if answer.get("error"):
                raise KeyUnavailable("rejected")
            form = {"grant_type": "authorization_code", "code": answer.get("code", ""), "code_verifier": verifier}
            return text_in(
                self._service.token({**form, "redirect_uri": self._redirect_uri, "client_id": self._client}),
                "access_token",
            )
        given = [{"id": name, "value": value[:LONGEST_TYPED]} for name, value in answer.items()]
        authorised = self._service.ask(
            "credentials/authorize",
            {
                "credentialID": memory["credential"],
                "numSignatures": 1,
                "hashes": [base64.b64encode(digest).decode()],
                "hashAlgorithmOID": SHA256_OID,
                "authData": given,
            },
        )
        return text_in(authorised, "SAD")

    def _release_url(self, wish: Wish, credential: str, digest: bytes, verifier: str) -> str:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": self._redirect_uri,
            "scope": "credential",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "state": wish.state,
            "lang": wish.language,
            "credentialID": credential,
            "numSignatures": "1",
            "hashes": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "hashAlgorithmOID": SHA256_OID,
        }
        return f"{self._authorize_url}?{urlencode(query)}"

    @property
    def _client(self) -> str:
        return self._service.place.client_id


def _objects(release: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is to be typed, all of it (§8.3.1). Raises KeyUnavailable where it is not that plain."""
    told, expression = release.get("objects"), release.get("expression", "")
    objects: list[dict[str, Any]] = told if isinstance(told, list) else []
    plain_ones = (
        release.get("mode") == "explicit" and 0 < len(objects) <= MOST_TYPED and all(_is_typed(one) for one in objects)
    )
    wanted = expression.split(" AND ") if isinstance(expression, str) and expression else []
    if not plain_ones or (wanted and sorted(wanted) != sorted(one["id"] for one in objects)):
        raise KeyUnavailable("key_service_asks_otherwise")
    return objects


def _is_typed(one: object) -> bool:
    if not isinstance(one, dict) or one.get("type") not in TYPED:
        return False
    name = one.get("id")
    return isinstance(name, str) and 0 < len(name) <= LONGEST_ID and name.isascii() and name.isprintable()


def _holder(der: bytes) -> str:
    named = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return plain(str(named[0].value))[:200] if named else ""
