"""`gba verify`: verify signed PDFs, files or folders."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from deploy.commands.loading import loading

LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic in click's stubs, not when it runs
    """A moment in ISO 8601; UTC where it names no zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, in UTC."""
        try:
            read = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-11-21T08:00:00Z", param, ctx)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def _tell_schema(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    from trust.validation.report_schema import schema  # noqa: PLC0415 - only needed here

    click.echo(json.dumps(schema(), ensure_ascii=False, indent=2))
    ctx.exit()


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file, one a line; all else is said on stderr.")
@click.option(
    "--trust",
    "anchors",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PEM file of authorities to trust besides the lists. May be given several times.",
)
@click.option("--at", type=Moment(), help="Judge as of this moment instead of now (ISO 8601).")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="Read this many files at once.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="The language of the words.")
@click.option(
    "--policy",
    type=click.Choice(["seal", "ordinary", "archive"]),
    default="ordinary",
    help="seal: nothing may follow but evidence; archive: the evidence must be in the file.",
)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one JSON object a file to this file, and pass over the files that it already has.",
)
@click.option(
    "--digest",
    "digests",
    metavar="ALGORITHM:HEX",
    multiple=True,
    help="FILE is a detached signature over a document with this digest. May be given several times.",
)
@click.option(
    "--signs",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="FILE is a detached signature over this document, of which only digests are taken.",
)
@click.option(
    "--again",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Judge as this earlier report did (JSON): its lists, policy, moment and answers; nobody is asked.",
)
@click.option("--xml", type=click.Path(path_type=Path), help="Write the report after ETSI TS 119 102-2 too.")
@click.option("--pdf", type=click.Path(path_type=Path), help="Write the report as a sealed PDF in --lang too.")
@click.option(
    "--schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_schema,
    help="Print the JSON Schema of reports, and end.",
)
@click.option("--offline", is_flag=True, help="Ask no authority; judge by what the files carry.")
def command(**given: Any) -> None:
    """Verify the signatures of PDF files; folders are walked.

    With several files --xml and --pdf name a folder.

    Exit 0 when all passed, 1 when any failed, 2 when any is undecided or unreadable and none failed; 3 when the
    command itself could not go on, 130 when it was stopped.
    """
    with loading():
        from deploy.commands.verify_run import Asked, run  # noqa: PLC0415 - see the package
    sys.exit(run(Asked(**given)))
