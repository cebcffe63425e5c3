"""How compiled statements reach a database: what both drivers do alike, each in its own way."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from gateway.frozen import Frozen

Row = tuple[Any, ...]
Values = Mapping[str, object]
Otherwise = Callable[[], Exception]


class Statement(Frozen):
    """A statement as one database reads it."""

    text: str
    order: tuple[str, ...]  # of its parameters, where the database counts them
    own: Values  # what stands in the statement itself
    name: bytes  # under which a server knows it
    is_fleeting: bool  # whether nothing of it must outlive a crash of the database's machine
    tables: frozenset[str] = frozenset()  # that it reads, changes or locks
    only_reads: bool = False  # it changes and locks nothing, and is the same within a transaction and without


class Channel(Protocol):
    """One connection's. Raises sqlalchemy's IntegrityError for a clash, and the driver's errors for the rest."""

    @property
    def is_lost(self) -> bool:
        """Whether nothing more can be sent."""
        ...

    @property
    def was_cut_off(self) -> bool:
        """Whether that came from elsewhere: then others are most likely cut off, too."""
        ...

    def begin(self) -> None:
        """A transaction that writes: over SQLite at once, where it waits for its turn; over a server when it must."""
        ...

    def one(self, statement: Statement, values: Values) -> Row | None:
        """The first row."""
        ...

    def all(self, statement: Statement, values: Values) -> list[Row]:
        """Every row."""
        ...

    def changed(self, statement: Statement, values: Values) -> int:
        """How many rows it made or changed."""
        ...

    def write(self, statement: Statement, values: Values) -> None:
        """By the commit at the latest; nobody asks what came of it."""
        ...

    def insist(self, statement: Statement, values: Values, otherwise: Otherwise) -> None:
        """By the commit at the latest. Raises what `otherwise` makes if it changed and made nothing.

        Whoever should catch that in between is told it again by the next question and by the commit: nothing is kept.
        """
        ...

    def last(self, statement: Statement, values: Values) -> Row | None:
        """The first row of what ends the transaction, and everything kept."""
        ...

    def make_way(self) -> None:
        """SQLAlchemy goes on in this transaction, or commits it: it must find all that was written."""
        ...

    def commit(self) -> None:
        """Keep what was done."""
        ...

    def undo(self) -> None:
        """Leave nothing open, and nothing kept back; after a commit there is nothing to undo."""
        ...
