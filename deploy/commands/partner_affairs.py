"""`gba clients errors`, `check` and `page`: how things stand with a partner, for the operator who is asked about it."""

import json
import sys
from datetime import timedelta

import click

from deploy.commands.operator import desk, name
from deploy.settings import load
from gateway.errors import NotFound
from gateway.flows.find_client import FindClient
from gateway.flows.partner_pass import PartnerPass
from gateway.flows.watch_partners import WatchPartners
from gateway.oidc.integration_error import IntegrationError

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@click.argument("client")
@click.option("--limit", default=50, show_default=True, help="At most so many, the newest first.")
@as_json
def errors(client: str, limit: int, as_json: bool) -> None:
    """What was wrong with the last requests of CLIENT, by clause."""
    with desk(load()).open_work(write=False) as work:
        found = [_line(error) for error in work.integration_errors.list(client, limit=limit)]
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in found:
        click.echo("\t".join(str(value) for value in line.values()))
    if not found:
        click.echo("Nothing was refused lately.")


@click.command()
@click.argument("client", required=False)
@as_json
def check(client: str | None, as_json: bool) -> None:
    """Whether keys run out or cannot be fetched, of CLIENT or of all. Ends with 1 where something needs seeing to."""
    at = desk(load())
    states = WatchPartners(open_work=at.open_work, clock=at.clock).key_states(client=client)
    found = [
        {
            "client": one.client,
            "jwks_uri": one.state.url,
            "fetched_at": one.state.fetched_at.isoformat() if one.state.fetched_at else None,
            "problem": one.state.problem,
            "troubles": [trouble.value for trouble in one.state.troubles],
            "keys": [
                {
                    "kid": key.kid,
                    "algorithm": key.algorithm,
                    "expires_at": key.expires_at.isoformat() if key.expires_at else None,
                    "health": key.health.value,
                }
                for key in one.state.keys
            ],
        }
        for one in states
    ]
    if as_json:
        click.echo(json.dumps(found))
    else:
        for one in states:
            click.echo(f"{one.client}\t{', '.join(one.state.troubles) or 'good'}")
    if client is not None and not states:
        raise click.ClickException(f"There is no client {client} that may act.")
    sys.exit(1 if any(one.state.troubles for one in states) else 0)


@click.command()
@click.argument("client")
@click.option("--language", type=click.Choice(["zh-Hant", "zh-Hans", "en", "pt"]), default="en", show_default=True)
def page(client: str, language: str) -> None:
    """A link to the page where CLIENT's engineers see the same; it is followed once, within five minutes."""
    from deploy.composing.partners import page_url  # noqa: PLC0415 - as in `desk`
    from deploy.composing.world import new_token  # noqa: PLC0415

    at = desk(load())
    find = FindClient(open_work=at.open_work, clock=at.clock, recheck=timedelta(0))
    passes = PartnerPass(open_work=at.open_work, find_client=find, new_token=new_token, clock=at.clock)
    try:
        link = passes.link(client, actor=name())
    except NotFound:
        raise click.ClickException(f"There is no client {client} that may act.") from None
    click.echo(page_url(at.offer.issuer, language, link.value))


def _line(error: IntegrationError) -> dict[str, str | int]:
    return {
        "at": error.at.isoformat(),
        "endpoint": error.endpoint,
        "status": error.status,
        "error": error.code,
        "reason": error.reason,
        "clause": error.clause,
        "sureness": error.sureness.value,
        "incident": error.incident,
    }
