"""Hand a document to the gateway's API, to be sealed or signed: one multipart request, safe to repeat."""

import json
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote

import httpx

from deploy.sandbox.agency.errors import ProviderFailed, RecordRefused
from deploy.sandbox.agency.sign_in import RelyingParty
from gateway.frozen import Frozen
from gateway.ports.egress import Reply

SCOPE = "documents:issue"
VERIFY = "documents:verify"  # batches of files


class Record(Frozen):
    """A finished PDF and what the gateway must know of it. `key` makes a second try the same issue."""

    subject: str
    title: Mapping[str, str]
    kind: str
    language: str  # of the seal
    application: str
    pdf: bytes
    filename: str
    key: str


class Registry(Frozen):
    """Issues records through the gateway."""

    party: RelyingParty

    def look(self, document: str) -> dict[str, object]:
        """How a record stands now. Raises RecordRefused or ProviderFailed."""
        return self._look("documents", document)

    def issue(self, record: Record) -> dict[str, object]:
        """What the gateway made of it. Raises RecordRefused with its problem, or ProviderFailed."""
        metadata = {
            "subject": record.subject,
            "title": dict(record.title),
            "kind": record.kind,
            "language": record.language,
            "application": record.application,
        }
        return self._hand_over("documents", metadata, record)

    def ask_signature(self, record: Record, *, return_uri: str) -> dict[str, object]:
        """Have its person sign the document at the gateway, and come back. Raises RecordRefused or ProviderFailed."""
        metadata = {
            "subject": record.subject,
            "title": record.title[record.language],
            "language": record.language,
            "return_uri": return_uri,
        }
        return self._hand_over("signings", metadata, record)

    def look_at_signing(self, signing: str) -> dict[str, object]:
        """How a signing stands now. Raises RecordRefused or ProviderFailed."""
        return self._look("signings", signing)

    def _look(self, kind: str, name: str) -> dict[str, object]:
        token = self.party.service_token(SCOPE)
        url = f"{self.party.provider.issuer}/api/v1/{kind}/{quote(name, safe='')}"
        return _read(self.party.proving("GET", url, lambda: ({"accept": "application/json"}, b""), token=token))

    def _hand_over(self, kind: str, metadata: Mapping[str, object], record: Record) -> dict[str, object]:
        token = self.party.service_token(SCOPE)
        # httpx writes the multipart body; sending stays with the one way out.
        request = httpx.Request(
            "POST",
            f"{self.party.provider.issuer}/api/v1/{kind}",
            files={
                "metadata": (None, json.dumps(metadata, ensure_ascii=False).encode(), "application/json"),
                "file": (record.filename, record.pdf, "application/pdf"),
            },
        )
        headers = {
            "content-type": request.headers["content-type"],
            "idempotency-key": record.key,
            "accept": "application/json, application/problem+json",
        }
        body = request.read()
        return _read(self.party.proving("POST", str(request.url), lambda: (headers, body), token=token))


def _read(reply: Reply) -> dict[str, object]:
    try:
        content = json.loads(reply.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise ProviderFailed("documents_unreadable", detail=f"status_{reply.status}")
    if reply.status not in (200, 201, 202):
        reason = str(content.get("type", "")).rpartition("/problems/")[2]  # RFC 9457 §3.1.1
        raise RecordRefused(reason[:60] or "other", problem=cast(dict[str, object], content))
    return cast(dict[str, object], content)
