"""One territory's branch: a root, an issuing authority, an OCSP responder and a timestamp unit."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from msgspec.structs import replace

from deploy.sandbox.pki import certificates
from deploy.sandbox.pki.certificates import Issuer, PrivateKey, PublicKey, Use, Wanted
from trust.frozen import Frozen, Hidden

TITLES = {"HK": "Hong Kong", "MO": "Macao", "CN-44": "Guangdong"}
ROOT_LIFE, ISSUING_LIFE, SERVICE_LIFE = timedelta(days=7300), timedelta(days=3650), timedelta(days=1825)
# Machines' clocks differ a little; nothing is valid only from this very second.
SLACK = timedelta(minutes=10)


class Party(Frozen):
    """A key and its certificate."""

    key: Hidden[PrivateKey]
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate as it travels."""
        return self.certificate.public_bytes(Encoding.DER)


class Branch(Frozen):
    """The authorities of one territory, loaded once."""

    territory: str
    base: str  # where its status services are reached
    root: Party
    issuing: Party
    ocsp: Party
    tsa: Party

    def issue(
        self,
        use: Use,
        common_name: str,
        public_key: PublicKey,
        *,
        not_before: datetime,
        not_after: datetime,
        unit: str = "",
    ) -> x509.Certificate:
        """A certificate under the issuing authority."""
        wanted = Wanted(
            use=use,
            territory=self.territory,
            common_name=common_name,
            organisation_unit=unit,
            not_before=not_before,
            not_after=not_after,
            serial=_serial(),
        )
        return certificates.issue(wanted, public_key, issuer_of(self.base, self.issuing))

    @property
    def chain(self) -> tuple[bytes, ...]:
        """What stands above an end entity, nearest first."""
        return self.issuing.der, self.root.der


def issuer_of(base: str, issuing: Party) -> Issuer:
    """The issuing authority with the addresses it writes into what it issues."""
    return Issuer(
        key=issuing.key,
        certificate=issuing.certificate,
        ca_url=f"{base}/issuing.cer",
        crl_url=f"{base}/issuing.crl",
        ocsp_url=f"{base}/ocsp",
    )


def create(directory: Path, territory: str, base: str, *, at: datetime) -> Branch:
    """Make a branch and keep it in the directory."""
    title = TITLES[territory]
    start = at - SLACK

    def wanted(use: Use, title: str, life: timedelta) -> Wanted:
        return Wanted(
            use=use,
            territory=territory,
            common_name=title,
            not_before=start,
            not_after=start + life,
            serial=_serial(),
        )

    key = _key()
    root = Party(key=key, certificate=certificates.root(wanted("root", f"{title} Sandbox Root CA", ROOT_LIFE), key))
    above = Issuer(
        key=root.key,
        certificate=root.certificate,
        ca_url=f"{base}/root.cer",
        crl_url=f"{base}/root.crl",
        ocsp_url="",
    )

    def party(use: Use, title: str, life: timedelta, issuer: Issuer) -> Party:
        key = _key()
        asked = wanted(use, title, life)
        return Party(key=key, certificate=certificates.issue(asked, key.public_key(), issuer))

    issuing = party("issuing", f"{title} Sandbox Issuing CA", ISSUING_LIFE, above)
    below = issuer_of(base, issuing)
    branch = Branch(
        territory=territory,
        base=base,
        root=root,
        issuing=issuing,
        ocsp=party("ocsp", f"{title} Sandbox OCSP Responder", SERVICE_LIFE, below),
        tsa=party("tsa", f"{title} Sandbox Timestamp Unit", SERVICE_LIFE, below),
    )
    directory.mkdir(parents=True, exist_ok=True)
    for part in ("root", "issuing", "ocsp", "tsa"):
        _write(directory / f"{part}.pem", getattr(branch, part))
    return branch


def load(directory: Path, territory: str, base: str) -> Branch:
    """The branch kept in the directory; raises FileNotFoundError where there is none."""
    parts = {part: _read(directory / f"{part}.pem") for part in ("root", "issuing", "ocsp", "tsa")}
    return Branch(territory=territory, base=base, **parts)


def moved(branch: Branch, base: str) -> Branch:
    """The same branch reached at another address, for what it issues from now on."""
    return replace(branch, base=base)


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _serial() -> int:
    return secrets.randbits(126) | 1 << 126  # RFC 5280 §4.1.2.2: positive, unguessable, at most 20 octets


def _write(path: Path, party: Party) -> None:
    private = party.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(private + party.certificate.public_bytes(Encoding.PEM))


def _read(path: Path) -> Party:
    text = path.read_bytes()
    key = load_pem_private_key(text, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Party(key=key, certificate=x509.load_pem_x509_certificate(text))
