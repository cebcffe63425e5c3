"""The sandbox's authorities together: created once, loaded afterwards, asked over HTTP or in process."""

import base64
import fcntl
import os
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

from cryptography.hazmat.primitives.serialization import Encoding

from deploy.sandbox.pki import branch as branches
from deploy.sandbox.pki import status
from deploy.sandbox.pki.branch import Branch
from deploy.sandbox.pki.certificates import PublicKey, Use
from deploy.sandbox.pki.register import Register

TERRITORIES = ("HK", "MO", "CN-44")
METHODS = {
    "root.cer": ("GET",),
    "issuing.cer": ("GET",),
    "root.crl": ("GET",),
    "issuing.crl": ("GET",),
    "ocsp": ("GET", "POST"),
    "tsa": ("POST",),
}
SEAL_LIFE = timedelta(days=1095)

Answer = tuple[int, Mapping[str, str], bytes]


class Authorities:
    """One branch a territory under `{base}/pki/{territory}/`."""

    def __init__(self, found: Mapping[str, Branch], register: Register, clock: Callable[[], datetime]) -> None:
        self._branches = found
        self._register = register
        self._clock = clock

    @classmethod
    def open(cls, directory: Path, base: str, clock: Callable[[], datetime]) -> "Authorities":
        """The authorities kept in the directory; made there on first use, by one process alone."""
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        lock = os.open(directory / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = {}
            for territory in TERRITORIES:
                home, address = directory / territory, f"{base.rstrip('/')}/pki/{territory}"
                try:
                    found[territory] = branches.load(home, territory, address)
                except FileNotFoundError:
                    found[territory] = branches.create(home, territory, address, at=clock())
        finally:
            os.close(lock)
        return cls(found, Register(directory / "revoked.json"), clock)

    def branch(self, territory: str) -> Branch:
        """One territory's branch."""
        return self._branches[territory]

    @property
    def anchors(self) -> Mapping[str, bytes]:
        """Territory → root certificate (DER)."""
        return {territory: found.root.der for territory, found in self._branches.items()}

    def enrol(
        self,
        territory: str,
        common_name: str,
        public_key: PublicKey,
        *,
        unit: str = "",
        use: Use = "seal",
        not_before: datetime | None = None,
        not_after: datetime | None = None,
    ) -> tuple[bytes, ...]:
        """A certificate for a key, with what stands above it (DER, leaf first)."""
        found = self._branches[territory]
        start = not_before or self._clock() - branches.SLACK
        # an end entity never outlives its issuer, unless somebody asks for just that
        end = not_after or min(start + SEAL_LIFE, found.issuing.certificate.not_valid_after_utc)
        leaf = found.issue(use, common_name, public_key, not_before=start, not_after=end, unit=unit)
        return (leaf.public_bytes(Encoding.DER), *found.chain)

    def revoke(self, territory: str, serial: int) -> None:
        """Revoke a certificate from now."""
        self._register.revoke(territory, serial, at=self._clock())

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer a request to `/pki/{territory}/{what}`; for a web server or in process alike."""
        parts = path.partition("?")[0].strip("/").split("/", 3)
        if len(parts) < 3 or parts[0] != "pki" or parts[1] not in self._branches or parts[2] not in METHODS:
            return _plain(404, "not found")
        found, what = self._branches[parts[1]], parts[2]
        if method not in METHODS[what]:
            return _plain(405, "method not allowed")
        if what == "ocsp":
            return self._ocsp(found, body if method == "POST" else _from_path("".join(parts[3:])))
        if what == "tsa":
            return self._stamp(found, headers, body)
        return self._file(found, what)

    def _ocsp(self, found: Branch, request: bytes) -> Answer:
        revoked = self._register.revoked(found.territory)
        answered = status.ocsp_answer(found, request, revoked, at=self._clock())
        return 200, {"Content-Type": "application/ocsp-response"}, answered

    def _stamp(self, found: Branch, headers: Mapping[str, str], body: bytes) -> Answer:
        if headers.get("Content-Type", "").partition(";")[0].strip() != "application/timestamp-query":
            return _plain(415, "application/timestamp-query is expected")
        from deploy.sandbox.pki import timestamps  # noqa: PLC0415 - who only verifies asks for none

        answered = timestamps.answer(found, body, at=self._clock())
        return 200, {"Content-Type": "application/timestamp-reply"}, answered

    def _file(self, found: Branch, what: str) -> Answer:
        part = found.root if what.startswith("root") else found.issuing
        if what.endswith(".cer"):
            return 200, {"Content-Type": "application/pkix-cert"}, part.der
        # the root revokes only issuing authorities, and the sandbox has never had to
        revoked = {} if part is found.root else self._register.revoked(found.territory)
        return 200, {"Content-Type": "application/pkix-crl"}, status.crl(part, revoked, at=self._clock())


def _from_path(text: str) -> bytes:
    """RFC 6960 appendix A.1: a GET carries the request in base64, URL-encoded."""
    try:
        return base64.b64decode(unquote(text), validate=True)
    except ValueError:
        return b""


def _plain(code: int, text: str) -> Answer:
    return code, {"Content-Type": "text/plain; charset=utf-8"}, text.encode()
