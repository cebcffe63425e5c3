"""`gba seal`: seal a PDF at PAdES B-LTA."""

import json
from pathlib import Path

import click

from deploy.settings import Settings, load

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
AGENCIES = {
    "zh-Hant": "灣區通達（沙盒）",
    "zh-Hans": "湾区通达（沙盒）",
    "en": "Bay Gateway (sandbox)",
    "pt": "Portal da Baía (ambiente de ensaio)",
}


@click.command()
@click.argument("source", metavar="IN.pdf", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", "target", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--lang", type=click.Choice(list(AGENCIES)), default="zh-Hant", help="The record's language.")
@click.option("--agency", help="The agency's name as the seal shows it.")
@click.option("--reason", default="", help="Why it is sealed; kept in the signature.")
@click.option("--location", default="", help="Where it is sealed; kept in the signature.")
@click.option("--territory", type=click.Choice(["CN-44", "HK", "MO"]), help="Whose seal; the settings' otherwise.")
@click.option("--algorithm", type=click.Choice(["P-256", "RSA-2048", "RSA-3072"]), default="P-256")
@click.option("--level", type=click.Choice(LEVELS), default="B-LTA", help="PAdES level.")
@click.option("--page", default=-1, help="The page of the visible seal, from 1; the last one otherwise.")
@click.option("--invisible", is_flag=True, help="Without a visible seal.")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as one JSON object.")
def command(**given: object) -> None:
    """Seal IN.pdf with the gateway's electronic seal.

    In sandbox mode (the default) keys and authorities are made on first use and asked in this process: no server need
    run. A PDF that is encrypted or cannot be read is refused with its reason (exit 1); nothing is written then.
    """
    _seal(load(), **given)  # type: ignore[arg-type]


def _seal(  # noqa: PLR0917 - click's options, by name
    settings: Settings,
    source: Path,
    target: Path,
    lang: str,
    agency: str | None,
    reason: str,
    location: str,
    territory: str | None,
    algorithm: str,
    level: str,
    page: int,
    invisible: bool,
    as_json: bool,
) -> None:
    from deploy.composing import sealing  # noqa: PLC0415 - heavy, and only needed here
    from deploy.composing.custody import open_keys  # noqa: PLC0415
    from trust.errors import TrustError  # noqa: PLC0415
    from trust.settings import TrustSettings  # noqa: PLC0415
    from trust.signing.profile import Level, SealProfile  # noqa: PLC0415

    profile = SealProfile(
        agency=agency or AGENCIES[lang],
        language=lang,
        reason=reason,
        location=location,
        level=Level(level),
        visible=not invisible,
        page=page - 1 if page > 0 else -1,
        verification_url=f"{settings.public_url}/verify",
    )
    trust = getattr(settings, "trust", None) or TrustSettings()
    try:
        if settings.sandbox:
            authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
            egress = sealing.in_process(authorities)
            urls = sealing.timestamp_urls(trust, settings.sandbox_url)
        else:
            authorities, egress = None, _egress(settings)
            urls = sealing.timestamp_urls(trust, None)
        device = sealing.seal_device(
            open_keys(settings), territory or trust.seal_territory, authorities, algorithm=algorithm
        )
        surveyor = sealing.surveying(trust, workers=1)
        sealed = sealing.pdf_sealing(device, egress, urls, surveyor, policy=trust.timestamp_policy)(
            source.read_bytes(), profile
        )
    except TrustError as refused:
        _tell_refusal(source, refused.reason, as_json=as_json)
        raise SystemExit(1) from None
    _write(target, sealed.content)
    if as_json:
        told = {
            "file": str(target),
            "level": str(sealed.level),
            "sealed_at": sealed.sealed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "received_sha256": sealed.received_digest,
            "sha256": sealed.digest,
            "normalised": sealed.normalised,
            "findings": list(sealed.active),
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(f"{click.style('sealed', fg='green', bold=True)}  {target}  {sealed.level}")
    if sealed.normalised:
        click.echo("        its structure did not hold, so it was written anew before sealing")
    if sealed.active:
        click.echo(f"        note: it holds {', '.join(sealed.active).replace('_', ' ')}")


def _egress(settings: Settings):  # type: ignore[no-untyped-def]
    from deploy.composing.world import World  # noqa: PLC0415

    return World.open(settings).egress


def _tell_refusal(source: Path, reason: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"file": str(source), "refused": reason}, ensure_ascii=False))
    else:
        click.echo(f"{click.style('refused', fg='red', bold=True)}  {source}  {reason}", err=True)


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all."""
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise click.ClickException(f"cannot write {target}: {problem.strerror}") from None
