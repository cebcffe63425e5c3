"""The one command-line program, `gba`. Each command is a module that is imported when it is called."""

import sys
from importlib import import_module

import click

from deploy.reading import SettingsRefused
from trust.errors import KeyStoreRefused

EX_CONFIG = 78  # sysexits.h

# name → what it is for, shown by `gba --help` without importing anything
COMMANDS = {
    "serve": "Serve the gateway (and, in sandbox mode, the sandbox and a worker beside it).",
    "sandbox": "The simulated outside world: its persons, its server.",
    "work": "Run the worker: housekeeping, retries, the audit chain.",
    "seal": "Seal a PDF (PAdES B-LTA).",
    "verify": "Verify signed PDFs: files or folders.",
    "trustlist": "The trust lists: build, check, diff, show, refresh.",
    "journey": "Play the whole story without a browser, and say what was proved.",
    "clients": "Partner agencies' clients: add, invite, requests, errors, check.",
    "keys": "The gateway's keys: create, list, rotate; those that seal.",
    "reviews": "Bindings that a person must decide.",
    "audit": "Whether the log of what was done is whole.",
    "database": "Create or migrate the database.",
    "settings": "Show the settings in force, or check them.",
}


class Lazy(click.Group):
    """A group whose commands live in deploy.commands.<name>."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"deploy.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings come from the file that GBA_CONFIG names and from GBA_… variables; see `gba settings --help`.",
)
@click.version_option(package_name="gba-gateway", prog_name="gba")
def gba() -> None:
    """Cross-border interoperability gateway for the Guangdong-Hong Kong-Macao Greater Bay Area.

    Without any settings everything runs on this machine against a sandbox: try `gba serve`, `gba journey`,
    `gba seal IN.pdf -o OUT.pdf`, `gba verify OUT.pdf`.
    """


# why the keys do not open, in words for who looks after them
KEYS = {
    "key_file_changed_or_wrong_master": "somebody without the master key changed it, or this is another master key",
    "key_file_missing": "it is not there any more",
    "key_file_unreadable": "it is no key file, or half of one",
    "master_too_short": "the master key has less than 32 bytes; `openssl rand -hex 32` makes one",
}


def main() -> None:
    """Run the program; unusable settings and keys are told in full, without a trace."""
    try:
        gba()
    except SettingsRefused as refused:
        click.echo("These settings keep gba from starting:", err=True)
        for problem in refused.problems:
            click.echo(f"  {problem}", err=True)
        sys.exit(EX_CONFIG)
    except KeyStoreRefused as refused:
        click.echo(f"The key file does not open: {KEYS.get(refused.reason, refused.reason)}.", err=True)
        sys.exit(EX_CONFIG)


if __name__ == "__main__":
    main()
