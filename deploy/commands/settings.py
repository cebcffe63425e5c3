"""`gba settings`: what is in force, whether it holds, and an example file."""

import json

import click

from deploy.settings import CHECKOUT, Settings, load
from deploy.showing import example, in_force


@click.group()
def command() -> None:
    """Show the settings in force, check them, or write an example file.

    Settings come from the TOML file that GBA_CONFIG names, then from the environment: GBA_SERVER__PORT=8080 stands for
    `[server] port = 8080`. A secret may come from a file: GBA_…__FILE=/run/secrets/name.
    """


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(as_json: bool) -> None:
    """Every setting in force; secrets are starred out."""
    rows = dict(in_force(load()))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for key, value in rows.items():
        click.echo(f"{key} = {value}")


@command.command()
def check() -> None:
    """Say everything that is wrong, or that nothing is."""
    settings = load()
    click.echo(f"The settings hold: {settings.mode}, {settings.public_url}.")


@command.command("example")
def write_example() -> None:
    """An example file with every key, its default and its meaning."""
    click.echo("# Settings of the gateway. Every key may also come from the environment: [server] port is")
    click.echo("# GBA_SERVER__PORT. Secrets are better given there, or as files by GBA_…__FILE.")
    for line in example(Settings):
        click.echo(line.replace(str(CHECKOUT), "<checkout>"))
