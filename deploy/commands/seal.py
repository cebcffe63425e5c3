"""`gba seal`: seal or sign PDFs, at PAdES B-LTA unless told otherwise; one file, a folder, or paths from a stream."""

import sys
from pathlib import Path
from typing import Any

import click

from deploy.commands.cannot_go_on import CannotGoOn, usable
from deploy.commands.seal_wish import (
    AGENCIES,
    PERMISSIONS,
    Wish,
    as_line,
    as_told,
    notes,
    open_seal,
    tell_refusal,
    write,
)
from deploy.settings import Settings, load
from trust.validation.plain_text import plain

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
ALGORITHMS = ("P-256", "RSA-2048", "RSA-3072", "Ed25519")


@click.command()
@click.argument("sources", metavar="IN...", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@click.option("-o", "--output", "target", required=True, type=click.Path(path_type=Path), help="A file, or a folder.")
@click.option("--lang", "language", type=click.Choice(list(AGENCIES)), default="zh-Hant", help="The record's language.")
@click.option("--agency", help="The agency's name as the seal shows it.")
@click.option("--reason", default="", help="Why it is sealed; kept in the signature.")
@click.option("--location", default="", help="Where it is sealed; kept in the signature.")
@click.option("--key", default="", help="Which key, as `gba keys seals` lists them; the settings' otherwise.")
@click.option("--territory", type=click.Choice(["CN-44", "HK", "MO"]), help="Whose seal of the key file.")
@click.option("--algorithm", type=click.Choice(ALGORITHMS), help="Which seal of the key file; the newest otherwise.")
@click.option("--level", type=click.Choice(LEVELS), default="B-LTA", help="PAdES level.")
@click.option("--approve", "approves", is_flag=True, help="An approval signature: it certifies nothing.")
@click.option(
    "--permit",
    type=click.Choice(list(PERMISSIONS)),
    default="nothing",
    help="What the certification lets others do afterwards.",
)
@click.option("--field", default="", help="The signature field: one that waits to be signed, or the name of a new one.")
@click.option("--leave", "leaves", multiple=True, help="A field that the certification leaves for others to sign.")
@click.option("--page", default=-1, help="The page of the visible seal, from 1; the last one otherwise.")
@click.option("--image", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PNG or JPEG in the seal.")
@click.option("--invisible", is_flag=True, help="Without a visible seal.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="Seal this many files at once.")
@click.option("--resume", is_flag=True, help="Go on with a run into this folder that was stopped.")
@click.option("--json", "as_json", is_flag=True, help="Say what was done as one JSON object a file, one a line.")
def command(**given: Any) -> None:
    """Seal IN with the gateway's electronic seal, or another key.

    IN is a PDF; or several PDFs and folders, or - for paths on the standard input, one a line: then -o names a folder,
    and sealed.jsonl in it says what became of each file. All are sealed with one key session. Links to folders within a
    folder are not followed.

    In sandbox mode (the default) keys and authorities are made on first use and asked in this process: no server need
    run. A PDF that is encrypted or cannot be read is refused with its reason; nothing is written then. Exit 0 when all
    were sealed, 1 when any was refused, 2 when an authority or the key was away, 3 when the command itself could not
    go on, 130 when it was stopped: --resume takes up what is left.
    """
    wish = Wish(**given)
    if len(wish.sources) == 1 and str(wish.sources[0]) != "-" and not wish.sources[0].is_dir() and not wish.into_folder:
        if wish.resume:
            raise click.UsageError("--resume is for a folder")
        _seal_one(load(), wish)
        return
    from deploy.commands.seal_many import seal_many  # noqa: PLC0415 - only for several files

    sys.exit(seal_many(load(), wish))


def _seal_one(settings: Settings, wish: Wish) -> None:
    from trust.errors import TrustError  # noqa: PLC0415

    (source,) = wish.sources
    try:
        if not source.is_file():
            raise click.UsageError(f"{plain(str(source))} is not there.")
        data = source.read_bytes()
    except OSError as problem:
        raise CannotGoOn(f"{plain(str(source))} cannot be read: {problem.strerror}") from None
    try:
        with usable():
            seal = open_seal(settings, wish)
        sealed = seal(data, wish.profile(settings))
    except TrustError as refused:
        tell_refusal(source, refused, as_json=wish.as_json)
        raise SystemExit(1) from None
    try:
        write(wish.target, sealed.content)
    except OSError as problem:
        raise CannotGoOn(f"cannot write {plain(str(wish.target))}: {problem.strerror}") from None
    if wish.as_json:
        click.echo(as_line(as_told(wish.target, sealed)))
        return
    click.echo(f"{click.style('sealed', fg='green', bold=True)}  {plain(str(wish.target))}  {sealed.level}")
    for note in notes(sealed):
        click.echo(f"        {note}")
