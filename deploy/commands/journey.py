"""`gba journey`: the whole story without a browser, step by step, with what each step proved."""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from deploy.journey.checks import ReceiptCheck, VerifyCommand
from deploy.journey.person import with_phone
from deploy.journey.resident import HONG_KONG, MACAU, Resident
from deploy.journey.stack import NotUp, Stack, answers, free_port
from deploy.journey.step import Step
from deploy.journey.story import Story
from deploy.settings import SANDBOX_OFFSET, load, process_environment
from gateway.frozen import Frozen


class Place(Frozen):
    """Where the story is played; `environment` gives `gba verify` the same authorities."""

    gateway: str
    sandbox: str
    environment: Mapping[str, str]


@click.command()
@click.option("--gateway", metavar="URL", help="A running gateway. Otherwise http://localhost:8000 if it answers.")
@click.option("--sandbox", metavar="URL", help="Its sandbox. Otherwise the port above the gateway's.")
@click.option("--own", is_flag=True, help="Start a gateway for this journey alone, even if one is running.")
@click.option("--record", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A PDF to be issued.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object in the end.")
def command(gateway: str | None, sandbox: str | None, own: bool, record: Path | None, as_json: bool) -> None:
    """Play the whole story without a browser: one resident of Hong Kong, one of Macau.

    They sign in with the identity of home, link a Guangdong account, answer the questions, reach the sandbox's agency;
    a record is issued, sealed, found among their documents and verified; in the end the link is undone, so that the
    story can be played again. Without a running gateway one is started on free ports over a folder that is thrown away.
    Against a gateway with a data directory of its own, name that in GBA_DATA_DIR: `gba verify` takes its authorities
    from there. Ends with 1 at the first step that does not go as promised.
    """
    steps: list[Step] = []
    with _place(gateway, sandbox, own=own, quiet=as_json) as place, tempfile.TemporaryDirectory() as folder:
        for resident in (HONG_KONG, MACAU):
            if not as_json:
                click.secho(f"\n{resident.label}", bold=True)
            for step in _story(place, resident, record, Path(folder)).play():
                steps.append(step)
                if not as_json:
                    _tell(step)
            if steps[-1].problem:
                break
    passed = not steps[-1].problem
    if as_json:
        report = {"passed": passed, "gateway": place.gateway, "steps": [step.as_json() for step in steps]}
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        seconds = sum(step.seconds for step in steps)
        click.echo(f"\n{len(steps)} steps in {seconds:.1f} s: " + ("all as promised." if passed else "stopped."))
    sys.exit(0 if passed else 1)


@contextmanager
def _place(gateway: str | None, sandbox: str | None, *, own: bool, quiet: bool) -> Iterator[Place]:
    settings = load()
    found = (gateway or f"http://localhost:{settings.server.port}").rstrip("/")
    beside = (sandbox or _above(found)).rstrip("/")
    if not own and (gateway or (answers(f"{found}/readyz") and answers(f"{beside}/agency/"))):
        if not quiet:
            click.echo(f"Playing against {found} and its sandbox at {beside}.")
        yield Place(gateway=found, sandbox=beside, environment=process_environment())
        return
    with tempfile.TemporaryDirectory(prefix="gba-journey-", ignore_cleanup_errors=True) as folder:
        stack = Stack(data_dir=Path(folder), port=free_port())
        if not quiet:
            click.echo(f"No gateway is running: starting one on {stack.gateway} for this journey.")
        try:
            stack.start()
            yield Place(gateway=stack.gateway, sandbox=stack.sandbox, environment=stack.environment())
        except NotUp as problem:
            raise click.ClickException(str(problem)) from None
        finally:
            stack.stop()


def _story(place: Place, resident: Resident, record: Path | None, folder: Path) -> Story:
    return Story(
        gateway=place.gateway,
        sandbox=place.sandbox,
        resident=resident,
        person=with_phone(resident.phone),
        folder=folder,
        check_file=VerifyCommand(environment=place.environment),
        check_receipt=ReceiptCheck(keys_url=f"{place.gateway}/receipts/jwks"),
        record=record,
    )


def _tell(step: Step) -> None:
    if step.problem:
        click.secho(f"  ✗ {step.title}", fg="red", bold=True)
        click.echo(f"      {step.problem}")
        return
    click.secho("  ✓ ", fg="green", nl=False)
    click.echo(step.title)
    for proof in step.proved:
        click.secho(f"      {proof}", dim=True)


def _above(gateway: str) -> str:
    scheme, _, rest = gateway.partition("://")
    host, _, port = rest.partition(":")
    return f"{scheme}://{host}:{int(port or '8000') + SANDBOX_OFFSET}"
