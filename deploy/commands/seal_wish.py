"""What `gba seal` was asked for, whose key does it, and how its outcome is told; for one file and for many."""

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.settings import Settings
from trust.frozen import Frozen
from trust.validation.plain_text import plain

if TYPE_CHECKING:
    from trust.flows.seal_pdf import SealedPdf, SealPdf
    from trust.signing.profile import SealProfile

AGENCIES = {
    "zh-Hant": "灣區通達（沙盒）",
    "zh-Hans": "湾区通达（沙盒）",
    "en": "Bay Gateway (sandbox)",
    "pt": "Portal da Baía (ambiente de ensaio)",
}
PERMISSIONS = {"nothing": 1, "signing": 2, "notes": 3}


class Wish(Frozen):
    """What was asked for at the command line."""

    sources: tuple[Path, ...]
    target: Path
    language: str
    agency: str | None
    reason: str
    location: str
    key: str
    territory: str | None
    algorithm: str | None
    level: str
    approves: bool
    permit: str
    field: str
    leaves: tuple[str, ...]
    page: int
    image: Path | None
    invisible: bool
    jobs: int
    resume: bool
    as_json: bool

    @property
    def into_folder(self) -> bool:
        """Whether the target is a folder, as it stands or as it is written."""
        return self.target.is_dir() or len(self.sources) > 1

    def profile(self, settings: Settings) -> "SealProfile":
        """How each file is to be sealed."""
        from trust.signing.profile import Level, SealProfile  # noqa: PLC0415 - not needed for --help

        return SealProfile(
            agency=self.agency or AGENCIES[self.language],
            language=self.language,
            reason=self.reason,
            location=self.location,
            level=Level(self.level),
            visible=not self.invisible,
            page=self.page - 1 if self.page > 0 else -1,
            verification_url=f"{settings.public_url}/verify",
            image=self.image.read_bytes() if self.image is not None else b"",
            approves=self.approves,
            permits=PERMISSIONS[self.permit],
            field=self.field,
            leaves=self.leaves,
        )


def open_seal(settings: Settings, wish: Wish) -> "SealPdf":
    """Seals with the key and the authorities of these settings; raises TrustError."""
    from deploy.composing import sealing  # noqa: PLC0415 - heavy, and only needed here
    from deploy.composing.seal_keys_told import seal_devices  # noqa: PLC0415

    devices = seal_devices(settings)
    trust = settings.trust
    if devices.authorities is not None:
        egress = sealing.in_process(devices.authorities)
        urls = sealing.timestamp_urls(trust, settings.sandbox_url)
    else:
        egress = devices.egress()
        urls = sealing.timestamp_urls(trust, None)
    device = devices.source(wish.key, territory=wish.territory or "", algorithm=wish.algorithm)
    surveyor = sealing.surveying(trust, workers=wish.jobs)
    return sealing.pdf_sealing(device, egress, urls, surveyor, policy=trust.timestamp_policy)


def as_told(target: Path, sealed: "SealedPdf") -> dict[str, Any]:
    """What was done, for programs."""
    return {
        "file": str(target),
        "level": str(sealed.level),
        "sealed_at": sealed.sealed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "received_sha256": sealed.received_digest,
        "sha256": sealed.digest,
        "normalised": sealed.normalised,
        "findings": list(sealed.active),
        "standards": [{"claimed": one.claimed, "kept": one.kept, "why": one.why} for one in sealed.standards],
    }


def notes(sealed: "SealedPdf") -> list[str]:
    """What somebody who sealed a file should know of it."""
    found = []
    if sealed.normalised:
        found.append("its structure did not hold, so it was written anew before sealing")
    if sealed.active:
        found.append(f"note: it holds {', '.join(sealed.active).replace('_', ' ')}")
    found += [
        f"{one.claimed}: {one.kept.replace('_', ' ')}{f' ({one.why})' if one.why else ''}" for one in sealed.standards
    ]
    return found


def tell_refusal(source: Path, refused: Exception, *, as_json: bool) -> None:
    """Why a file was not sealed; of timestamps, what each authority said."""
    reason, failures = getattr(refused, "reason", "unreadable"), getattr(refused, "failures", ())
    if as_json:
        told = {"file": str(source), "refused": reason}
        if failures:
            told["authorities"] = [{"host": host, "reason": why} for host, why in failures]
        click.echo(as_line(told))
        return
    click.echo(f"{click.style('refused', fg='red', bold=True)}  {plain(str(source))}  {reason}", err=True)
    for host, why in failures:
        click.echo(f"        {host}: {why}", err=True)


def as_line(told: dict[str, Any]) -> str:
    """One line of JSON; a file name that is no text in any encoding is escaped, so that the line always is."""
    line = json.dumps(told, ensure_ascii=False)
    try:
        line.encode()
    except UnicodeEncodeError:
        return json.dumps(told)
    return line


def write(target: Path, content: bytes) -> None:
    """Whole or not at all. Raises OSError."""
    named = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:24]  # a long name has room for nothing beside it
    beside = target.with_name(f".{named}.part")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
