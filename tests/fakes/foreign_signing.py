"""Signed documents as another program writes them: pyHanko, with keys certified by the sandbox's authorities."""

import asyncio
import hashlib
import io
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from asn1crypto import crl, keys, ocsp, tsp, x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.fakes.sealing_world import BASE, SealingWorld
from trust.network.revocation import RemoteRevocationSource
from trust.network.timestamps import RemoteTimestampAuthority
from trust.pades import cms

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
_RSA: list[rsa.RSAPrivateKey] = []


def rsa_key() -> rsa.RSAPrivateKey:
    """One for all tests: making them is slow."""
    if not _RSA:
        _RSA.append(rsa.generate_private_key(65537, 2048))
    return _RSA[0]


KEYS: dict[str, Any] = {
    "RSA": rsa_key,
    "RSA-PSS": rsa_key,
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


class SandboxStamper(TimeStamper):
    """pyHanko's timestamper over the sandbox's authority."""

    def __init__(self, world: SealingWorld, territory: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._world, self._path = world, f"{BASE}/pki/{territory}/tsa"

    async def async_request_tsa_response(self, req: Any) -> Any:

        answer = self._world.egress(
            "POST", self._path, headers={"Content-Type": "application/timestamp-query"}, body=req.dump()
        )
        return tsp.TimeStampResp.load(answer.body)


class _InItsTime(signers.PdfSigner):
    """Claims the world's time, where pyHanko asks the machine's clock."""

    at: datetime

    def init_signing_session(self, *given: Any, **named: Any) -> Any:
        """A session at that time."""
        session = super().init_signing_session(*given, **named)
        session.system_time = self.at
        return session


@dataclass(slots=True, kw_only=True)
class ForeignSigner:
    """Somebody with a certificate of a territory's authority, who signs with pyHanko."""

    world: SealingWorld
    kind: str = "P-256"
    territory: str = "HK"
    name: str = "Chan Siu Ming"
    not_after: datetime | None = None
    chain: tuple[bytes, ...] = ()
    _signer: Any = field(default=None)

    def __post_init__(self) -> None:
        key: PrivateKey = KEYS[self.kind]()
        self.chain = self.world.authorities.enrol(
            self.territory, self.name, cast(Any, key.public_key()), not_after=self.not_after
        )
        text = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(x509.Certificate.load(der) for der in self.chain)
        self._signer = signers.SimpleSigner(
            signing_cert=x509.Certificate.load(self.chain[0]),
            signing_key=keys.PrivateKeyInfo.load(text),
            cert_registry=store,
            prefer_pss=self.kind == "RSA-PSS",
        )

    def sign(
        self,
        pdf: bytes,
        level: str = "B-B",
        *,
        name: str = "Signature1",
        certify: int = 0,
        box: tuple[int, int, int, int] | None = None,
        adobe: bool = False,
    ) -> bytes:
        """The document, signed at a baseline level; certify is the DocMDP level of a certification."""
        stamper = SandboxStamper(self.world, self.territory) if level != "B-B" else None
        long_term = level in ("B-LT", "B-LTA")
        context = self._context() if long_term else None
        meta = signers.PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha384" if self.kind == "P-384" else "sha512" if self.kind == "Ed25519" else "sha256",
            subfilter=None if adobe else fields.SigSeedSubFilter.PADES,
            certify=bool(certify),
            docmdp_permissions=fields.MDPPerm(certify or 2),
            embed_validation_info=long_term,
            use_pades_lta=level == "B-LTA",
            validation_context=context,
        )
        out = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
        specification = fields.SigFieldSpec(name, box=box) if box is not None else None
        signer = _InItsTime(meta, self._signer, timestamper=stamper, new_field_spec=specification)
        signer.at = self.world.now
        signer.sign_pdf(writer, output=out)
        return out.getvalue()

    def message(self, content: bytes) -> bytes:
        """A signed message over any content, as PAdES has it."""
        made = asyncio.run(
            self._signer.async_sign(hashlib.sha256(content).digest(), digest_algorithm="sha256", use_pades=True)
        )
        return bytes(made.dump())

    def renew(self, pdf: bytes) -> bytes:
        """One more document timestamp."""
        out = io.BytesIO()
        PdfTimeStamper(SandboxStamper(self.world, self.territory)).timestamp_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), "sha256", output=out
        )
        return out.getvalue()

    def _context(self) -> ValidationContext:
        source = RemoteRevocationSource(self.world.egress, self.world.clock)
        token = RemoteTimestampAuthority(self.world.egress, (f"{BASE}/pki/{self.territory}/tsa",)).stamp(bytes(32))

        found = source.collect((self.chain, cms.token_chain(token)))
        return ValidationContext(
            trust_roots=[x509.Certificate.load(der) for der in self.world.authorities.anchors.values()],
            other_certs=[x509.Certificate.load(der) for der in found.certificates],
            ocsps=[ocsp.OCSPResponse.load(der) for der in found.ocsps],
            crls=[crl.CertificateList.load(der) for der in found.crls],
            moment=self.world.now,
            allow_fetching=False,
        )
