"""`gba clients`: enrol the clients of partner agencies, look at them, keep them from acting."""

import json
import sys
import typing
from typing import IO, Any

import click
from msgspec.structs import asdict

from deploy.commands.client_events import events
from deploy.commands.client_subjects import subjects
from deploy.commands.invitations import invitations, invite, withdraw
from deploy.commands.operator import desk
from deploy.commands.operator import name as _operator
from deploy.commands.partner_affairs import check, errors, page
from deploy.commands.registration_requests import requests
from deploy.settings import load
from gateway.errors import NotFound
from gateway.flows.enrol_client import EnrolClient, EnrolmentRefused
from gateway.oidc.client import Client
from gateway.oidc.delivery import DeliveryState

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def command() -> None:
    """Partner agencies' clients. A client has keys, never a secret."""


for more in (events, subjects, invite, invitations, withdraw, requests, errors, check, page):
    command.add_command(more)


@command.command("list")
@as_json
def list_clients(as_json: bool) -> None:
    """All clients, one a line."""
    with _open().open_work(write=False) as work:
        clients = work.clients.list()
    if as_json:
        click.echo(json.dumps([_shown(client) for client in clients], ensure_ascii=False))
        return
    for client in clients:
        click.echo(f"{client.id}\t{client.agency}\t{'active' if client.active else 'disabled'}\t{client.names['en']}")


@command.command()
@click.argument("client")
@as_json
def show(client: str, as_json: bool) -> None:
    """Everything known of one client."""
    with _open().open_work(write=False) as work:
        found = work.clients.find(client)
    if found is None:
        raise click.ClickException(f"There is no client {client}.")
    _print(found, as_json)


@command.command()
@click.argument("file", type=click.File("rb"))
@as_json
def add(file: IO[bytes], as_json: bool) -> None:
    """Enrol a client, or change it, from a JSON FILE (`-` reads standard input).

    \b
    {"id": "registry", "agency": "registry-agency", "region": "CN-44",
     "names": {"zh-Hant": "…", "zh-Hans": "…", "en": "…", "pt": "…"},
     "redirect_uris": ["https://agency.example/callback"],
     "jwks": {"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "x": "…", "y": "…"}]},
     "scopes": ["openid", "profile"], "grant_types": ["authorization_code"]}

    A client is held to FAPI 2.0 unless it says otherwise: it pushes its requests (require_par), and its tokens are
    bound to its key (require_dpop). Other members, each with its clause in gateway/oidc/client.py:

    \b
    require_mtls                  bound to its TLS certificate instead; needs oidc.mutual_tls; with require_dpop false
    require_signed_request, require_signed_response         Message Signing
    userinfo_signed_response_alg  "ES256": userinfo as a JWT
    require_par, require_dpop     both false: a plain OpenID client, for which nothing else exists
    grant_types                   refresh_token, client_credentials; for a kiosk or a counter
                                  urn:ietf:params:oauth:grant-type:device_code
    """
    try:
        _print(_open()(_read(file), operator=_operator()), as_json)
    except EnrolmentRefused as refused:
        for reason in refused.reasons:
            click.echo(reason, err=True)
        sys.exit(1)


@command.command()
@click.option("--client", help="Of this client alone.")
@click.option("--limit", default=100, show_default=True, help="At most so many, the newest first.")
@as_json
def deliveries(client: str | None, limit: int, as_json: bool) -> None:
    """What we told partners, or have yet to tell: logouts and security events."""
    with _open().open_work(write=False) as work:
        found = work.deliveries.list(client=client, limit=limit)
    told = [
        {
            "client": one.client,
            "kind": one.kind.value,
            "about": one.about,
            "state": one.state.value,
            "attempts": one.attempts,
            "created_at": one.created_at.isoformat(),
            "next_at": one.next_at.isoformat() if one.state is DeliveryState.WAITING else None,
            "problem": one.problem,
        }
        for one in found
    ]
    if as_json:
        click.echo(json.dumps(told))
        return
    for line in told:
        click.echo("\t".join("" if value is None else str(value) for value in line.values()))


@command.command()
@click.argument("client")
def disable(client: str) -> None:
    """Keep a client from acting, within a second; its tokens end for good."""
    _set_active(client, False)


@command.command()
@click.argument("client")
def enable(client: str) -> None:
    """Let a disabled client act again."""
    _set_active(client, True)


def _set_active(client: str, active: bool) -> None:
    try:
        _open().set_active(client, active, operator=_operator())
    except NotFound:
        raise click.ClickException(f"There is no client {client}.") from None
    click.echo(f"{client} is {'active' if active else 'disabled'}.")


def _open() -> EnrolClient:
    at = desk(load())
    return EnrolClient(offer=at.offer, open_work=at.open_work, clock=at.clock)


def _read(file: IO[bytes]) -> Client:
    hints = typing.get_type_hints(Client)
    try:
        told: dict[str, Any] = json.load(file)
        unknown = told.keys() - hints.keys()
        for name, value in told.items():
            if isinstance(value, list):
                told[name] = frozenset(value) if "frozenset" in str(hints[name]) else tuple(value)
        return Client(**told)
    except KeyError:
        raise click.ClickException(f"Unknown: {', '.join(sorted(unknown))}") from None
    except (ValueError, TypeError, AttributeError) as problem:
        raise click.ClickException(f"This is no client: {problem}") from None


def _shown(client: Client) -> dict[str, Any]:
    told = asdict(client)
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in told.items()}


def _print(client: Client, as_json: bool) -> None:
    click.echo(json.dumps(_shown(client), ensure_ascii=False, indent=None if as_json else 2))
