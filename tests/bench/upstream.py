"""Sign-ins through a region's platform: beside oidc-provider as a proxy, and while the platform is slow."""

import statistics
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.journey.stack import free_port
from deploy.settings import CHECKOUT, process_environment
from tests.bench import gateway, load, peer, platform, processors, table, targets
from tests.bench.cases import PEOPLE, Side
from tests.bench.measure import measure
from tests.bench.scripts import Browser, Scripts
from tests.bench.server import Server

OURS, THEIRS = "gateway through a platform", "oidc-provider as a proxy"
CASES = {"oidc": "sign-in through a platform, fresh browser, with consent"}
SLOW_SECONDS = 0.15  # of each of the two answers that a sign-in waits for
AT_ONCE = 128
BYSTANDERS_EVERY = 0.05  # seconds
MOST_FOR_OTHERS = 1.5  # times what they wait while the platform is quick
HEAD = ("", "platform answers", "ended", "all after s", "p50 s", "others", "p50 ms", "p99 ms", "longest ms")


def run(folder: Path, *, rounds: int, seconds: float, say: Callable[[str], None]) -> dict[str, object]:
    """Print both tables; give back the figures. Raises NoPeer."""
    with ExitStack() as stack:
        ours, theirs = _both(stack, folder / "quick", delay=0.0, say=say)
        cases = [*ours.cases(CASES), *theirs.cases(CASES)]
        found, references = measure(cases, rounds=rounds, seconds=seconds, say=say, warm_up=seconds)
        memory = {side.server.name: processors.resident_memory(side.server.pid) for side in (ours, theirs)}
        bursts = [_at_once(side, "at once", say) for side in (ours, theirs)]
    with ExitStack() as stack:
        slow = _both(stack, folder / "slow", delay=SLOW_SECONDS, say=say)
        bursts += [_at_once(side, f"{SLOW_SECONDS * 1e3:.0f} ms", say) for side in slow]
    say("")
    rows = [table.row(f"{case.words}: {case.name.split(':')[0]}", found[case.name]) for case in cases]
    print(table.text(table.COLUMNS, rows))
    print(f"\nreference: {statistics.median(references):,.0f} pairs of P-256 sign and verify a CPU-second")
    print("memory: " + ", ".join(f"{name} {held / 1e6:.0f} MB" for name, held in memory.items()))
    for line in targets.lines(found):
        print(line)
    print(f"\n{AT_ONCE} sign-ins that begin in the same moment, and others meanwhile who need no platform:\n")
    print(table.text(HEAD, [each.row() for each in bursts]))
    quick, held = bursts[0], bursts[2]
    for line in _verdicts(quick, held):
        print(line)
    return {
        "cases": table.as_json(cases, found),
        "targets": {target.words: ratio for target, ratio in targets.reached(found)},
        "memory": memory,
        "at_once": [each.as_json() for each in bursts],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What became of many sign-ins at once, and of those who asked for something else meanwhile."""

    name: str
    answers: str  # when the platform answers
    ended: int
    seconds: float
    took: list[float] = field(repr=False)
    bystanders: list[float] = field(repr=False)

    def row(self) -> tuple[str, ...]:
        others = sorted(self.bystanders)
        return (
            self.name,
            self.answers,
            str(self.ended),
            f"{self.seconds:.2f}",
            f"{statistics.median(self.took):.2f}",
            str(len(others)),
            f"{statistics.median(others) * 1e3:,.1f}",
            f"{_share(others, 0.99) * 1e3:,.1f}",
            f"{others[-1] * 1e3:,.1f}",
        )

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "answers": self.answers,
            "ended": self.ended,
            "seconds": self.seconds,
            "p50_seconds": statistics.median(self.took),
            "bystanders_p50_seconds": statistics.median(self.bystanders),
            "bystanders_p99_seconds": _share(sorted(self.bystanders), 0.99),
        }


def _verdicts(quick: Burst, held: Burst) -> list[str]:
    """Nobody's sign-in fails; and who needs no platform is answered as soon whether that is slow or quick."""
    all_ended = quick.ended == held.ended == AT_ONCE
    times = statistics.median(held.bystanders) / statistics.median(quick.bystanders)
    ended, others = ("pass" if holds else "FAIL" for holds in (all_ended, times <= MOST_FOR_OTHERS))
    return [
        f"{ended}  sign-ins that ended: {quick.ended} and {held.ended} (asked: all {AT_ONCE})",
        f"{others}  others meanwhile, p50: {times:.2f} times that beside a quick platform (asked: {MOST_FOR_OTHERS})",
    ]


def _both(stack: ExitStack, folder: Path, *, delay: float, say: Callable[[str], None]) -> tuple[Side, Side]:
    folder.mkdir(parents=True)
    say("starting a platform, the peer and the gateway")
    at = stack.enter_context(_platform(folder, delay))
    theirs = peer.start(folder / "peer", free_port(), name=THEIRS, more=(f"--upstream={at}",))
    stack.callback(theirs.server.stop)
    allowed = {"EGRESS__ALSO_ALLOWED": at}
    ours = gateway.start(
        folder / "gateway", free_port(), name=OURS, factory="tests.bench.served_upstream:make", given=allowed
    )
    stack.callback(ours.server.stop)
    return ours, theirs


@contextmanager
def _platform(folder: Path, delay: float) -> Iterator[str]:
    """Runs beside the load: what it costs is nobody's."""
    port = free_port()
    server = Server(
        name="platform",
        port=port,
        command=[sys.executable, "-m", "tests.bench.platform", str(port), str(delay)],
        environment=process_environment(),
        log=folder / "platform.log",
        cwd=CHECKOUT,
    )
    server.start("/.well-known/openid-configuration")
    processors.stay_on(processors.FOR_LOAD, server.pid)
    try:
        yield platform.issuer(port)
    finally:
        server.stop()


def _at_once(side: Side, answers: str, say: Callable[[str], None]) -> Burst:
    """All begin in the same moment, each in a browser of their own; others ask for what needs no platform."""
    say(f"{AT_ONCE} sign-ins at once at {side.server.name}")
    host, port = f"localhost:{side.server.port}", side.server.port
    plain, pushed = (Scripts(host=host, agency=agency, at=side.at) for agency in (side.plain, side.pushed))
    known = iter([Browser(person) for person in range(1, PEOPLE + 1)])
    load.run(port, lambda: plain.sign_in(next(known), push=False, ask=False), connections=PEOPLE, operations=PEOPLE)
    people = iter([Browser(1 + number % PEOPLE) for number in range(AT_ONCE)])
    kinds = (pushed.client_credentials, pushed.discovery)
    others, over = load.Done(), threading.Event()

    def look_on() -> None:
        while not over.is_set():
            for kind in kinds:
                done = load.run(port, kind, connections=1, operations=1)
                others.operations.extend(done.operations)
                over.wait(BYSTANDERS_EVERY)

    onlooker = threading.Thread(target=look_on)
    with processors.on(processors.FOR_LOAD):
        onlooker.start()
        try:
            done = load.run(
                port,
                lambda: plain.sign_in(next(people), push=False, ask=True),
                connections=AT_ONCE,
                operations=AT_ONCE,
            )
        finally:
            over.set()
            onlooker.join()
    return Burst(
        name=side.server.name,
        answers=answers,
        ended=len(done.operations),
        seconds=done.seconds,
        took=done.operations,
        bystanders=others.operations,
    )


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
