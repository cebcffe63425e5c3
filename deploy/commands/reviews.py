"""`gba reviews`: bindings that the rule left open, for an operator to decide with the documents at hand.

`show` prints personal data, because deciding needs it; that it was looked at, and by whom, is in the audit log.
"""

import json
from typing import Any

import click

from deploy.commands.operator import name as operator
from deploy.settings import load
from gateway.errors import NotFound, StepRefused
from gateway.flows.decide_review import Reviews
from gateway.identity.assertion import Attributes, RegionAssertion
from gateway.identity.review import GROUNDS, Review

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
ROWS = ("region", "method", "chinese_name", "latin_name", "birth_date", "sex", "documents")


@click.group()
def command() -> None:
    """Two records that a rule could not call one person's, or another's.

    \b
    gba reviews list
    gba reviews show K7M2P-9QRST
    gba reviews decide K7M2P-9QRST same --ground documents_seen

    A decision binds nothing: the person goes on at the next sign-in, and binds or does not.
    """


@command.command("list")
@click.option("--all", "all_of_them", is_flag=True, help="Decided and closed ones too.")
@as_json
def list_reviews(all_of_them: bool, as_json: bool) -> None:
    """Reviews, newest first: reference, state, day, reasons. No personal data."""
    found = [_line(review) for review in _open().list(open_only=not all_of_them)]
    if as_json:
        click.echo(json.dumps(found))
        return
    for line in found:
        reasons = ", ".join(line["reasons"])
        click.echo(f"{line['reference']}\t{line['state']}\tuntil {line['expires_at'][:10]}\t{reasons}")
    if not found:
        click.echo("Nothing to decide.")


@command.command()
@click.argument("reference")
@as_json
def show(reference: str, as_json: bool) -> None:
    """The two records side by side. Prints personal data; looking is recorded."""
    try:
        review = _open().show(reference.upper(), operator=operator())
    except NotFound:
        raise click.ClickException(f"There is no review {reference}.") from None
    home, guangdong = _record(review.home), _record(review.guangdong)
    if as_json:
        click.echo(json.dumps({**_line(review), "home": home, "guangdong": guangdong}, ensure_ascii=False))
        return
    for name, value in _line(review).items():
        click.echo(f"{name}: {', '.join(value) if isinstance(value, list) else value}")
    if home is None and guangdong is None:
        click.echo("The records are erased: nobody needs them any more.")
        return
    for row in ROWS:
        click.echo(f"  {row:14} {(home or {}).get(row) or '–'!s:36} {(guangdong or {}).get(row) or '–'}")


@command.command()
@click.argument("reference")
@click.argument("verdict", type=click.Choice(["same", "different"]))
@click.option("--ground", type=click.Choice(GROUNDS), required=True, help="What the decision rests on.")
@as_json
def decide(reference: str, verdict: str, ground: str, as_json: bool) -> None:
    """Decide that the two records are of the SAME person, or of DIFFERENT ones. Once."""
    try:
        review = _open().decide(reference.upper(), same_person=verdict == "same", operator=operator(), ground=ground)
    except NotFound:
        raise click.ClickException(f"There is no review {reference}.") from None
    except StepRefused as refused:
        raise click.ClickException(f"This review cannot be decided: {refused.reason}.") from None
    click.echo(json.dumps(_line(review)) if as_json else f"{review.reference} is decided: {review.state.value}.")


def _line(review: Review) -> dict[str, Any]:
    return {
        "reference": review.reference,
        "state": review.state.value,
        "opened_at": review.opened_at.isoformat(),
        "expires_at": review.expires_at.isoformat(),
        "reasons": list(review.reasons),
        "decided_by": review.decided_by,
        "ground": review.ground,
    }


def _record(assertion: RegionAssertion | None) -> dict[str, Any] | None:
    if assertion is None:
        return None
    held = assertion.attributes or Attributes()
    return {
        "region": assertion.region.value,
        "method": assertion.method,
        "chinese_name": held.chinese_name.text if held.chinese_name else None,
        "chinese_name_verified": held.chinese_name.verified if held.chinese_name else None,
        "latin_name": held.latin_name,
        "birth_date": held.birth_date.isoformat() if held.birth_date else None,
        "sex": held.sex.value if held.sex else None,
        "documents": [f"{document.type.value} {document.number}" for document in held.documents],
    }


def _open() -> Reviews:
    # SQLAlchemy and the key store only when a command runs, so that `--help` answers at once
    from deploy import clock, migrate  # noqa: PLC0415
    from deploy.composing.residents import open_work  # noqa: PLC0415
    from deploy.composing.world import World  # noqa: PLC0415

    world = World.open(load())
    if not migrate.is_current(world.engine):
        raise click.ClickException("The database is not ready: run `gba database upgrade`.")
    return Reviews(open_work=open_work(world), clock=clock.now)
