"""`gba database`: bring the database to the present, or say where it is."""

import sys

import click

from deploy.settings import load


@click.group()
def command() -> None:
    """Create or migrate the database (SQLite by default, PostgreSQL by URL)."""


@command.command()
def upgrade() -> None:
    """Run the migrations that are missing. `gba serve` does it by itself in sandbox mode."""
    from deploy import database, migrate  # noqa: PLC0415 - SQLAlchemy only when needed

    engine = database.make_engine(load().database_url)
    migrate.upgrade(engine)
    click.echo("The database is at the newest migration.")


@command.command()
@click.argument("revision")
@click.confirmation_option(prompt="The data of the tables that are undone is lost. Go on?")
def downgrade(revision: str) -> None:
    """Undo migrations down to REVISION (`base` undoes all). Data of undone tables is lost."""
    from deploy import database, migrate  # noqa: PLC0415 - SQLAlchemy only when needed

    migrate.downgrade(database.make_engine(load().database_url), revision)
    click.echo(f"The database is at {revision}.")


@command.command()
def check() -> None:
    """Exit 0 when the database is at the newest migration, 1 when not."""
    from deploy import database, migrate  # noqa: PLC0415 - SQLAlchemy only when needed

    if migrate.is_current(database.make_engine(load().database_url)):
        click.echo("The database is at the newest migration.")
        return
    click.echo("The database is behind: run `gba database upgrade`.", err=True)
    sys.exit(1)


@command.command()
@click.confirmation_option(prompt="Every session, token and consent to an agency ends. Go on?")
def restored() -> None:
    """After a backup was restored, before anything starts: end what somebody may have ended since.

    A restored database has gone back in time: who signed out is signed in, who withdrew a consent is taken at it. So
    sessions, tokens and consents to agencies and checks end; people sign in anew and are asked anew. Links stay.
    """
    from deploy.commands import operator  # noqa: PLC0415 - SQLAlchemy only when needed
    from gateway.flows.begin_anew import BeginAnew  # noqa: PLC0415

    at = operator.desk(load())
    ended = BeginAnew(open_work=at.open_work, clock=at.clock)(operator=operator.name())
    click.echo(f"Ended: {ended.sessions} sessions, {ended.grants} grants, {ended.consents} consents.")
