"""Makes what guomi verifies: SM2 keys and signatures by OpenSSL, structures around them by asn1crypto.

None of our own verifying code is used here, so that the two sides prove each other.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from asn1crypto import core, crl, keys, ocsp, x509
from cryptography.hazmat.primitives import hashes

DEFAULT_ID = "1234567812345678"
SM3 = "1.2.156.10197.1.401"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
SHA256_WITH_RSA = "1.2.840.113549.1.1.11"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
_serials = count(1001)


@cache
def openssl() -> str:
    """The openssl program, if it knows SM2; otherwise the test is skipped."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("there is no openssl program here to sign with")
    known = subprocess.run([program, "list", "-public-key-algorithms"], capture_output=True, text=True, check=False)
    if "sm2" not in known.stdout.lower():
        pytest.skip("the openssl program here was built without SM2")
    return program


def run(*arguments: str | Path) -> bytes:
    """What openssl answers; its complaint if it fails."""
    done = subprocess.run([openssl(), *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Signer:
    """A private key that only openssl sees."""

    def __init__(self, *algorithm: str) -> None:
        self._folder = TemporaryDirectory()
        self._key = Path(self._folder.name) / "key.pem"
        run("genpkey", *(algorithm or ("-algorithm", "SM2")), "-out", self._key)
        public = run("pkey", "-in", self._key, "-pubout", "-outform", "DER")
        self.spki = keys.PublicKeyInfo.load(public)

    @property
    def point(self) -> bytes:
        """The public key as an uncompressed point."""
        encoded = self.spki["public_key"].native
        assert isinstance(encoded, bytes)
        return encoded

    def sign(self, message: bytes, identity: str = DEFAULT_ID, digest: str = "sm3") -> bytes:
        """A signature value over the message."""
        text = Path(self._folder.name) / "message"
        text.write_bytes(message)
        options = ["-pkeyopt", f"distid:{identity}"] if digest == "sm3" else []
        return run("pkeyutl", "-sign", "-rawin", "-digest", digest, *options, "-inkey", self._key, "-in", text)

    @property
    def algorithm(self) -> str:
        """What it signs with, as an object identifier."""
        return SHA256_WITH_RSA if self.spki.algorithm == "rsa" else SM2_WITH_SM3

    def seal(self, message: bytes) -> bytes:
        """A signature by its own algorithm."""
        return self.sign(message, digest="sha256" if self.algorithm == SHA256_WITH_RSA else "sm3")


@cache
def signer(name: str) -> Signer:
    """A key for each name; a name with "rsa" in it has an RSA key."""
    return Signer("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048") if "rsa" in name.lower() else Signer()


def sm3_of(data: bytes) -> bytes:
    """SM3, by cryptography."""
    running = hashes.Hash(hashes.SM3())
    running.update(data)
    return running.finalize()


def digest_of(content: bytes) -> Any:
    """What a reader of a document offers: its digest by any name."""
    return lambda name: sm3_of(content) if name == "sm3" else hashlib.new(name, content).digest()


@dataclass(frozen=True)
class Holder:
    """Somebody with a key and a certificate."""

    signer: Signer
    der: bytes
    parsed: Any = field(repr=False)


@dataclass(frozen=True)
class Wish:
    """What a certificate shall say; the defaults make an honest signer."""

    ca: bool = False
    path_length: int | None = None
    usages: frozenset[str] | None = frozenset({"digital_signature", "non_repudiation"})
    extended: Sequence[str] = ()
    extended_critical: bool = True
    not_before: datetime = NOW - YEAR
    not_after: datetime = NOW + YEAR
    extensions: Sequence[tuple[str, bool, bytes]] = ()
    inner_algorithm: str = ""
    organisation: str = ""
    serial: int = 0
    key_named: bool = True
    public_key: Any = None


CA = Wish(ca=True, usages=frozenset({"key_cert_sign", "crl_sign"}))


def extension(oid: str, critical: bool, value: Any) -> Any:
    """One extension around a value or its bytes."""
    body = value if isinstance(value, bytes) else value.dump()
    return x509.Extension({"extn_id": oid, "critical": critical, "extn_value": core.ParsableOctetString(body)})


def key_identifier(spki: Any) -> bytes:
    """RFC 5280 §4.2.1.2 (1)."""
    return hashlib.sha1(spki["public_key"].contents[1:]).digest()


def issue(name: str, issuer: Holder | None = None, wish: Wish = Wish(), *, key: str = "") -> Holder:
    """A certificate for this name; its own issuer if none is given."""
    own = signer(key or name)
    by = issuer.signer if issuer else own
    subject = {"country_name": "CN", "common_name": name}
    if wish.organisation:
        subject["organization_name"] = wish.organisation
    spki = wish.public_key or own.spki
    extensions: list[Any] = []
    if wish.key_named:
        extensions.append(extension("2.5.29.14", False, core.OctetString(key_identifier(spki))))
        extensions.append(
            extension("2.5.29.35", False, x509.AuthorityKeyIdentifier({"key_identifier": key_identifier(by.spki)}))
        )
    if wish.ca or wish.path_length is not None:
        constraints = {"ca": wish.ca, "path_len_constraint": wish.path_length}
        extensions.append(extension("2.5.29.19", True, x509.BasicConstraints(constraints)))
    if wish.usages is not None:
        extensions.append(extension("2.5.29.15", True, x509.KeyUsage(set(wish.usages))))
    if wish.extended:
        extensions.append(extension("2.5.29.37", wish.extended_critical, x509.ExtKeyUsageSyntax(list(wish.extended))))
    extensions += [extension(*more) for more in wish.extensions]
    algorithm = {"algorithm": by.algorithm}
    name_of_subject = x509.Name.build(subject)
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": wish.serial or next(_serials),
            "signature": {"algorithm": wish.inner_algorithm or by.algorithm},
            "issuer": issuer.parsed.subject if issuer else name_of_subject,
            "validity": {
                "not_before": x509.Time(name="utc_time", value=wish.not_before),
                "not_after": x509.Time(name="utc_time", value=wish.not_after),
            },
            "subject": name_of_subject,
            "subject_public_key_info": spki,
            "extensions": extensions,
        }
    )
    whole = x509.Certificate(
        {"tbs_certificate": tbs, "signature_algorithm": algorithm, "signature_value": by.seal(tbs.dump())}
    )
    der = whole.dump()
    return Holder(own, der, x509.Certificate.load(der))


