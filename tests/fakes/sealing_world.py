"""The sandbox's authorities, a seal and a verifier in one process: what tests of sealing and verifying share."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.composing import sealing
from deploy.sandbox.pki.authorities import Authorities
from trust.anchors.snapshot import Snapshot
from trust.custody.key_store import KeyStore
from trust.custody.seal_device import SealDevice
from trust.errors import DocumentRefused
from trust.flows.seal_pdf import SealedPdf, SealPdf
from trust.flows.verify_document import VerifyDocument
from trust.keys.key import Purpose
from trust.network.revocation import RemoteRevocationSource
from trust.network.timestamps import RemoteTimestampAuthority
from trust.pades import reader, surveyor
from trust.pades.survey import Asked, Survey, objection
from trust.pades.writer import PdfWriter
from trust.ports.egress import Egress
from trust.ports.sealing import SigningDevice
from trust.signing.profile import Level, SealProfile
from trust.validation.facts import FileFacts
from trust.validation.policy import ORDINARY
from trust.validation.report import Report

BASE = "http://sandbox.test"
START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
PROFILE = SealProfile(
    agency="廣東省政務服務（沙盒）", reason="受理回執", verification_url="https://gateway.test/verify"
)


class Uncontained:
    """Reads in this process: containment has its own tests."""

    def read(self, data: bytes) -> FileFacts:
        return reader.read(data)


class Surveying:
    """Surveys in this process, checked as what a worker says is."""

    def survey(self, pdf: bytes, asked: Asked) -> Survey:
        found = surveyor.survey(pdf, asked)
        if problem := found.problem or objection(found, pdf, asked):
            raise DocumentRefused(problem)
        return found


@dataclass(slots=True)
class SealingWorld:
    """Everything with one clock that tests set."""

    now: datetime
    keys: KeyStore
    authorities: Authorities
    egress: Egress

    @classmethod
    def open(cls, folder: Path) -> "SealingWorld":
        world = cls.__new__(cls)
        world.now = START
        world.keys = KeyStore.open(folder / "keys.json", bytes(32))
        world.authorities = Authorities.open(folder / "pki", BASE, lambda: world.now)
        world.egress = sealing.in_process(world.authorities)
        return world

    @property
    def clock(self) -> Callable[[], datetime]:
        return lambda: self.now

    def device(
        self,
        territory: str = "CN-44",
        algorithm: str = "P-256",
        *,
        not_before: datetime | None = None,
        not_after: datetime | None = None,
    ) -> SealDevice:
        key = self.keys.generate(Purpose.SEAL, algorithm, at=self.now, owner=territory)
        chain = self.authorities.enrol(
            territory,
            "Test Seal",
            key.private_key.public_key(),
            not_before=not_before,
            not_after=not_after,
        )
        return SealDevice(self.keys.attach(key.kid, chain))

    def seal(self, pdf: bytes, profile: SealProfile = PROFILE, *, device: SigningDevice | None = None) -> SealedPdf:
        used = device or self.device()
        return self.sealing(lambda: used)(pdf, profile)

    def sealing(self, device: Callable[[], SigningDevice]) -> SealPdf:
        return SealPdf(
            sealer=PdfWriter(Surveying()),
            device=device,
            stamps=RemoteTimestampAuthority(self.egress, (f"{BASE}/pki/CN-44/tsa",)),
            revocation=RemoteRevocationSource(self.egress, self.clock),
            clock=self.clock,
        )

    def seal_at(self, level: Level, pdf: bytes, *, device: SealDevice | None = None) -> bytes:
        return self.seal(pdf, SealProfile(agency="Agency", language="en", level=level), device=device).content

    def verifier(self, *, snapshot: Snapshot | None = None, online: bool = True) -> VerifyDocument:
        return VerifyDocument(
            reader=Uncontained(),
            status=RemoteRevocationSource(self.egress, self.clock) if online else None,
            snapshot=sealing.snapshot(self.authorities) if snapshot is None else snapshot,
            policy=ORDINARY,
            clock=self.clock,
        )

    def verify(self, pdf: bytes, *, online: bool = True) -> Report:
        return self.verifier(online=online)(pdf, name="file.pdf")

    def later(self, **span: int) -> None:
        self.now += timedelta(**span)


def plain_pdf(pages: int = 1, **saved: object) -> bytes:
    """A small document with some text, as pikepdf writes it; the same bytes whenever it is asked for again."""
    made = pikepdf.new()
    font = made.make_indirect(
        pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    )
    for number in range(pages):
        page = made.add_blank_page(page_size=(595, 842))
        page.obj["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.obj["/Contents"] = made.make_stream(b"BT /F1 24 Tf 72 720 Td (Page %d) Tj ET" % (number + 1))
    out = io.BytesIO()
    # qpdf's other /ID holds the second it was made in, and would let two calls differ now and then
    made.save(out, deterministic_id="encryption" not in saved, **saved)  # type: ignore[arg-type]
    return out.getvalue()


def stranger_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())
