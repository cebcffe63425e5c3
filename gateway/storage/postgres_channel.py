"""Statements handed to PostgreSQL through libpq: a sixth of what a cursor of psycopg takes for each.

A statement is parsed and planned once a connection. A write whose outcome nobody asks is kept back and goes along with
the end (libpq's pipeline), or with a question that may see it. As long as nothing else was sent there is no transaction
to begin: a question before it sees what is committed by then, as it would within one (READ COMMITTED), and what is sent
in one journey is kept or undone as a whole. So most units make as many journeys as they have questions, and one for
their end; only a question that changes or locks something sends a BEGIN, and all that was kept back.

If a statement fails, the server passes over all behind it in that journey, a COMMIT too.

Text and bytes travel as they are, with their length: in libpq's other form a NUL would end them. Numbers are digits.
"""

import select
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import pq

from gateway.storage.channel import Otherwise, Row, Statement, Values

DIGITS, BINARY = pq.Format.TEXT, pq.Format.BINARY
DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)

LONGEST = 30.0  # seconds without an answer, as long as who waits for a place waits
LONGEST_NAME = 63  # bytes of it that the server keeps
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
    name = text.lower().replace(" ", "_").encode()[:LONGEST_NAME]
    return Statement(text=text, order=(), own={}, name=name, is_fleeting=True)


BEGIN, COMMIT = _command("BEGIN"), _command("COMMIT")
# a function, as the SET that does the same warns where no BEGIN was sent
NOT_WAITING_FOR_THE_DISK = _command("SELECT set_config('synchronous_commit', 'off', true)")


