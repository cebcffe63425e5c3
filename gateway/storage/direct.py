"""A connection whose prepared statements go straight to the driver.

What SQLAlchemy does around one short statement takes longer than the statement. So:

1. A prepared statement (`prepared.py`) runs on the driver's connection; where only reading is wanted, without a
   transaction: every statement sees what is committed by then, as PostgreSQL has it anyway.
2. A writing transaction begins at once (`BEGIN IMMEDIATE` on SQLite; PostgreSQL's driver begins by itself).
3. A statement that is rare runs through SQLAlchemy as anywhere else, in that same transaction.
"""

from typing import Any

import sqlalchemy as sa


class Direct(sa.Connection):
    """`driver` is the connection underneath; `database` the dialect's name, `sqlite` or `postgresql`."""

    def __init__(self, engine: sa.Engine, *, write: bool) -> None:
        super().__init__(engine)
        self.database = engine.dialect.name
        self.writes = write
        # on SQLite the next unit may read: one that writes has begun by the time SQLAlchemy asks
        self.execution_options(write=write and self.database != "sqlite")
        if not write and self.database != "sqlite":
            self.execution_options(isolation_level="AUTOCOMMIT")  # or the driver would begin before it reads
        self.driver: Any = self.connection.driver_connection

    def begin_at_once(self) -> None:
        """Who wants to write waits now: a read that turns into a write fails under two writers."""
        if self.writes and self.database == "sqlite":
            self.driver.execute("BEGIN IMMEDIATE")

    def in_transaction(self) -> bool:
        """Whether one is open, whoever began it."""
        return self.writes or super().in_transaction()

    def commit(self) -> None:
        """Keep what was done, by whichever way."""
        if super().in_transaction():
            super().commit()
        else:
            self.driver.commit()

    def undo(self) -> None:
        """Leave nothing open. After a commit there is nothing to undo, and the drivers know."""
        if super().in_transaction():
            super().rollback()
        elif self.writes:
            self.driver.rollback()
