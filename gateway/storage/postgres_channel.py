"""Statements handed to PostgreSQL through libpq: a sixth of what a cursor of psycopg takes for each.

A statement is parsed and planned once a connection. What nobody waits for — a transaction's beginning, a write whose
outcome nobody asks — is kept back and goes along with the next question or with the commit (libpq's pipeline): so a
transaction makes as many journeys as it has questions, and one for its end. If one of those fails, the server passes
over all behind it, the commit too.

Text and bytes travel as they are, with their length: in libpq's other form a NUL would end them. Numbers are digits.
"""

import select
from collections.abc import Callable, MutableMapping
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import pq

from gateway.storage.channel import Otherwise, Row, Statement, Values

DIGITS, BINARY = pq.Format.TEXT, pq.Format.BINARY
DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)

DIVISION_BY_ZERO = b"22012"  # what a statement fails with that was to change something, and did not (`prepared.py`)

Read = Callable[[bytes], Any]
KeptBack = tuple[Statement, Values, Otherwise | None]  # what is raised if it changed nothing; None: nobody asks
Known = MutableMapping[bytes, tuple[Read, ...]]  # statements that the server has by name, with how to read each column


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big", signed=True)


READ: dict[int, Read] = {  # by the type's number in pg_type
    16: lambda value: value != b"\0",  # bool
    17: bytes,  # bytea
    20: _number,  # int8
    21: _number,  # int2
    23: _number,  # int4
    25: bytes.decode,  # text
    1043: bytes.decode,  # varchar
}


def _command(text: str) -> Statement:
    return Statement(text=text, order=(), own={}, name=text.lower().replace(" ", "_").encode(), is_fleeting=True)


BEGIN, COMMIT = _command("BEGIN"), _command("COMMIT")
NOT_WAITING_FOR_THE_DISK = _command("SET LOCAL synchronous_commit TO off")


