"""Signing with iAM Smart without an account of ours in between ("anonymous" signing of a PDF's digest, or of a hash).

1. The digest, the person's HKICHash and what is to be shown go to the platform; it gives a ticket.
2. Browser and app show the same four digits; the person compares them and signs in the app.
3. The browser comes back with the state; the result is fetched, read by its kind, and receipt is acknowledged.

The platform offers the same two with an access token (`/account/…`); then we would have to keep a token that opens more
than a signature. Paths and names come from public integrators' code. Which bytes the four digits are made from and the
body of the acknowledgement are not public: the first is a setting, both are checked in the platform's own test
environment before production.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

from gateway.errors import PersonDeclined, RegionError
from gateway.frozen import Frozen
from gateway.regions.hongkong import messages
from gateway.settings import HongKongSettings

HKIC_HASH = re.compile(r"[A-Za-z0-9+/]{43}=")

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


class Kind(Frozen):
    """What is signed: where the request goes, and under which name it carries the digest."""

    path: str
    digest_field: str


PDF = Kind(path="/anonymous/pdfsigning", digest_field="docDigest")
HASH = Kind(path="/anonymous/signing", digest_field="hashCode")


class Asked(Frozen):
    """The person is asked: where the browser goes, and the code to compare."""

    url: str
    code: str
    business_id: str


class AnonymousSigning(Frozen):
    """The two steps."""

    kind: Kind
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
        request: dict[str, object] = {
            "businessID": business_id,
            "source": source,
            "redirectURI": self.redirect_uri,
            "state": state,
            self.kind.digest_field: base64.b64encode(digest).decode(),
            "HKICHash": hkic_hash,
            "department": department[:200],
            "serviceName": service[:200],
            "documentName": document[:200],
        }
        if self.kind is HASH:
            request["sigAlgo"] = self.settings.signing_algorithm
        initiated = _read(messages.read_initiated, self._asked(f"{self.kind.path}/initiateRequest", request))
        url = messages.qr_url(
            api_base=self.settings.api_base,
            client_id=self.settings.client_id,
            scope=self.settings.signing_scope,
            redirect_uri=self.redirect_uri,
            state=state,
            source=source,
            locale=locale,
            ticket=initiated.ticket,
        )
        code = sign_code(digest, hkic_hash, self.settings.client_id, self.settings.sign_code_input)
        return Asked(url=url, code=code, business_id=business_id)

    def result(self, *, digest: bytes, business_id: str, answer: Mapping[str, str]) -> dict[str, Any]:
        """Step 3: what the platform made over this very digest. Raises NotSigned."""
        if error := answer.get("error_code"):
            raise NotSigned(messages.DECLINED.get(error, "return_code_unexpected"))
        if (named := answer.get("businessID")) and named != business_id:
            raise NotSigned("signing_of_another_document")
        told = self._asked(f"{self.kind.path}/getResult", {"businessID": business_id})
        if told.get(self.kind.digest_field) != base64.b64encode(digest).decode():
            raise NotSigned("signing_of_another_document")
        return told

    def acknowledge(self, business_id: str) -> None:
        """Tell that the result has come."""
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


def hkic_hash(number: str) -> str:
    """What iAM Smart knows a card by: SHA-256 of its number without the check digit. As good as the number itself."""
    return base64.b64encode(hashlib.sha256(number[:-1].encode("ascii")).digest()).decode()


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
