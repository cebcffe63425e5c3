"""Authorities whose certificates say what a test wants, a source table over them, and a device that signs lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from trust.anchors import source
from trust.anchors.source import Source
from trust.anchors.trust_list import TrustList
from trust.flows.publish_trust_list import PublishTrustList
from trust.trust_lists.files import XmlLists

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
BEGAN = datetime(2015, 7, 10, 16, 0, tzinfo=UTC)
PREFIX = "2.16.344.8.2.2008.810.2"
TYPE = "Example e-Cert (Personal)"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _name(subject: str, organisation: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "HK"), (NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, subject))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def certificate(
    subject: str,
    key: Key,
    *,
    issuer: "Authority | None" = None,
    ca: bool = True,
    organisation: str = "Example",
    policies: Sequence[str] = (),
) -> bytes:
    name = _name(subject, organisation)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.parsed.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGAN - timedelta(days=365))
        .not_valid_after(AT + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if policies:
        found = [x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in policies]
        builder = builder.add_extension(x509.CertificatePolicies(found), critical=False)
    return builder.sign(issuer.key if issuer else key, hashes.SHA256()).public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True)
class Authority:
    key: Key
    der: bytes

    @property
    def parsed(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @classmethod
    def make(cls, name: str, issuer: "Authority | None" = None) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(key, certificate(name, key, issuer=issuer))

    def leaf(self, organisation: str = TYPE, policies: Sequence[str] = (f"{PREFIX}.2018.1.0",)) -> bytes:
        key = ec.generate_private_key(ec.SECP256R1())
        return certificate("Chan", key, issuer=self, ca=False, organisation=organisation, policies=policies)


ROOT = Authority.make("Example Root")
ISSUING = Authority.make("Example Issuing", ROOT)
SECOND_ISSUING = Authority.make("Second Issuing", ROOT)
OTHER_ROOT = Authority.make("Other Root")
OTHER_ISSUING = Authority.make("Other Issuing", OTHER_ROOT)
HELD = {"root.pem": ROOT.der, "issuing.pem": ISSUING.der, "second.pem": SECOND_ISSUING.der, "other.pem": OTHER_ROOT.der}


@dataclass(frozen=True, slots=True)
class Device:
    """Signs whatever it is given, as custody would."""

    key: Key
    chain: tuple[bytes, ...]

    @property
    def signature_algorithm(self) -> str:
        return "sha256_ecdsa" if isinstance(self.key, ec.EllipticCurvePrivateKey) else "sha256_rsa"

    def sign(self, digest: bytes) -> bytes:
        prehashed = Prehashed(hashes.SHA256())
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(digest, ec.ECDSA(prehashed))
        return self.key.sign(digest, padding.PKCS1v15(), prehashed)


def device(key: Key | None = None) -> Device:
    held = key or ec.generate_private_key(ec.SECP256R1())
    return Device(held, (certificate("Operator", held, ca=False),))


OPERATOR = device()


def recognition(**changes: Any) -> dict[str, Any]:
    return {
        "scheme": "hk-guangdong",
        "certificate_type": TYPE,
        "policy_prefix": PREFIX,
        "root": "example-root",
        "from": BEGAN,
        "legal_basis": "an arrangement",
        "source": "https://list.example/",
        "source_digest": f"sha256:{'a' * 64}",
        "reviewer": "A. Reviewer",
        "reviewed_on": AT.date(),
    } | changes


def service(entry: str = "example-issuing", **changes: Any) -> dict[str, Any]:
    return {
        "id": entry,
        "name": {"en": "Example Issuing", "zh-Hant": "示例"},
        "kind": "issuing",
        "certificate": "issuing.pem",
        "status": [{"is": "recognised", "since": BEGAN}],
    } | changes


def root_service(**changes: Any) -> dict[str, Any]:
    return service("example-root", name={"en": "Example Root"}, kind="root", certificate="root.pem") | changes


def table(*services: dict[str, Any], territory: str = "HK") -> dict[str, Any]:
    address = {"street": "1 Street", "locality": "Town", "country": "HK", "electronic": ["mailto:a@list.example"]}
    listed = list(services) or [root_service(), service(recognition=[recognition()])]
    return {
        "territory": territory,
        "scheme": {
            "operator": {"en": "Operator"},
            "name": {"en": f"{territory}: a list"},
            "information": "https://list.example/",
            "legal_notice": {"en": "A law."},
            "address": address,
        },
        "provider": [
            {
                "name": {"en": "Provider & <Co>"},
                "information": "https://provider.example/",
                "address": address,
                "service": listed,
            }
        ],
    }


def read(values: dict[str, Any]) -> Source:
    return source.read(values, HELD.__getitem__)


def signed(values: dict[str, Any] | None = None, *, by: Device = OPERATOR, at: datetime = AT) -> bytes:
    issue = PublishTrustList(reader=XmlLists(), writer=XmlLists())(read(values or table()), by, at=at)
    assert issue is not None
    return issue.content


def listed(values: dict[str, Any] | None = None, *, at: datetime = AT) -> TrustList:
    return XmlLists().read(signed(values, at=at), OPERATOR.chain)
