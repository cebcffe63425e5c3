"""`gba keys`: look at the gateway's keys, and rotate those that sign tokens."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deploy.commands.operator import name
from deploy.settings import load
from gateway.flows.rotate_keys import RotateKeys
from gateway.ports.residents import AuditEvent

if TYPE_CHECKING:
    from trust.custody.key_store import KeyStore

SHOWN = ("kid", "purpose", "algorithm", "state", "created_at", "owner")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def command() -> None:
    """The gateway's keys. Private halves never leave the key store."""


@command.command()
def create() -> None:
    """Make the key file of a new gateway. All its machines use this one file (keys.file).

    In production nothing else makes one: a gateway whose file is lost starts again with its backup, and with no other.
    """
    from deploy.composing.custody import key_file, open_keys  # noqa: PLC0415 - only when the command runs

    settings = load()
    if key_file(settings).exists():
        raise click.ClickException(f"{key_file(settings)} is there already.")
    open_keys(settings, new=True)
    click.echo(f"{key_file(settings)} is made. Without it, or without the master key, nothing sealed opens again.")


@command.command("list")
@as_json
def list_keys(as_json: bool) -> None:
    """Every key: its id, purpose, algorithm, state and age. Never its secret."""
    from deploy.composing.custody import open_keys  # noqa: PLC0415 - only when the command runs

    told: list[dict[str, Any]] = [
        {
            "kid": key.kid,
            "purpose": key.purpose.value,
            "algorithm": key.algorithm,
            "owner": key.owner,
            "generation": key.generation,
            "state": key.state.value,
            "created_at": key.created_at.isoformat(),
        }
        for key in open_keys(load()).keys()  # noqa: SIM118 - a store, not a dict
    ]
    if as_json:
        click.echo(json.dumps(told))
        return
    for key in told:
        click.echo(
            "\t".join(str(key[name]) for name in ("kid", "purpose", "algorithm", "state", "created_at", "owner"))
        )


@command.command()
@click.option("--algorithm", type=click.Choice(["ES256", "PS256", "RS256"]), default="ES256", show_default=True)
@click.option("--compromised", is_flag=True, help="The present key may be in wrong hands: replace it this moment.")
@as_json
def rotate(algorithm: str, compromised: bool, as_json: bool) -> None:
    """Begin the rotation of the key that signs tokens.

    A next key is published now. It signs as soon as everybody may know it, and the present key stays published while
    anything it signed is alive: `gba work` (or `gba keys advance`) does both when they are due, and no sign-in fails.

    With --compromised a new key signs at once and the others are believed no more: access tokens they signed end.
    """
    flow = _rotation()
    key = flow.at_once(algorithm, operator=name()) if compromised else flow.begin(algorithm, operator=name())
    if as_json:
        click.echo(json.dumps({"kid": key.kid, "algorithm": key.algorithm, "state": key.state.value}))
    else:
        click.echo(f"{key.kid} is {key.state.value}.")


@command.command()
@as_json
def advance(as_json: bool) -> None:
    """Do what the schedule says is due; does nothing when nothing is."""
    steps = _rotation()(operator=name())
    if as_json:
        click.echo(
            json.dumps([{"kid": step.kid, "algorithm": step.algorithm, "state": step.to.value} for step in steps])
        )
    else:
        for step in steps:
            click.echo(f"{step.kid or 'a new key'} ({step.algorithm}) is {step.to.value}.")
        if not steps:
            click.echo("Nothing is due.")


@command.command("renew-subjects")
@as_json
def renew_subjects(as_json: bool) -> None:
    """Make the subjects of people who come from now on under a new key. Nobody's subject changes.

    An account's own id names the key of its subjects, so the keys before stay in use, for those people.
    """
    from deploy import clock  # noqa: PLC0415 - only when the command runs
    from trust.keys.key import Purpose  # noqa: PLC0415

    with _recorded("key.active") as (keys, subjects):
        key = keys.generate(Purpose.PAIRWISE, "HS256", at=clock.now())
        subjects.append(key.kid)
    if as_json:
        click.echo(json.dumps({"kid": key.kid, "generation": key.generation, "state": key.state.value}))
    else:
        click.echo(f"{key.kid} (generation {key.generation}) makes the subjects of whoever comes now.")


@command.command("renew-data")
@as_json
def renew_data(as_json: bool) -> None:
    """Seal what is kept of people from now on under a new key.

    The keys before stay, and open what was sealed under them. Run it every year, and back up the key file right after
    it: no backup from before opens what is sealed then. All machines go on without a restart.
    """
    from deploy import clock  # noqa: PLC0415 - only when the command runs
    from trust.keys.key import Purpose  # noqa: PLC0415

    with _recorded("key.active") as (keys, subjects):
        key = keys.generate(Purpose.DATA, "A256GCM", at=clock.now())
        subjects.append(key.kid)
    if as_json:
        click.echo(json.dumps({"kid": key.kid, "generation": key.generation, "state": key.state.value}))
    else:
        click.echo(f"{key.kid} (generation {key.generation}) seals from now on. Back up the key file now.")


