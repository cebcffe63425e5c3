"""Puts sealing and verifying together: keys, authorities, trust lists, contained readers."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from deploy import clock
from trust.anchors.snapshot import Anchor, Snapshot
from trust.custody.key_store import KeyStore
from trust.errors import KeyUnavailable
from trust.flows.verify_document import VerifyDocument
from trust.frozen import Frozen, Hidden
from trust.keys.key import Purpose
from trust.pades.contained import ContainedReader, quiet
from trust.ports.egress import Egress, Reply
from trust.settings import TrustSettings
from trust.validation.policy import ORDINARY, Policy

if TYPE_CHECKING:
    from deploy.sandbox.pki.authorities import Authorities
    from trust.custody.seal_device import SealDevice
    from trust.flows.seal_pdf import SealPdf
    from trust.pades.contained_survey import ContainedSurveyor
    from trust.ports.reading import StatusSource
    from trust.ports.sealing import SigningDevice

SEAL_NAMES = {"HK": "Hong Kong Sandbox Seal", "MO": "Macao Sandbox Seal", "CN-44": "Guangdong Sandbox Seal"}


class InProcessReply(Frozen):
    """An answer of the sandbox's authorities."""

    status: int
    headers: Hidden[Mapping[str, str]]
    body: Hidden[bytes]


def sandbox_authorities(data_dir: Path, base: str) -> "Authorities":
    """The sandbox's authorities, made on first use."""
    from deploy.sandbox.pki.authorities import Authorities  # noqa: PLC0415 - production has none

    return Authorities.open(data_dir / "sandbox" / "pki", base, clock.now)


def in_process(authorities: "Authorities") -> Egress:
    """A way out that ends at these authorities, whichever port their certificates name."""

    def send(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> InProcessReply:
        status, answered, content = authorities.answer(method, urlsplit(url).path, headers or {}, body)
        return InProcessReply(status=status, headers=answered, body=content)

    return send


def to_the_present_port(egress: Egress, sandbox_url: str) -> Egress:
    """A way out that finds the sandbox's authorities where they are today.

    Their certificates name the port of the day they were made; `PORT=` may since have moved them.
    """
    present = urlsplit(sandbox_url)

    def send(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        named = urlsplit(url)
        if named.hostname == present.hostname and named.path.startswith("/pki/"):
            url = named._replace(scheme=present.scheme, netloc=present.netloc).geturl()
        return egress(method, url, headers=headers, body=body)

    return send


def seal_device(
    keys: KeyStore, territory: str, authorities: "Authorities | None", *, algorithm: str | None = None
) -> "SealDevice":
    """The newest seal of a territory; in the sandbox its key (P-256 by default) is made and certified on first use."""
    from trust.custody.seal_device import SealDevice  # noqa: PLC0415 - only who seals needs it

    if authorities is None:
        return SealDevice(keys.current(Purpose.SEAL, algorithm=algorithm, owner=territory))
    key = keys.ensure(Purpose.SEAL, algorithm or "P-256", at=clock.now(), owner=territory)
    if not key.chain or key.chain[-1] not in authorities.anchors.values():
        # no certificate yet, or one of authorities that are gone
        chain = authorities.enrol(territory, SEAL_NAMES[territory], key.private_key.public_key())
        key = keys.attach(key.kid, chain)
    return SealDevice(key)


def surveying(settings: TrustSettings, *, workers: int | None = None) -> "ContainedSurveyor":
    """Reads documents that are to be sealed, in processes that hold no key."""
    from trust.pades.contained_survey import ContainedSurveyor  # noqa: PLC0415 - only who seals needs it

    return ContainedSurveyor(workers=workers or settings.surveyors, seconds=settings.reading_limit.total_seconds())


def pdf_sealing(
    device: Callable[[], "SigningDevice"],
    egress: Egress,
    timestamp_urls: tuple[str, ...],
    surveyor: "ContainedSurveyor",
    *,
    policy: str = "",
) -> "SealPdf":
    """Seals PDFs with the device that is in use by then, and these authorities."""
    from trust.flows.seal_pdf import SealPdf  # noqa: PLC0415 - typst, only for who seals
    from trust.network.revocation import RemoteRevocationSource  # noqa: PLC0415
    from trust.network.timestamps import RemoteTimestampAuthority  # noqa: PLC0415
    from trust.pades.writer import PdfWriter  # noqa: PLC0415

    return SealPdf(
        sealer=PdfWriter(surveyor),
        device=device,
        stamps=RemoteTimestampAuthority(egress, timestamp_urls, policy=policy, clock=clock.now),
        revocation=RemoteRevocationSource(egress, clock.now),
        clock=clock.now,
    )


def timestamp_urls(settings: TrustSettings, sandbox_url: str | None) -> tuple[str, ...]:
    """The configured authorities; in the sandbox its own."""
    if settings.timestamp_urls:
        return settings.timestamp_urls
    if sandbox_url is None:
        raise KeyUnavailable("stamp_authority_missing")
    return (f"{sandbox_url}/pki/{settings.seal_territory}/tsa",)


def snapshot(authorities: "Authorities | None", given: tuple[bytes, ...] = ()) -> Snapshot:
    """Whom verdicts rest on: the sandbox's roots in the sandbox, and anchors given by hand."""
    listed = authorities.anchors.items() if authorities is not None else ()
    anchors = [Anchor(territory=territory, entry=f"sandbox:{territory}", certificate=der) for territory, der in listed]
    known = {anchor.certificate for anchor in anchors}
    anchors += [Anchor(territory="", entry="given", certificate=der) for der in given if der not in known]
    return Snapshot(anchors=tuple(anchors))


def listed(
    data_dir: Path, keys: KeyStore, authorities: "Authorities | None", given: tuple[bytes, ...] = ()
) -> Snapshot:
    """Whom verdicts rest on: the trust lists in force, and anchors given by hand."""
    from deploy.trust_lists.opening import TrustLists  # noqa: PLC0415 - XML, only for who verifies

    anchors = tuple(Anchor(territory="", entry="given", certificate=der) for der in given)
    return TrustLists(data_dir, keys, authorities=authorities).in_force(given=anchors)


def reading(settings: TrustSettings, *, readers: int | None = None) -> ContainedReader:
    """Reads foreign bytes, in processes of their own."""
    return ContainedReader(
        workers=readers or settings.readers,
        seconds=settings.reading_limit.total_seconds(),
        render=settings.compare_rendering,
    )


def verification(
    trusted: Snapshot,
    egress: Egress | None,
    settings: TrustSettings,
    *,
    readers: int | None = None,
    policy: Policy = ORDINARY,
    reader: ContainedReader | None = None,
) -> VerifyDocument:
    """Verifies documents."""
    quiet()
    return VerifyDocument(
        reader=reader or reading(settings, readers=readers),
        status=_status(egress) if egress is not None else None,
        snapshot=trusted,
        policy=policy,
        clock=clock.now,
    )


def _status(egress: Egress) -> "StatusSource":
    from trust.network.revocation import RemoteRevocationSource  # noqa: PLC0415 - only who asks needs it

    return RemoteRevocationSource(egress, clock.now)


def read_anchors(pem: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM file (or one DER certificate). Raises ValueError."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    if b"-----BEGIN" not in pem:
        return (x509.load_der_x509_certificate(pem).public_bytes(Encoding.DER),)
    return tuple(found.public_bytes(Encoding.DER) for found in x509.load_pem_x509_certificates(pem))
