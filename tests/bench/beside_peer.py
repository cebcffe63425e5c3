"""The gateway beside its peer: the same operations, slices in turn, then both at the same load for the slow tail."""

import statistics
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from deploy.journey.stack import free_port
from tests.bench import gateway, load, peer, processors, table
from tests.bench.cases import BESIDE_THE_PEER, Side
from tests.bench.measure import Case, Slices, measure
from tests.bench.scripts import Browser, Scripts

HEAD = ("", "gateway", "peer", "ratio", "p99 ms", "peer p99", "ratio")
SHARE_OF_LOAD = 0.4  # of what the slower of the two can do


def compare(
    folder: Path, *, only: list[str] | None, rounds: int, seconds: float, many: int, say: Callable[[str], None]
) -> dict[str, object]:
    """Print the table; give back the figures. Raises NoPeer."""
    words = {name: text for name, text in BESIDE_THE_PEER.items() if not only or name in only}
    with ExitStack() as stack:
        say("starting both")
        theirs = peer.start(folder / "peer", free_port())
        stack.callback(theirs.server.stop)
        ours = gateway.start(folder / "gateway", free_port())
        stack.callback(ours.server.stop)
        say("residents sign in at both")
        found, references = measure(
            _in_turn(ours, theirs, words), rounds=rounds, seconds=seconds, say=say, warm_up=seconds
        )
        paced = _at_the_same_load(ours, theirs, found, words, seconds=seconds, say=say)
        for side in (ours, theirs):
            _sign_in_often(side, many, say)
        memory = {side.server.name: processors.resident_memory(side.server.pid) for side in (ours, theirs)}
    say("")
    rows, figures = [], {}
    for name, text in words.items():
        mine, other = (_figures(found, paced, f"{side.server.name}:{name}") for side in (ours, theirs))
        ratio, tail = mine[0] / other[0], mine[1] / other[1]
        rows.append(
            (
                text,
                f"{mine[0]:,.0f}",
                f"{other[0]:,.0f}",
                f"{ratio:.2f}",
                f"{mine[1] * 1e3:,.1f}",
                f"{other[1] * 1e3:,.1f}",
                f"{tail:.2f}",
            )
        )
        figures[name] = {"gateway": mine[0], "peer": other[0], "ratio": ratio, "p99_ratio": tail}
    print("operations a CPU-second of the whole server tree, and p99 at the same load:\n")
    print(table.text(HEAD, rows))
    print(f"\nreference: {statistics.median(references):,.0f} pairs of P-256 sign and verify a CPU-second")
    print("memory: " + ", ".join(f"{name} {held / 1e6:.0f} MB" for name, held in memory.items()))
    return {"cases": figures, "memory": memory, "reference": statistics.median(references)}


def _in_turn(ours: Side, theirs: Side, words: Mapping[str, str]) -> list[Case]:
    pairs = zip(ours.cases(words), theirs.cases(words), strict=True)
    return [case for pair in pairs for case in pair]


def _at_the_same_load(
    ours: Side,
    theirs: Side,
    found: Mapping[str, Slices],
    words: Mapping[str, str],
    *,
    seconds: float,
    say: Callable[[str], None],
) -> dict[str, Slices]:
    paced: dict[str, Slices] = {}
    for name, text in words.items():
        slowest = min(statistics.median(found[f"{side.server.name}:{name}"].per_second) for side in (ours, theirs))
        every, one = 1 / (slowest * SHARE_OF_LOAD), {name: text}
        cases = [case for side in (ours, theirs) for case in side.cases(one, every=every)]
        paced |= measure(cases, rounds=2, seconds=seconds, say=say, warm_up=0)[0]
    return paced


def _sign_in_often(side: Side, many: int, say: Callable[[str], None]) -> None:
    if many:
        say(f"{many} sign-ins at {side.server.name}")
        scripts, browser = Scripts(host=f"localhost:{side.server.port}", agency=side.plain, at=side.at), Browser(1)
        for connections, operations in ((1, 1), (4, many)):  # the first alone: a browser has one jar of cookies
            load.run(
                side.server.port,
                lambda: scripts.sign_in(browser, push=False, ask=False),
                connections=connections,
                operations=operations,
            )


def _figures(found: Mapping[str, Slices], paced: Mapping[str, Slices], name: str) -> tuple[float, float]:
    return statistics.median(found[name].per_cpu_second), paced[name].latency(0.99)