@cache
def root() -> Holder:
    """The anchor of the sandbox."""
    return issue("Sandbox Root", None, CA)


@cache
def authority() -> Holder:
    """The issuing authority below the root."""
    return issue("Sandbox Issuing", root(), CA)


@cache
def person() -> Holder:
    """A signer of documents."""
    return issue("Chan Tai Man", authority())


def revocation_list(
    issuer: Holder,
    revoked: Sequence[tuple[int, str]] = (),
    *,
    this_update: datetime = NOW - timedelta(days=1),
    next_update: datetime | None = NOW + timedelta(days=6),
    extensions: Sequence[tuple[str, bool, Any]] = (),
    by: Holder | None = None,
    inner_algorithm: str = "",
) -> bytes:
    """A list of serial numbers and reasons."""
    signing = (by or issuer).signer
    entries = [
        {
            "user_certificate": serial,
            "revocation_date": x509.Time(name="utc_time", value=NOW - timedelta(days=30)),
            "crl_entry_extensions": [{"extn_id": "crl_reason", "extn_value": crl.CRLReason(reason)}]
            if reason
            else None,
        }
        for serial, reason in revoked
    ]
    listed = [crl.TBSCertListExtension({"extn_id": "crl_number", "extn_value": core.Integer(7)})]
    for oid, critical, value in extensions:
        listed.append(
            crl.TBSCertListExtension(
                {"extn_id": oid, "critical": critical, "extn_value": core.ParsableOctetString(value.dump())}
            )
        )
    tbs = crl.TbsCertList(
        {
            "version": "v2",
            "signature": {"algorithm": inner_algorithm or signing.algorithm},
            "issuer": issuer.parsed.subject,
            "this_update": x509.Time(name="utc_time", value=this_update),
            "next_update": x509.Time(name="utc_time", value=next_update) if next_update else None,
            "revoked_certificates": entries or None,
            "crl_extensions": listed,
        }
    )
    return bytes(
        crl.CertificateList(
            {
                "tbs_cert_list": tbs,
                "signature_algorithm": {"algorithm": signing.algorithm},
                "signature": signing.seal(tbs.dump()),
            }
        ).dump()
    )


def ocsp_answer(
    certificate: Holder,
    issuer: Holder,
    *,
    by: Holder | None = None,
    status: str = "good",
    digest: str = "sha1",
    this_update: datetime = NOW - timedelta(hours=1),
    next_update: datetime | None = NOW + timedelta(hours=1),
    by_key: bool = True,
    carried: Sequence[Holder] | None = None,
) -> bytes:
    """An answer about one certificate."""
    responder = by or issuer
    subject, spki = issuer.parsed.subject.dump(), issuer.parsed.public_key
    told: Any = (
        ocsp.CertStatus(
            name="revoked", value={"revocation_time": NOW - YEAR / 12, "revocation_reason": "key_compromise"}
        )
        if status == "revoked"
        else ocsp.CertStatus(name=status, value=core.Null())
    )
    key_bits = spki["public_key"].contents[1:]
    single = {
        "cert_id": {
            "hash_algorithm": {"algorithm": SM3 if digest == "sm3" else digest},
            "issuer_name_hash": digest_of(subject)(digest),
            "issuer_key_hash": digest_of(key_bits)(digest),
            "serial_number": certificate.parsed.serial_number,
        },
        "cert_status": told,
        "this_update": this_update,
        "next_update": next_update,
    }
    own_bits = responder.parsed.public_key["public_key"].contents[1:]
    data = ocsp.ResponseData(
        {
            "responder_id": ocsp.ResponderId(name="by_key", value=hashlib.sha1(own_bits).digest())
            if by_key
            else ocsp.ResponderId(name="by_name", value=responder.parsed.subject),
            "produced_at": this_update,
            "responses": [single],
        }
    )
    carrying = carried if carried is not None else ([by] if by else [])
    basic = ocsp.BasicOCSPResponse(
        {
            "tbs_response_data": data,
            "signature_algorithm": {"algorithm": responder.signer.algorithm},
            "signature": responder.signer.seal(data.dump()),
            "certs": [holder.parsed for holder in carrying] or None,
        }
    )
    return bytes(
        ocsp.OCSPResponse(
            {
                "response_status": "successful",
                "response_bytes": {"response_type": "basic_ocsp_response", "response": basic},
            }
        ).dump()
    )
