"""`gba trustlist`: build, check, compare and show the territories' trust lists."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.settings import Settings, load

if TYPE_CHECKING:
    from deploy.trust_lists.opening import TrustLists
    from trust.anchors.trust_list import TrustList

TERRITORIES = ("HK", "MO", "CN-44")
LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")

as_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
sources_option = click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of reviewed source files instead of the product's own.",
)
territories_argument = click.argument("territories", nargs=-1, type=click.Choice(TERRITORIES), metavar="[TERRITORY]...")


@click.group()
def command() -> None:
    """The trust lists: whom each territory trusts, for what, since when and until when.

    A list begins as a reviewed source file (deploy/trust_lists/HK.toml, MO.toml, CN-44.toml). `build` numbers, dates
    and signs it as ETSI TS 119 612 XML; the issues in force together are a snapshot, kept for ever under its own
    digest and cited by every verdict. A list that does not verify, or is past its next update, gives no anchors.

    \b
    gba trustlist check            does everything hold? what is still to be supplied?
    gba trustlist build            publish what changed
    gba trustlist diff             what would `build` change?
    gba trustlist show --json      the snapshot in force, entry by entry
    """


@command.command()
@territories_argument
@sources_option
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Also write the XML files to this folder."
)
@as_json_option
def build(territories: tuple[str, ...], sources: Path | None, out: Path | None, as_json: bool) -> None:
    """Publish the lists whose source changed, or that run out within 60 days.

    Each list is signed with the gateway's key for it, read back, and only then taken into a new snapshot; the former
    snapshots stay. Exit 1 when a source does not hold: then nothing is published.
    """
    lists = _open(load(), sources)
    outcomes = _or_refuse(lambda: lists.publish(territories or TERRITORIES))
    snapshot = lists.snapshot()
    kept = lists.shelf.present()
    if out is not None and kept is not None:
        out.mkdir(parents=True, exist_ok=True)
        for territory, content in kept.lists.items():
            (out / f"{territory}.xml").write_bytes(content)
    told = [
        {
            "territory": each.territory,
            "sequence": each.sequence,
            "published": each.published,
            "to_be_supplied": list(each.source.to_be_supplied),
            "unpublished": list(each.source.unpublished),
        }
        for each in outcomes
    ]
    if as_json:
        click.echo(json.dumps({"snapshot": snapshot.id, "lists": told}, indent=2))
        return
    for each in outcomes:
        word = "published" if each.published else "unchanged"
        click.echo(f"{each.territory}: issue {each.sequence} {word}")
        for entry in each.source.to_be_supplied:
            click.echo(f"    {entry}: certificate: to be supplied by the operator; until then it gives no anchor")
    click.echo(f"snapshot {snapshot.id}")


@command.command()
@click.argument(
    "files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="[FILE.xml]..."
)
@sources_option
@click.option(
    "--signer",
    "signers",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate under which the given files are believed; the gateway's own by default.",
)
@as_json_option
def check(files: tuple[Path, ...], sources: Path | None, signers: tuple[Path, ...], as_json: bool) -> None:
    """Say whether the lists hold: sources, signatures, dates, and what is still open.

    Without FILE the reviewed sources and the snapshot in force are checked; with FILE those files, of whichever scheme.
    Exit 0 when everything holds (open points are told, and do not count), 1 when something does not.
    """
    from deploy.trust_lists import checking  # noqa: PLC0415 - heavy, and only needed here

    lists = _open(load(), sources)
    found = checking.files(lists, files, _signers(lists, signers)) if files else checking.own(lists)
    holds = not any(row["problems"] for row in found)
    if as_json:
        click.echo(json.dumps({"holds": holds, "checked": found}, ensure_ascii=False, indent=2))
    else:
        for row in found:
            click.secho(f"{row['what']}: {row['state']}", fg="red" if row["problems"] else "green")
            for problem in row["problems"]:
                click.echo(f"    {problem}")
            for point in row["open"]:
                click.echo(f"    open: {point}")
    sys.exit(0 if holds else 1)


@command.command()
@click.argument("before", required=False)
@click.argument("after", required=False)
@sources_option
@as_json_option
def diff(before: str | None, after: str | None, sources: Path | None, as_json: bool) -> None:
    """Show what differs between two sets of lists, entry by entry.

    BEFORE and AFTER are snapshots (sha256:…, or as many of its first digits as name one); the snapshot in force stands
    for a missing BEFORE, the reviewed sources for a missing AFTER. Exit 0 when nothing differs, 1 when something does.
    """
    from trust.anchors.difference import between  # noqa: PLC0415 - heavy, and only needed here

    lists = _open(load(), sources)
    old = lists.snapshot(_named(lists, before)).lists
    new = lists.snapshot(_named(lists, after)).lists if after else _as_published(lists)
    found = between(old, new)
    if as_json:
        rows = [
            {"territory": d.territory, "entry": d.entry, "what": d.what, "before": d.before, "after": d.after}
            for d in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for each in found:
            click.secho(" ".join(filter(None, (each.territory, each.entry, each.what))), bold=True)
            for mark, text, colour in (("-", each.before, "red"), ("+", each.after, "green")):
                if text:
                    click.secho(f"  {mark} {text}", fg=colour)
        if not found:
            click.echo("Nothing differs.")
    sys.exit(1 if found else 0)


@command.command()
@click.argument("snapshot", required=False)
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="The language of the words.")
@click.option("--all", "every", is_flag=True, help="List every snapshot on the shelf instead.")
@as_json_option
def show(snapshot: str | None, lang: str, every: bool, as_json: bool) -> None:
    """Show the snapshot in force (or SNAPSHOT): how each list stands, and every entry with its history."""
    from deploy import clock  # noqa: PLC0415 - heavy, and only needed here
    from deploy.trust_lists import telling  # noqa: PLC0415

    lists = _open(load(), None)
    if every:
        names = lists.shelf.identities()
        click.echo(json.dumps(names) if as_json else "\n".join(names))
        return
    found = lists.snapshot(_named(lists, snapshot))
    at = clock.now()
    standings = found.standings(at)
    by_territory = {each.territory: each for each in found.lists}
    if as_json:
        rows = [telling.as_row(each, by_territory.get(each.territory)) for each in standings]
        click.echo(json.dumps({"snapshot": found.id, "lists": rows}, ensure_ascii=False, indent=2))
    else:
        click.echo(f"snapshot {found.id}")
        for each in standings:
            for line in telling.as_lines(each, by_territory.get(each.territory), lang, at):
                click.echo(line)
    sys.exit(0 if all(each.usable for each in standings) else 1)


@command.command()
@as_json_option
def refresh(as_json: bool) -> None:
    """Fetch the lists that others publish (deploy/trust_lists/remote.toml) and take newer issues.

    A list that cannot be had, does not verify, is older than the one in hand or out of date is not taken: the last good
    one stays in force until its own next update, and an alarm is logged. Exit 1 when that happened.
    """
    settings = load()
    lists = _open(settings, None)
    from deploy.composing.world import World  # noqa: PLC0415 - the way out, only needed here

    world = World.open(settings)
    try:
        outcomes = _or_refuse(lambda: lists.refresh(world.egress))
    finally:
        world.egress.close()
        world.engine.dispose()
    rows = [
        {"territory": each.territory, "taken": each.taken, "problem": each.problem, "sequence": each.sequence}
        for each in outcomes
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    for each in outcomes if not as_json else ():
        click.echo(f"{each.territory}: {each.problem or ('taken' if each.taken else 'nothing new')}")
    if not outcomes and not as_json:
        click.echo("No list of others is configured.")
    sys.exit(1 if any(each.problem for each in outcomes) else 0)


def _open(settings: Settings, folder: Path | None) -> "TrustLists":
    from deploy.composing.custody import open_keys  # noqa: PLC0415
    from deploy.composing.sealing import sandbox_authorities  # noqa: PLC0415 - heavy, so that `--help` answers at once
    from deploy.trust_lists.opening import TrustLists  # noqa: PLC0415
    from deploy.trust_lists.sources import HERE  # noqa: PLC0415

    authorities = sandbox_authorities(settings.data_dir, settings.sandbox_url) if settings.sandbox else None
    return TrustLists(settings.data_dir, open_keys(settings), authorities=authorities, folder=folder or HERE)


def _or_refuse(act: Any) -> Any:
    """What the act gives; a refusal is told in full, with exit 1."""
    from trust.anchors.source import SourceRefused  # noqa: PLC0415
    from trust.errors import TrustListRefused  # noqa: PLC0415

    try:
        return act()
    except SourceRefused as refused:
        for problem in refused.problems:
            click.echo(problem, err=True)
    except TrustListRefused as refused:
        click.echo(f"refused: {refused.reason}", err=True)
    sys.exit(1)


def _named(lists: "TrustLists", given: str | None) -> str | None:
    """The identity that the given first digits name."""
    if given is None:
        return None
    start = given if given.startswith("sha256:") else f"sha256:{given}"
    found = [each for each in lists.shelf.identities() if each.startswith(start)]
    if len(found) != 1:
        raise click.ClickException(f"{given} names {'no' if not found else 'more than one'} snapshot")
    return found[0]


def _as_published(lists: "TrustLists") -> "tuple[TrustList, ...]":
    """The sources as lists that nobody has signed yet."""
    from deploy import clock  # noqa: PLC0415
    from trust.anchors.trust_list import TrustList  # noqa: PLC0415

    at = clock.now()
    found = [_or_refuse(lambda territory=territory: lists.source(territory)) for territory in TERRITORIES]
    unsigned = tuple(
        TrustList(
            territory=each.territory,
            sequence=0,
            issued_at=at,
            next_update=at,
            scheme=each.scheme,
            providers=each.providers,
        )
        for each in found
    )
    # lists of others have no source here, and cannot differ from it
    return (*unsigned, *(each for each in lists.snapshot().lists if each.territory not in TERRITORIES))


def _signers(lists: "TrustLists", given: tuple[Path, ...]) -> tuple[bytes, ...]:
    """The certificates in these files; the gateway's own where none is given."""
    from deploy.trust_lists.sources import first_certificate  # noqa: PLC0415

    try:
        found = tuple(first_certificate(each.parent, each.name) for each in given)
    except LookupError as unknown:
        raise click.ClickException(f"{unknown} is not a certificate") from None
    return found or tuple(der for territory in TERRITORIES for der in lists.signers(territory))
