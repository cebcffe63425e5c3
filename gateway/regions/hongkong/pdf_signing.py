"""Signing a PDF with iAM Smart, without an account of ours in between ("anonymous PDF signing").

1. The digest, the person's HKICHash and what is to be shown go to the platform; it gives a ticket.
2. Browser and app show the same four digits; the person compares them and signs in the app.
3. The browser comes back with the state; the signed message is fetched, and receipt is acknowledged.

Paths and names come from public integrators' code. Which bytes the four digits are made from, the shape of
`pdfSignature` and the body of the acknowledgement are not public: they are settings, checked in the platform's own
test environment before production.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from gateway.errors import PersonDeclined, RegionError
from gateway.regions.hongkong import messages
from gateway.settings import HongKongSettings

HKIC_HASH = re.compile(r"[A-Za-z0-9+/]{43}=")
LARGEST = 48_000  # characters of a signature

CodeInput = Literal["raw", "base64"]


class Ask(Protocol):
    """Sends one message under the content key, and gives what is answered."""

    def __call__(self, path: str, message: Mapping[str, object]) -> dict[str, Any]:
        """The answer's content. Raises RegionError."""
        ...


class NotSigned(Exception):
    """No signature came of it; the reason is a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The person is asked: where the browser goes, and the code to compare."""

    url: str
    code: str
    business_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSigning:
    """The two steps."""

    ask: Ask
    settings: HongKongSettings
    redirect_uri: str
    new_id: Callable[[], str]

    def begin(  # the platform's own fields
        self,
        *,
        digest: bytes,
        hkic_hash: str,
        state: str,
        document: str,
        department: str,
        service: str,
        browser: str,
        locale: str,
    ) -> Asked:
        """Step 1. Raises NotSigned."""
        if not HKIC_HASH.fullmatch(hkic_hash):
            raise NotSigned("signer_malformed")
        business_id = self.new_id()
        source = messages.source_of(browser)
        told = base64.b64encode(digest).decode()
        answer = self._asked(
            "/anonymous/pdfsigning/initiateRequest",
            {
                "businessID": business_id,
                "source": source,
                "redirectURI": self.redirect_uri,
                "state": state,
                "docDigest": told,
                "HKICHash": hkic_hash,
                "department": department[:200],
                "serviceName": service[:200],
                "documentName": document[:200],
            },
        )
        initiated = _read(messages.read_initiated, answer)
        query = {
            "clientID": self.settings.client_id,
            "responseType": "code",
            "source": source,
            "redirectURI": self.redirect_uri,
            "scope": self.settings.signing_scope,
            "lang": messages.language_of(locale),
            "state": state,
            "brokerPage": "true",
            "ticketID": initiated.ticket,
        }
        code = sign_code(digest, hkic_hash, self.settings.client_id, self.settings.sign_code_input)
        url = f"{self.settings.api_base}/auth/getQR?{urlencode(query)}"
        return Asked(url=url, code=code, business_id=business_id)

    def finish(self, *, digest: bytes, business_id: str, answer: Mapping[str, str]) -> bytes:
        """Step 3: the signed message. Raises NotSigned."""
        if error := answer.get("error_code"):
            raise NotSigned(messages.DECLINED.get(error, "return_code_unexpected"))
        if (named := answer.get("businessID")) and named != business_id:
            raise NotSigned("signing_of_another_document")
        told = self._asked("/anonymous/pdfsigning/getResult", {"businessID": business_id})
        if told.get("docDigest") != base64.b64encode(digest).decode():
            raise NotSigned("signing_of_another_document")
        signature = told.get("pdfSignature")
        if not isinstance(signature, str) or not 0 < len(signature) <= LARGEST:
            raise NotSigned("answer_malformed")
        try:
            message = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            raise NotSigned("answer_malformed") from None
        self._acknowledge(business_id)
        return message

    def _acknowledge(self, business_id: str) -> None:
        try:
            self.ask("/account/signing/ackResult", {"businessID": business_id})
        except RegionError:
            return  # the signature is here; that its receipt could not be told changes nothing about it

    def _asked(self, path: str, message: Mapping[str, object]) -> dict[str, Any]:
        try:
            return self.ask(path, message)
        except PersonDeclined as declined:
            raise NotSigned(declined.reason) from None
        except RegionError as failed:
            raise NotSigned(failed.reason) from None


def sign_code(digest: bytes, hkic_hash: str, client_id: str, given: CodeInput) -> str:
    """The four digits: MD5 over SHA-512 over digest, HKICHash, client; of every fourth byte the high half, mod 10."""
    first = base64.b64encode(digest) if given == "base64" else digest
    mixed = hashlib.sha512(first + hkic_hash.encode() + client_id.encode()).digest()
    short = hashlib.md5(mixed, usedforsecurity=False).digest()  # the platform's formula; a label, not a proof
    return "".join(str((short[4 * place] >> 4) % 10) for place in range(4))


def _read(reader: Callable[[Mapping[str, Any]], messages.Initiated], content: Mapping[str, Any]) -> messages.Initiated:
    try:
        return reader(content)
    except messages.AnswerRefused as refused:
        raise NotSigned(str(refused)) from None
