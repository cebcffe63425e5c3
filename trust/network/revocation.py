"""Revocation data over the network: OCSP first (RFC 6960), then a CRL (RFC 5280 §4.2.1.13); kept while fresh."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from trust.errors import EvidenceUnavailable
from trust.ports.egress import Egress
from trust.ports.sealing import Evidence
from trust.validation.revocation import Standing, status

# How old an answer may be before it is asked for again, if it is still valid
KEEP = timedelta(minutes=5)
MOST_KEPT = 4096
MOST_ASKED = 32


class RemoteRevocationSource:
    """Satisfies the RevocationSource and StatusSource ports."""

    def __init__(self, egress: Egress, clock: Callable[[], datetime]) -> None:
        self._egress = egress
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[bytes, tuple[datetime, str, bytes]] = {}

    def collect(self, chains: tuple[tuple[bytes, ...], ...]) -> Evidence:
        """Everything that these chains need to be judged later without a network."""
        certificates: dict[bytes, None] = {}
        found: dict[str, dict[bytes, None]] = {"ocsp": {}, "crl": {}}
        for chain in chains:
            for der, issuer in zip(chain, (*chain[1:], None), strict=True):
                certificates.setdefault(der)
                if issuer is None:
                    continue
                proof = self._proof(der, issuer)
                if proof is not None:
                    found[proof[0]].setdefault(proof[1])
        for answer in found["ocsp"]:
            for responder in ocsp.load_der_ocsp_response(answer).certificates:
                certificates.setdefault(responder.public_bytes(Encoding.DER))
        return Evidence(certificates=tuple(certificates), ocsps=tuple(found["ocsp"]), crls=tuple(found["crl"]))

    def answers(self, pairs: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """OCSP answers and CRLs about (certificate, issuer) pairs, good or bad, as far as they can be had."""
        found: dict[str, dict[bytes, None]] = {"ocsp": {}, "crl": {}}
        for der, issuer in pairs[:MOST_ASKED]:
            try:
                proof = self._proof(der, issuer, refuse_revoked=False)
            except EvidenceUnavailable:
                continue
            if proof is not None:
                found[proof[0]].setdefault(proof[1])
        return tuple(found["ocsp"]), tuple(found["crl"])

    def _proof(self, der: bytes, issuer_der: bytes, *, refuse_revoked: bool = True) -> tuple[str, bytes] | None:
        """An OCSP answer or a CRL about a certificate; None where it names neither."""
        now = self._clock()
        with self._lock:
            kept = self._kept.get(der)
        if kept is not None and now < kept[0]:
            return kept[1], kept[2]
        certificate = x509.load_der_x509_certificate(der)
        issuer = x509.load_der_x509_certificate(issuer_der)
        asked, listed = _addresses(certificate)
        if not asked and not listed:
            return None
        for kind, addresses in (("ocsp", asked), ("crl", listed)):
            for address in addresses:
                body = self._ocsp(address, certificate, issuer) if kind == "ocsp" else self._crl(address)
                if body is not None and not refuse_revoked:
                    return kind, body
                if body is not None and _clears(kind, body, der, issuer_der, now):
                    self._keep(der, kind, body, now)
                    return kind, body
        raise EvidenceUnavailable("revocation_unreachable")

    def _keep(self, der: bytes, kind: str, body: bytes, now: datetime) -> None:
        """For a few minutes, and never beyond the answer's own end; the oldest goes when there are too many."""
        ends = _next_update(kind, body)
        until = now + KEEP if ends is None else min(now + KEEP, ends)
        with self._lock:
            self._kept.pop(der, None)
            self._kept[der] = (until, kind, body)
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]

    def _ocsp(self, address: str, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        # SHA-1 only names the issuer here (RFC 5019 §2.1.1); nothing rests on it
        request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303
        body = self._fetch(
            "POST",
            address,
            {"Content-Type": "application/ocsp-request"},
            request.build().public_bytes(Encoding.DER),
        )
        if body is None:
            return None
        try:
            answer = ocsp.load_der_ocsp_response(body)
            successful = answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
            if not successful or answer.serial_number != certificate.serial_number:
                return None
        except ValueError:
            return None
        return body

    def _crl(self, address: str) -> bytes | None:
        body = self._fetch("GET", address, {}, b"")
        try:
            if body is None or x509.load_der_x509_crl(body).next_update_utc is None:
                return None
        except ValueError:
            return None
        return body

    def _fetch(self, method: str, address: str, headers: dict[str, str], body: bytes) -> bytes | None:
        try:
            reply = self._egress(method, address, headers=headers, body=body)
        except Exception:  # whichever way it failed, the next address is tried
            return None
        return reply.body if reply.status == 200 else None


def _clears(kind: str, body: bytes, der: bytes, issuer: bytes, at: datetime) -> bool:
    """Whether who verifies would believe it: these answers come over plain connections, and are sealed in for good."""
    stands = status(der, issuer, (body,) if kind == "ocsp" else (), (body,) if kind == "crl" else (), at).standing
    if stands is Standing.REVOKED:
        raise EvidenceUnavailable("certificate_revoked")
    return stands is Standing.GOOD


def _next_update(kind: str, body: bytes) -> datetime | None:
    if kind == "ocsp":
        return ocsp.load_der_ocsp_response(body).next_update_utc
    return x509.load_der_x509_crl(body).next_update_utc


def _addresses(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    asked: list[str] = []
    listed: list[str] = []
    for extension in certificate.extensions:
        if extension.oid == ExtensionOID.AUTHORITY_INFORMATION_ACCESS:
            asked += [
                place.access_location.value
                for place in extension.value
                if place.access_method == AuthorityInformationAccessOID.OCSP
                and isinstance(place.access_location, x509.UniformResourceIdentifier)
            ]
        elif extension.oid == ExtensionOID.CRL_DISTRIBUTION_POINTS:
            for point in extension.value:
                listed += [
                    name.value for name in point.full_name or () if isinstance(name, x509.UniformResourceIdentifier)
                ]
    return asked, listed
