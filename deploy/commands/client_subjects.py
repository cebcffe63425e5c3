"""`gba clients subjects`: take over the names by which an agency knew people before, and show those it knows now."""

import json
import sys
from collections.abc import Iterator
from typing import IO

import click

from deploy.commands.operator import desk, name
from deploy.settings import load
from gateway.flows.export_subjects import ExportSubjects
from gateway.flows.import_subjects import Imported, ImportSubjects
from gateway.identity import subject_file

MOST_SHOWN = 1000  # problems on the screen


@click.group()
def subjects() -> None:
    """The names (subjects) by which agencies know people."""


@subjects.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Say what would come of it, and keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def import_subjects(file: IO[str], dry_run: bool, as_json: bool) -> None:
    """Take over earlier subjects from FILE (`-` reads standard input), so that an agency goes on seeing the same ones.

    JSON lines, or CSV with a heading. Each line names the agency, the earlier subject, and the person in one way:

    \b
    {"agency": "registry-agency", "subject": "u-81231", "account": "1.Zr…"}
    {"agency": "registry-agency", "subject": "u-81232", "our_subject": "pOq…"}
    {"agency": "registry-agency", "subject": "u-81233", "issuer": "urn:hk:iamsmart", "identity": "…"}

    The last waits until the person binds that identity. Doing it again changes nothing. Import before the agency's
    clients are enabled: running servers notice within a second.
    """
    at = desk(load())
    flow = ImportSubjects(open_work=at.open_work, subjects=at.subjects, clock=at.clock)
    shown = sys.stderr.isatty()

    def progress(line: int) -> None:
        if shown:
            click.echo(f"\r{line} lines", nl=False, err=True)

    done = flow(subject_file.read(_lines(file)), operator=name(), dry_run=dry_run, progress=progress)
    if shown:
        click.echo("", err=True)
    _tell(done, as_json, dry_run)
    sys.exit(1 if done.problems else 0)


@subjects.command("export")
@click.argument("agency")
def export_subjects(agency: str) -> None:
    """Every subject that AGENCY knows, with the account, as JSON lines; those that wait for their person, too."""
    at = desk(load())
    for line in ExportSubjects(open_work=at.open_work, subjects=at.subjects)(agency):
        click.echo(json.dumps(line))


def _lines(file: IO[str]) -> Iterator[str]:
    """Lines of bounded length; one that is longer is cut, and refused by its length."""
    while line := file.readline(subject_file.LONGEST_LINE + 2):
        while not line.endswith("\n") and len(line) > subject_file.LONGEST_LINE:
            rest = file.readline(subject_file.LONGEST_LINE)
            if not rest or rest.endswith("\n"):
                break
        yield line


def _tell(done: Imported, as_json: bool, dry_run: bool) -> None:
    problems = [{"line": one.line, "reason": one.reason} for one in done.problems]
    if as_json:
        told = {"added": done.added, "waiting": done.waiting, "unchanged": done.unchanged, "problems": problems}
        click.echo(json.dumps({**told, "dry_run": dry_run}))
        return
    for one in problems[:MOST_SHOWN]:
        click.echo(f"line {one['line']}: {one['reason']}", err=True)
    verb = "would be added" if dry_run else "added"
    click.echo(
        f"{done.added} {verb} ({done.waiting} of them wait for their person), {done.unchanged} unchanged, "
        f"{len(problems)} with a problem"
    )
