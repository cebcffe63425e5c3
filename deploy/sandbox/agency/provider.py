"""The gateway as this agency sees it: its metadata and keys, fetched, checked, kept for a while."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import cast

from deploy.sandbox.agency.errors import ProviderFailed
from gateway.frozen import Frozen
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress, EgressFailed, Reply

_KEPT_FOR = timedelta(minutes=5)
_NEEDED = (
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "pushed_authorization_request_endpoint",
)


class Metadata(Frozen):
    """What of the discovery document is used here (OpenID Connect Discovery §3, RFC 8414, RFC 9126 §5)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    pushed_authorization_request_endpoint: str
    device_authorization_endpoint: str  # empty where nobody signs in for a device (RFC 8628 §4)
    says_who_answers: bool  # RFC 9207: then `iss` must be in every authorization response


def read_object(reply: Reply, reason: str) -> dict[str, object]:
    """The JSON object of an answer. Raises ProviderFailed."""
    try:
        content = json.loads(reply.body)
    except ValueError as fault:
        raise ProviderFailed(reason, detail=f"status_{reply.status}") from fault
    if not isinstance(content, dict):
        raise ProviderFailed(reason, detail="not_an_object")
    return cast(dict[str, object], content)


def read_metadata(document: Mapping[str, object], *, issuer: str) -> Metadata:
    """Discovery §4.3: the issuer named inside must be, byte for byte, the one that was asked."""
    if document.get("issuer") != issuer:
        raise ProviderFailed("issuer_mismatch")
    values = {name: document.get(name) for name in _NEEDED}
    if not all(isinstance(value, str) and value for value in values.values()):
        raise ProviderFailed("metadata_incomplete")
    found = cast(dict[str, str], values)
    device = document.get("device_authorization_endpoint")
    return Metadata(
        **found,
        device_authorization_endpoint=device if isinstance(device, str) else "",
        says_who_answers=document.get("authorization_response_iss_parameter_supported") is True,
    )


@dataclass(slots=True, kw_only=True)
class Provider:
    """Metadata and keys with a short memory; an unknown key makes it look again, once a fetch."""

    issuer: str
    send: Egress
    clock: Clock
    _metadata: tuple[datetime, Metadata] | None = field(default=None, repr=False)
    _keys: tuple[datetime, list[dict[str, object]]] | None = field(default=None, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def metadata(self) -> Metadata:
        with self._lock:
            if self._metadata is None or self.clock() - self._metadata[0] > _KEPT_FOR:
                url = f"{self.issuer}/.well-known/openid-configuration"
                document = self._fetch(url, "metadata_unreadable")
                self._metadata = self.clock(), read_metadata(document, issuer=self.issuer)
            return self._metadata[1]

    def key(self, kid: str | None) -> dict[str, object]:
        """The public key that a token names; without a name, the only key there is. Raises ProviderFailed."""
        matches = _matching(self._jwks(fresh=False), kid)
        if not matches:
            matches = _matching(self._jwks(fresh=True), kid)
        if len(matches) != 1:
            raise ProviderFailed("key_unknown")
        return matches[0]

    def _jwks(self, *, fresh: bool) -> list[dict[str, object]]:
        url = self.metadata().jwks_uri
        with self._lock:
            if fresh or self._keys is None or self.clock() - self._keys[0] > _KEPT_FOR:
                entries = self._fetch(url, "keys_unreadable").get("keys")
                if not isinstance(entries, list):
                    raise ProviderFailed("keys_unreadable")
                self._keys = self.clock(), [entry for entry in entries if isinstance(entry, dict)]
            return self._keys[1]

    def _fetch(self, url: str, reason: str) -> dict[str, object]:
        reply = answered(lambda: self.send("GET", url, headers={"accept": "application/json"}))
        if reply.status != 200:
            raise ProviderFailed(reason, detail=f"status_{reply.status}")
        return read_object(reply, reason)


def answered(ask: Callable[[], Reply]) -> Reply:
    """The answer, whatever its status; silence becomes ProviderFailed."""
    try:
        return ask()
    except EgressFailed as fault:
        raise ProviderFailed("gateway_unreachable", detail=fault.reason) from fault


def _matching(keys: list[dict[str, object]], kid: str | None) -> list[dict[str, object]]:
    signing = [key for key in keys if key.get("use", "sig") == "sig"]
    return [key for key in signing if kid is None or key.get("kid") == kid]
