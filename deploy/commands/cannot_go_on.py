"""A command that cannot go on, whatever its files are like."""

import click


class CannotGoOn(click.ClickException):
    """Said of the command itself and not of a file, with an exit status of its own."""

    exit_code = 3