@command.command("admit-seal")
@click.argument("key_file", metavar="KEY.pem", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("chain_file", metavar="CHAIN.pem", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--territory", type=click.Choice(["CN-44", "HK", "MO"]), required=True, help="Whose seal it makes.")
@click.option("--encrypted", is_flag=True, help="Ask for the password of the key file.")
@as_json
def admit_seal(key_file: Path, chain_file: Path, territory: str, encrypted: bool, as_json: bool) -> None:
    """Take a seal key into custody that a real authority has certified.

    CHAIN.pem has the seal's certificate first, then those above it, each before the one that issued it. From then on
    the newest key of a territory makes its seals, whatever its kind; destroy KEY.pem afterwards. The key in use may
    come again with a certificate that was renewed.
    """
    from deploy import clock  # noqa: PLC0415 - only when the command runs
    from deploy.seal_keys import SealKeyRefused, admit  # noqa: PLC0415

    password = click.prompt("Password", hide_input=True).encode() if encrypted else None
    try:
        with _recorded("key.admitted") as (keys, subjects):
            kept = admit(
                keys,
                key_file,
                chain_file,
                territory=territory,
                password=password,
                at=clock.now(),
                sandbox=load().sandbox,
            )
            subjects += [kept.kid, territory]
    except SealKeyRefused as refused:
        raise click.ClickException(str(refused)) from None
    if as_json:
        click.echo(json.dumps({"kid": kept.kid, "algorithm": kept.algorithm, "owner": kept.owner}))
    else:
        click.echo(f"{kept.kid} ({kept.algorithm}) makes the seals of {territory}.")


@command.command("retire-seal", context_settings={"ignore_unknown_options": True})  # an id may begin with a dash
@click.argument("kid")
@as_json
def retire_seal(kid: str, as_json: bool) -> None:
    """Let a seal key of the key file make no seal any more, from now on and for good: it may be in wrong hands, or its
    certificate was revoked.

    The key before it makes the seals of its territory then, if there is one; without one documents wait. What it
    sealed stays as it is: ask the authority to revoke the certificate.
    """
    from deploy import clock  # noqa: PLC0415 - only when the command runs
    from deploy.seal_keys import SealKeyRefused, in_use, retire  # noqa: PLC0415

    try:
        with _recorded("key.retired") as (keys, subjects):
            gone = retire(keys, kid, at=clock.now())
            subjects.append(kid)
    except SealKeyRefused as refused:
        raise click.ClickException(str(refused)) from None
    used = in_use(keys, gone.owner)
    if as_json:
        told = {"kid": kid, "state": gone.state.value, "owner": gone.owner, "in_use": used.kid if used else None}
        click.echo(json.dumps(told))
    else:
        click.echo(f"{kid} is {gone.state.value}. {used.kid if used else 'No key'} makes the seals of {gone.owner}.")


@command.command("seals")
@as_json
def list_seals(as_json: bool) -> None:
    """Every key that can make a seal, wherever it lies: how it signs, whose it is, until when; or why it cannot.

    Tokens and services are opened for it: what is shown is what they answer now.
    """
    from deploy.composing.seal_keys_told import told  # noqa: PLC0415 - only when the command runs

    found = told(load())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        how = one["problem"] or f"{one['algorithm']}, {one['subject']}, until {one['until']}"
        click.echo(f"{'*' if one['used'] else ' '} {one['name']}\t{how}")


@contextmanager
def _recorded(kind: str) -> Iterator[tuple["KeyStore", list[str]]]:
    """The key store, and room for the ids of what is done with it; who did it stands in the audit trail."""
    from deploy import clock  # noqa: PLC0415 - as below
    from deploy.composing.residents import open_work  # noqa: PLC0415
    from deploy.composing.world import World  # noqa: PLC0415

    world = World.open(load())
    subjects: list[str] = []
    with open_work(world)(write=True) as work:  # a database that is away is noticed before anything is done
        yield world.keys, subjects
        work.audit.record(AuditEvent(kind=kind, at=clock.now(), actor=name(), subjects=tuple(subjects)))
        work.commit()


def _rotation() -> RotateKeys:
    # SQLAlchemy and the key store only when a command runs, so that `--help` answers at once
    from deploy import clock  # noqa: PLC0415
    from deploy.composing.world import World  # noqa: PLC0415
    from deploy.signing_keys import rotation  # noqa: PLC0415
    from gateway.storage.unit_of_work import SqlWork  # noqa: PLC0415
    from trust.storage.audit_log import SqlAuditLog  # noqa: PLC0415

    settings = load()
    world = World.open(settings)
    work = SqlWork(world.engine, vault=world.vault, audit=SqlAuditLog)
    return rotation(world.keys, settings.oidc, open_work=work, clock=clock.now)