class PostgresChannel:
    """Implements the Channel. `known` lives as long as the connection to the server."""

    def __init__(self, line: pq.abc.PGconn, known: Known, always_wait: bool = False) -> None:
        self._line = line
        self._known = known
        self._always_wait = always_wait
        self._kept_back: list[KeptBack] = []
        self._writes = False
        self._must_last = False
        self._missed: Otherwise | None = None  # what the unit insisted on, and did not happen

    @property
    def is_lost(self) -> bool:
        return self._line.status != pq.ConnStatus.OK

    def begin(self) -> None:
        self._writes, self._must_last = True, self._always_wait
        self._kept_back = [(BEGIN, {}, None)]

    def one(self, statement: Statement, values: Values) -> Row | None:
        answer = self._ask(statement, values)
        return self._row(statement, answer, 0) if answer.ntuples else None

    def all(self, statement: Statement, values: Values) -> list[Row]:
        answer = self._ask(statement, values)
        return [self._row(statement, answer, number) for number in range(answer.ntuples)]

    def changed(self, statement: Statement, values: Values) -> int:
        return self._ask(statement, values).command_tuples or 0

    def write(self, statement: Statement, values: Values) -> None:
        if not self._writes:
            self._ask(statement, values)
            return
        self._must_last |= not statement.is_fleeting
        self._kept_back.append((statement, values, None))

    def insist(self, statement: Statement, values: Values, otherwise: Otherwise) -> None:
        self._must_last |= not statement.is_fleeting
        self._kept_back.append((statement, values, otherwise))
        if not self._writes:
            self._send()

    def make_way(self) -> None:
        self._must_last = True  # what SQLAlchemy writes is not looked at
        if self._missed is not None:  # its commit would pass: PostgreSQL answers one that undoes as if all were well
            raise self._missed()
        if self._kept_back:
            self._send()

    def commit(self) -> None:
        if self._missed is not None:
            raise self._missed()
        if len(self._kept_back) != 1 or self._kept_back[0][0] is not BEGIN:  # else nothing was asked or written
            if not self._must_last:
                self._kept_back.append((NOT_WAITING_FOR_THE_DISK, {}, None))
            self._kept_back.append((COMMIT, {}, None))
            self._send()
        self._writes = False

    def undo(self) -> None:
        self._writes, self._kept_back, self._missed = False, [], None
        if not self.is_lost and self._line.transaction_status != pq.TransactionStatus.IDLE:
            self._line.exec_(b"ROLLBACK")

    def _ask(self, statement: Statement, values: Values) -> pq.abc.PGresult:
        self._must_last |= not statement.is_fleeting
        if self._missed is not None:
            raise self._missed()
        if self._kept_back:
            self._kept_back.append((statement, values, None))
            return self._send()
        if statement.name not in self._known:
            self._learn(statement)
        # waits without holding the interpreter
        return self._good(statement, self._line.exec_prepared(statement.name, *_encoded(statement, values), BINARY))

    def _send(self) -> pq.abc.PGresult:
        """Everything that was kept back, in one journey; the last answer."""
        sent, self._kept_back = self._kept_back, []
        for statement, _, _ in sent:
            if statement.name not in self._known:
                self._learn(statement)
        try:
            self._line.enter_pipeline_mode()
            for statement, values, _ in sent:
                self._line.send_query_prepared(statement.name, *_encoded(statement, values), BINARY)
            self._line.pipeline_sync()
            self._flush()
            answers = [(statement, self._answer(), otherwise) for statement, _, otherwise in sent]
            while (end := self._next_result()) is not None and end.status != pq.ExecStatus.PIPELINE_SYNC:
                pass
            self._line.exit_pipeline_mode()
        except BaseException:
            self._line.finish()  # half-way through, and nobody knows how far
            raise
        for statement, answer, otherwise in answers:
            self._good(statement, answer, otherwise)
        return answers[-1][1]

    def _answer(self) -> pq.abc.PGresult:
        answer = self._next_result()
        if answer is None or self._next_result() is not None:
            raise psycopg.OperationalError("answers_out_of_step")
        return answer

    def _flush(self) -> None:
        ready = select.poll()
        ready.register(self._line.socket, select.POLLIN | select.POLLOUT)
        while self._line.flush():
            ready.poll()
            self._line.consume_input()

    def _next_result(self) -> pq.abc.PGresult | None:
        """Waits at the socket, not in libpq: there it would hold the interpreter."""
        while self._line.is_busy():
            ready = select.poll()
            ready.register(self._line.socket, select.POLLIN)
            ready.poll()
            self._line.consume_input()
        return self._line.get_result()

    def _learn(self, statement: Statement) -> None:
        self._good(statement, self._line.prepare(statement.name, statement.text.encode()))
        told = self._good(statement, self._line.describe_prepared(statement.name))
        self._known[statement.name] = tuple(READ[told.ftype(column)] for column in range(told.nfields))

    def _row(self, statement: Statement, answer: pq.abc.PGresult, number: int) -> Row:
        get, reads = answer.get_value, enumerate(self._known[statement.name])
        return tuple([None if (value := get(number, column)) is None else read(value) for column, read in reads])

    def _good(
        self, statement: Statement, answer: pq.abc.PGresult, otherwise: Otherwise | None = None
    ) -> pq.abc.PGresult:
        if answer.status in DONE:
            return answer
        code = answer.error_field(pq.DiagnosticField.SQLSTATE)
        if otherwise is not None and code == DIVISION_BY_ZERO:
            self._missed = otherwise if self._writes else None
            raise otherwise()
        told = answer.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""  # the details would name values
        problem = (psycopg.errors.lookup(code.decode()) if code else psycopg.OperationalError)(told.decode())
        if isinstance(problem, psycopg.IntegrityError):
            raise sa.exc.IntegrityError(statement.text, None, problem)
        self._line.finish()  # a plan may be out of date, or a name unknown: a new connection learns all anew
        raise problem


def _encoded(statement: Statement, values: Values) -> tuple[list[Any], list[pq.Format]]:
    written: list[bytes | None] = []
    forms = []
    named: dict[str, Any] = {**statement.own, **values}
    for name in statement.order:
        value = named[name]
        if isinstance(value, str):
            written.append(value.encode())
            forms.append(BINARY)
        elif value is None or isinstance(value, bytes):
            written.append(value)
            forms.append(BINARY)
        else:
            written.append(str(int(value)).encode())  # the digits of a truth value are read as one
            forms.append(DIGITS)
    return written, forms
