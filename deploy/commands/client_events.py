"""`gba clients events`: which security events a client is told of, and where."""

import sys
from typing import IO

import click

from deploy.commands.operator import desk, name
from deploy.settings import load
from gateway.errors import NotFound
from gateway.flows.enrol_client import EnrolmentRefused
from gateway.flows.set_events import SetEvents
from gateway.oidc.delivery import EVENTS

NAMES = sorted(kind.value for kind in EVENTS)


@click.command()
@click.argument("client")
@click.option("--endpoint", help="Where signed events are posted to (RFC 8935).")
@click.option("--event", "events", multiple=True, type=click.Choice(NAMES), help="May be given several times.")
@click.option(
    "--credential",
    type=click.File("r"),
    help="A FILE (`-`: standard input) with the bearer token that the endpoint asks for; kept encrypted, never shown.",
)
@click.option("--none", "no_events", is_flag=True, help="Tell it nothing any more.")
def events(
    client: str, endpoint: str | None, events: tuple[str, ...], credential: IO[str] | None, no_events: bool
) -> None:
    """Settle which events CLIENT is told of, in place of what was settled before.

    An agency learns of people alone whom it knows already, under its own subject.
    """
    if no_events == bool(endpoint or events or credential):
        raise click.UsageError("Give --endpoint and --event, or --none.")
    at = desk(load())
    flow = SetEvents(offer=at.offer, open_work=at.open_work, clock=at.clock)
    secret = credential.read().strip() if credential is not None else None
    try:
        kept = flow(client, uri=endpoint, events=frozenset(events), credential=secret, operator=name())
    except NotFound:
        raise click.ClickException(f"There is no client {client}.") from None
    except EnrolmentRefused as refused:
        for reason in refused.reasons:
            click.echo(reason, err=True)
        sys.exit(1)
    click.echo(f"{client}: {', '.join(sorted(kept.events)) or 'no events'}")
