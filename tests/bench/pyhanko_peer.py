"""pyHanko's plain calls at the same work: B-LTA, with the same authorities in the same process."""

import io
from collections.abc import Callable
from pathlib import Path

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator import ValidationContext

from tests.fakes.foreign_signing import ForeignSigner, SandboxStamper
from tests.fakes.sealing_world import BASE, SealingWorld
from trust.network.revocation import RemoteRevocationSource
from trust.network.timestamps import RemoteTimestampAuthority
from trust.pades import cms


def sealing(folder: Path, kind: str, pdf: bytes) -> Callable[[], bytes]:
    """One seal. Key, certificates, revocation data and timestamper are ready before; the rest is a call."""
    folder.mkdir(parents=True, exist_ok=True)
    world = SealingWorld.open(folder)
    signer = ForeignSigner(world=world, kind=kind, territory="CN-44")
    token = RemoteTimestampAuthority(world.egress, (f"{BASE}/pki/CN-44/tsa",)).stamp(bytes(32))
    found = RemoteRevocationSource(world.egress, world.clock).collect((signer.chain, cms.token_chain(token)))
    roots = [x509.Certificate.load(der) for der in world.authorities.anchors.values()]
    others = [x509.Certificate.load(der) for der in found.certificates]
    ocsps = [ocsp.OCSPResponse.load(der) for der in found.ocsps]
    crls = [crl.CertificateList.load(der) for der in found.crls]
    stamper = SandboxStamper(world, "CN-44")

    def seal() -> bytes:
        context = ValidationContext(
            trust_roots=roots, other_certs=others, ocsps=ocsps, crls=crls, moment=world.now, allow_fetching=False
        )
        meta = signers.PdfSignatureMetadata(
            field_name="Seal1",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            embed_validation_info=True,
            use_pades_lta=True,
            validation_context=context,
        )
        out = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        signers.PdfSigner(meta, signer._signer, timestamper=stamper).sign_pdf(writer, output=out)
        return out.getvalue()

    assert world.verify(seal()).verdict.passed
    return seal
