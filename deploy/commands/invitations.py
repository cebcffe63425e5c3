"""`gba clients invite`: partners that register their own clients, as far as an operator lets them."""

import json
import sys
from datetime import timedelta
from typing import Any, NoReturn

import click

from deploy.commands.operator import desk, name
from deploy.reading import NotReadable, read_value
from deploy.settings import load
from gateway.errors import NotFound
from gateway.flows.enrol_client import EnrolmentRefused
from gateway.flows.invite_partner import InvitePartner
from gateway.oidc.invitation import Invitation, Reach
from gateway.oidc.profile import Profile

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
PROFILES = click.Choice([profile.value for profile in Profile])


class Duration(click.ParamType[timedelta]):
    """90m, 12h, 7d: as in the settings."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        try:
            found = read_value(timedelta, value)
        except NotReadable as problem:
            self.fail(str(problem), param, ctx)
        assert isinstance(found, timedelta)
        return found


@click.command()
@click.option("--agency", required=True, help="Whose clients: they share its pairwise subjects.")
@click.option("--region", required=True, type=click.Choice(["HK", "MO", "CN-44"]), help="Where the agency sits.")
@click.option("--profile", type=PROFILES, default=Profile.FAPI2.value, show_default=True)
@click.option("--scope", "scopes", multiple=True, default=("openid",), show_default=True, help="May be repeated.")
@click.option("--grant", "grants", multiple=True, default=("authorization_code",), show_default=True)
@click.option("--detail", "details", multiple=True, help="Types of authorization_details (RFC 9396).")
@click.option("--purpose", "purposes", multiple=True, help="Purposes of a biometric check.")
@click.option("--host", "hosts", multiple=True, help="Host of addresses that may be registered; exact.")
@click.option("--uses", default=1, show_default=True, help="How many clients may be registered.")
@click.option("--expires", type=Duration(), default="7d", show_default=True, help="After so long it serves no more.")
@as_json
def invite(
    *,
    agency: str,
    region: str,
    profile: str,
    scopes: tuple[str, ...],
    grants: tuple[str, ...],
    details: tuple[str, ...],
    purposes: tuple[str, ...],
    hosts: tuple[str, ...],
    uses: int,
    expires: timedelta,
    as_json: bool,
) -> None:
    """Invite a partner to register clients (RFC 7591): prints the initial access token, this once."""
    reach = Reach(
        agency=agency,
        region=region,
        profile=Profile(profile),
        scopes=frozenset(scopes),
        grant_types=frozenset(grants),
        detail_types=frozenset(details),
        check_purposes=frozenset(purposes),
        hosts=frozenset(host.lower() for host in hosts),
    )
    try:
        invited = _inviting()(reach, uses=uses, lifetime=expires, operator=name())
    except EnrolmentRefused as refused:
        fail_with(refused)
    told = _shown(invited.invitation) | {"initial_access_token": invited.token}
    click.echo(json.dumps(told, ensure_ascii=False, indent=None if as_json else 2))


@click.command()
@as_json
def invitations(as_json: bool) -> None:
    """Invitations, the newest first. Their tokens are not kept."""
    with _inviting().open_work(write=False) as work:
        found = [_shown(one) for one in work.invitations.list()]
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        state = "withdrawn" if one["withdrawn_at"] else f"{one['uses']} left until {one['expires_at'][:16]}"
        click.echo(f"{one['id']}\t{one['agency']}\t{one['profile']}\t{state}")


@click.command()
@click.argument("invitation")
def withdraw(invitation: str) -> None:
    """Take an invitation back; clients that are registered stay."""
    try:
        _inviting().withdraw(invitation, operator=name())
    except NotFound:
        raise click.ClickException(f"There is no invitation {invitation} that still counts.") from None
    click.echo(f"{invitation} is withdrawn.")


def fail_with(refused: EnrolmentRefused) -> NoReturn:
    """Every reason, a line each."""
    for reason in refused.reasons:
        click.echo(reason, err=True)
    sys.exit(1)


def _inviting() -> InvitePartner:
    from deploy.composing.world import new_token  # noqa: PLC0415 - as in `desk`

    at = desk(load())
    return InvitePartner(offer=at.offer, open_work=at.open_work, new_token=new_token, clock=at.clock)


def _shown(invitation: Invitation) -> dict[str, Any]:
    reach = invitation.reach
    return {
        "id": invitation.id,
        "agency": reach.agency,
        "region": reach.region,
        "profile": reach.profile.value,
        "scopes": sorted(reach.scopes),
        "grant_types": sorted(reach.grant_types),
        "detail_types": sorted(reach.detail_types),
        "check_purposes": sorted(reach.check_purposes),
        "hosts": sorted(reach.hosts),
        "uses": invitation.uses,
        "created_by": invitation.created_by,
        "expires_at": invitation.expires_at.isoformat(),
        "withdrawn_at": invitation.withdrawn_at.isoformat() if invitation.withdrawn_at else None,
    }