class PostgresChannel:
    """Implements the Channel. `known` lives as long as the connection to the server."""

    def __init__(self, line: pq.abc.PGconn, known: Known, always_wait: bool = False) -> None:
        self._line = line
        self._known = known
        self._always_wait = always_wait
        self._kept_back: list[KeptBack] = []
        self._touched: set[str] = set()  # the tables that those change
        self._writes = False
        self._has_begun = False  # the server knows
        self._must_last = False
        self._failed: Otherwise | None = None  # what the unit was told, of which nothing can be kept since
        self._was_given_up = False  # by us

    @property
    def is_lost(self) -> bool:
        return self._line.status != pq.ConnStatus.OK

    @property
    def was_cut_off(self) -> bool:
        return self.is_lost and not self._was_given_up

    def begin(self) -> None:
        self._writes, self._has_begun, self._must_last = True, False, self._always_wait

    def one(self, statement: Statement, values: Values) -> Row | None:
        return self._first(statement, self._ask(statement, values))

    def all(self, statement: Statement, values: Values) -> list[Row]:
        answer = self._ask(statement, values)
        return [self._row(statement, answer, number) for number in range(answer.ntuples)]

    def changed(self, statement: Statement, values: Values) -> int:
        return self._ask(statement, values).command_tuples or 0

    def write(self, statement: Statement, values: Values) -> None:
        if self._writes:
            self._keep_back(statement, values)
        else:
            self._ask(statement, values)

    def insist(self, statement: Statement, values: Values, otherwise: Otherwise) -> None:
        self._keep_back(statement, values, otherwise)
        if not self._writes:
            self._send()

    def last(self, statement: Statement, values: Values) -> Row | None:
        place = len(self._kept_back)
        self._keep_back(statement, values)
        return self._first(statement, self._end()[place])

    def make_way(self) -> None:
        self._must_last = True  # what SQLAlchemy writes is not looked at
        self._check_failed()  # its commit would pass: PostgreSQL answers one that undoes as if all were well
        if self._line.transaction_status == pq.TransactionStatus.INERROR:  # by a statement of its own
            raise psycopg.errors.InFailedSqlTransaction("a_statement_before_failed")
        if self._writes:
            self._begin_now()
        if self._kept_back:
            self._send()

    def commit(self) -> None:
        self._check_failed()
        if self._has_begun or self._kept_back:  # else nothing was written
            self._end()
        self._writes = False

    def undo(self) -> None:
        self._writes, self._has_begun, self._failed = False, False, None
        self._forget_kept_back()
        if not self.is_lost and self._line.transaction_status != pq.TransactionStatus.IDLE:
            self._pass(b"ROLLBACK")

    def is_answered(self) -> bool:
        """Whether the server is there at all. One that is not, or takes too long, leaves the connection lost."""
        self._pass(b"")
        return not self.is_lost

    def _pass(self, text: bytes) -> None:
        """What has no answer of interest. A server that gives none in time leaves the connection lost."""
        with suppress(psycopg.OperationalError), self._whole():
            self._line.send_query(text)
            self._flush()
            while self._next_result() is not None:
                pass

    def _ask(self, statement: Statement, values: Values) -> pq.abc.PGresult:
        self._must_last |= not statement.is_fleeting
        self._check_failed()
        if not self._writes or self._stands_alone(statement):
            return self._good(statement, self._run(statement, values))
        self._begin_now()
        self._keep_back(statement, values)
        return self._send()[-1]

    def _stands_alone(self, statement: Statement) -> bool:
        """Whether it may be asked without what was kept back."""
        if not statement.only_reads:
            return self._has_begun and not self._kept_back
        return not self._kept_back or self._touched.isdisjoint(statement.tables)

    def _keep_back(self, statement: Statement, values: Values, otherwise: Otherwise | None = None) -> None:
        self._must_last |= not statement.is_fleeting
        self._kept_back.append((statement, values, otherwise))
        self._touched |= statement.tables

    def _forget_kept_back(self) -> list[KeptBack]:
        kept_back, self._kept_back = self._kept_back, []
        self._touched.clear()
        return kept_back

    def _check_failed(self) -> None:
        if self._failed is not None:
            raise self._failed()

    def _begin_now(self) -> None:
        if not self._has_begun:
            self._kept_back.insert(0, (BEGIN, {}, None))
            self._has_begun = True

    def _end(self) -> list[pq.abc.PGresult]:
        """The transaction's last journey; the answers to all that was kept back."""
        self._check_failed()
        if not self._must_last:
            self._kept_back.append((NOT_WAITING_FOR_THE_DISK, {}, None))
        if self._has_begun:
            self._kept_back.append((COMMIT, {}, None))
        answers = self._send()
        self._writes = self._has_begun = False
        return answers

    def _run(self, statement: Statement, values: Values) -> pq.abc.PGresult:
        """One statement."""
        if statement.name not in self._known:
            self._learn(statement)
        with self._whole():
            self._line.send_query_prepared(statement.name, *_encoded(statement, values), BINARY)
            self._flush()
            return self._answer()

    def _send(self) -> list[pq.abc.PGresult]:
        """Everything that was kept back, in one journey; the answers."""
        sent = self._forget_kept_back()
        answers = [self._run(*sent[0][:2])] if len(sent) == 1 else self._in_one_journey(sent)
        for (statement, _, otherwise), answer in zip(sent, answers, strict=True):
            self._good(statement, answer, otherwise)
        return answers

    def _in_one_journey(self, sent: list[KeptBack]) -> list[pq.abc.PGresult]:
        for statement, _, _ in sent:
            if statement.name not in self._known:
                self._learn(statement)
        with self._whole():
            self._line.enter_pipeline_mode()
            for statement, values, _ in sent:
                self._line.send_query_prepared(statement.name, *_encoded(statement, values), BINARY)
            self._line.pipeline_sync()
            self._flush()
            answers = [self._answer() for _ in sent]
            self._reach_the_end()
            self._line.exit_pipeline_mode()
        return answers

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """A journey that is not made to its end is the last: nobody knows how far it came."""
        try:
            yield
        except BaseException:
            self._give_up()
            raise

    def _answer(self) -> pq.abc.PGresult:
        answer = self._next_result()
        if answer is None or self._next_result() is not None:
            raise psycopg.OperationalError("answers_out_of_step")
        return answer

    def _reach_the_end(self) -> None:
        """Of a journey; what began no transaction is kept by then, and not before."""
        end = self._next_result()
        if end is None or end.status != pq.ExecStatus.PIPELINE_SYNC:
            raise psycopg.OperationalError("not_known_to_be_kept")

    def _flush(self) -> None:
        while self._line.flush():
            self._wait(select.POLLIN | select.POLLOUT)
            self._line.consume_input()

    def _next_result(self) -> pq.abc.PGresult | None:
        while self._line.is_busy():
            self._wait(select.POLLIN)
            self._line.consume_input()
        return self._line.get_result()

    def _wait(self, events: int) -> None:
        """At the socket, not in libpq, which holds the interpreter in places and knows no bound."""
        ready = select.poll()
        ready.register(self._line.socket, events)
        if not ready.poll(LONGEST * 1000):
            self._line.finish()  # as good as cut off, and others most likely too
            raise psycopg.OperationalError("database_does_not_answer")

    def _learn(self, statement: Statement) -> None:
        with self._whole():
            self._line.send_prepare(statement.name, statement.text.encode())
            self._flush()
            prepared = self._answer()
        self._good(statement, prepared)
        with self._whole():
            self._line.send_describe_prepared(statement.name)
            self._flush()
            described = self._answer()
        told = self._good(statement, described)
        self._known[statement.name] = tuple(READ[told.ftype(column)] for column in range(told.nfields))

    def _first(self, statement: Statement, answer: pq.abc.PGresult) -> Row | None:
        return self._row(statement, answer, 0) if answer.ntuples else None

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
            self._failed = otherwise if self._writes else None
            raise otherwise()
        told = answer.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""  # the details would name values
        problem = (psycopg.errors.lookup(code.decode()) if code else psycopg.OperationalError)(told.decode())
        if isinstance(problem, psycopg.IntegrityError):
            clash = partial(sa.exc.IntegrityError, statement.text, None, problem)
            self._failed = clash if self._writes else None
            raise clash()
        self._give_up()  # a plan may be out of date, or a name unknown: a new connection learns all anew
        raise problem

    def _give_up(self) -> None:
        self._was_given_up = not self.is_lost
        self._line.finish()


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
