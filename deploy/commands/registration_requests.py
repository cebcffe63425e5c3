"""`gba clients requests`: partners that ask to be registered, for an operator to read and decide.

`show` prints whom to speak to there; that it was looked at, and by whom, is in the audit log.
"""

import json
from typing import Any

import click

from deploy.commands.operator import desk, name
from deploy.settings import load
from gateway.errors import NotFound, RequestRefused, StepRefused
from gateway.flows.decide_registration import Approval, DecideRegistration
from gateway.flows.enrol_client import EnrolmentRefused
from gateway.oidc.profile import Profile
from gateway.oidc.registration_request import GROUNDS, RegistrationRequest

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def requests() -> None:
    """Partners that ask to be registered.

    \b
    gba clients requests list
    gba clients requests show 2K7M-P9QR-…
    gba clients requests approve 2K7M-P9QR-… --agency ferry-company
    gba clients requests refuse 2K7M-P9QR-… --ground partner_not_identified

    Who they are, an operator finds out by other means: the request proves a key, and nothing else.
    """


@requests.command("list")
@click.option("--all", "all_of_them", is_flag=True, help="Decided and lapsed ones too.")
@as_json
def list_requests(all_of_them: bool, as_json: bool) -> None:
    """Requests, the newest first."""
    found = [_line(one) for one in _open().list(waiting_only=not all_of_them)]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for line in found:
        click.echo(f"{line['reference']}\t{line['state']}\t{line['asked_at'][:10]}\t{line['organisation']}")
    if not found:
        click.echo("Nobody asks.")


@requests.command()
@click.argument("reference")
@as_json
def show(reference: str, as_json: bool) -> None:
    """The whole of a request. Prints whom to speak to; looking is recorded."""
    try:
        found = _open().show(reference, operator=name())
    except NotFound:
        raise _unknown(reference) from None
    told = _line(found)
    if found.wish is not None:
        told |= {
            "region": found.wish.region,
            "contact": found.wish.contact,
            "purpose": found.wish.purpose,
            "legal_basis": found.wish.legal_basis,
            "client_metadata": found.wish.metadata,
        }
    click.echo(json.dumps(told, ensure_ascii=False, indent=None if as_json else 2))


@requests.command()
@click.argument("reference")
@click.option("--agency", required=True, help="Whose it is: clients of one agency share its pairwise subjects.")
@click.option("--profile", type=click.Choice([one.value for one in Profile]), default="fapi2", show_default=True)
@click.option("--scope", "scopes", multiple=True, help="Only these of the scopes that were asked for.")
@click.option("--purpose", "purposes", multiple=True, help="Purposes of a biometric check that it may name.")
def approve(reference: str, agency: str, profile: str, scopes: tuple[str, ...], purposes: tuple[str, ...]) -> None:
    """Register the client that is asked for; prints its id."""
    approval = Approval(
        agency=agency,
        profile=Profile(profile),
        scopes=frozenset(scopes) or None,
        check_purposes=frozenset(purposes),
    )
    try:
        click.echo(_open().approve(reference, approval, operator=name()).id)
    except NotFound:
        raise _unknown(reference) from None
    except (StepRefused, RequestRefused) as refused:
        raise click.ClickException(f"This cannot be approved: {refused.reason}.") from None
    except EnrolmentRefused as refused:
        raise click.ClickException(f"This cannot be approved: {', '.join(refused.reasons)}.") from None


@requests.command()
@click.argument("reference")
@click.option("--ground", type=click.Choice(GROUNDS), required=True, help="Told to who asked.")
def refuse(reference: str, ground: str) -> None:
    """Refuse a request, once and for all."""
    try:
        decided = _open().refuse(reference, ground, operator=name())
    except NotFound:
        raise _unknown(reference) from None
    except StepRefused as refused:
        raise click.ClickException(f"This cannot be refused: {refused.reason}.") from None
    click.echo(f"{decided.reference} is refused: {ground}.")


def _open() -> DecideRegistration:
    from deploy.composing.world import new_token  # noqa: PLC0415 - as in `desk`

    at = desk(load())
    return DecideRegistration(offer=at.offer, open_work=at.open_work, new_token=new_token, clock=at.clock)


def _unknown(reference: str) -> click.ClickException:
    return click.ClickException(f"There is no request {reference}.")


def _line(request: RegistrationRequest) -> dict[str, Any]:
    return {
        "reference": request.reference,
        "state": request.state.value,
        "organisation": request.wish.organisation if request.wish is not None else None,
        "asked_at": request.asked_at.isoformat(),
        "decided_at": request.decided_at.isoformat() if request.decided_at else None,
        "decided_by": request.decided_by,
        "ground": request.ground,
        "client": request.client,
        "key": request.thumbprint,
    }
