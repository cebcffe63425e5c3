"""A command that cannot go on, whatever its files are like."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from trust.validation.plain_text import plain


class CannotGoOn(click.ClickException):
    """Said of the command itself and not of a file, with an exit status of its own."""

    exit_code = 3


@contextmanager
def usable() -> Iterator[None]:
    """Around what opens keys, lists and authorities. Raises CannotGoOn where the files they lie in cannot be used."""
    try:
        yield
    except OSError as problem:
        what = plain(str(problem.filename or "the data directory"))
        raise CannotGoOn(f"{what} cannot be used: {problem.strerror or problem}") from None
