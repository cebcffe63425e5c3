"""python -m tests.bench: how much the gateway does with a second of one processor.

One gateway (one worker, SQLite on disk, the product's defaults) on one processor, the load on another; the
regions answer at once, so that the gateway's own work is measured. Every figure is a median over several slices, and
stands beside a fixed piece of work of the same moment (raw P-256 sign and verify): on a machine with neighbours only
such ratios can be compared.
"""

import argparse
import json
import os
import platform
import signal
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from deploy.journey.stack import free_port
from tests.bench import beside_peer, first_page, gateway, processors, scaling, table, targets, upstream, verifying
from tests.bench.cases import BESIDE_THE_PEER, GATEWAY_ALONE, SEALING, sealing_case
from tests.bench.measure import Case, measure
from tests.bench.peer import NoPeer
from tests.bench.sealing import Sealing

FIRST_PAGE = "first-page"
VERIFYING = "verifying"


def main() -> int:
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    names = [*GATEWAY_ALONE, *SEALING, FIRST_PAGE, VERIFYING]
    if asked.peers or asked.workers:
        names = [*(BESIDE_THE_PEER if asked.peers else scaling.CASES)]
    unknown = sorted(set(asked.only or ()) - set(names))
    if unknown:
        print(f"no such case: {', '.join(unknown)}; there are {', '.join(names)}", file=sys.stderr)
        return 2
    if asked.quick:
        asked.rounds, asked.seconds = 1, 1.0
    with tempfile.TemporaryDirectory(prefix="gba-bench-") as place:
        if asked.upstream or asked.workers or asked.peers:
            try:
                figures = _beside_others(Path(place), asked)
            except (NoPeer, scaling.NoDatabase) as missing:
                print(missing, file=sys.stderr)
                return 1
        else:
            wanted = asked.only or names
            figures = {}
            if set(wanted) - {VERIFYING}:
                figures = _alone(Path(place), wanted, rounds=asked.rounds, seconds=asked.seconds)
            if VERIFYING in wanted:
                told = verifying.run(Path(place) / "verifying", quick=asked.quick, say=print)
                figures["verifying"] = {each.name: asdict(each) | {"passed": each.passed} for each in told}
    if asked.json:
        machine = {"python": platform.python_version(), "processors": os.cpu_count(), "load": os.getloadavg()}
        answer = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, **figures}
        asked.json.write_text(json.dumps(answer, indent=2) + "\n", encoding="utf-8")
    return 0


def _beside_others(folder: Path, asked: argparse.Namespace) -> dict[str, object]:
    """Print what was compared; give back the figures. Raises NoPeer, NoDatabase."""
    rounds, seconds = asked.rounds, asked.seconds
    if asked.upstream:
        return upstream.run(folder, rounds=rounds, seconds=seconds, say=_say)
    only, many = asked.only, asked.many
    if asked.workers:
        return scaling.run(folder, only=only or (), rounds=rounds, seconds=seconds, many=many, say=_say)
    return beside_peer.compare(folder, only=only, rounds=rounds, seconds=seconds, many=many, say=_say)


def _alone(folder: Path, wanted: list[str], *, rounds: int, seconds: float) -> dict[str, object]:
    """Print what the gateway does by itself; give back the figures."""
    cases: list[Case] = []
    page = memory = None
    with ExitStack() as stack:
        if set(wanted) - SEALING.keys() - {VERIFYING}:
            _say("starting the gateway")
            running = gateway.start(folder / "gateway", free_port())
            stack.callback(running.server.stop)
            _say("residents bind their accounts")
            words = {name: text for name, text in GATEWAY_ALONE.items() if name in wanted}
            cases += running.cases(words) if words else []
            page = first_page.load(f"http://localhost:{running.server.port}") if FIRST_PAGE in wanted else None
        if SEALING.keys() & set(wanted):
            _say("starting the sealing")
            sealing = Sealing(folder / "sealing")
            stack.callback(sealing.stop)
            sealing.start()
            cases += [sealing_case(sealing, name) for name in SEALING if name in wanted]
        found, references = measure(cases, rounds=rounds, seconds=seconds, say=_say)
        if set(wanted) & GATEWAY_ALONE.keys():
            memory = processors.resident_memory(running.server.pid)
    _say("")
    if cases:
        print(table.text(table.COLUMNS, [table.row(case.words, found[case.name]) for case in cases]))
        print(f"\nreference: {statistics.median(references):,.0f} pairs of P-256 sign and verify a CPU-second")
    for line in targets.lines(found):
        print(line)
    if memory:
        print(f"memory of the worker afterwards: {memory / 1e6:.0f} MB")
    if page is not None:
        print(
            f"first page ({page.language}, {page.files} files): {page.sent:,} bytes as sent, "
            f"{page.gzipped:,} gzipped, {page.raw:,} raw; the page itself {page.page_raw:,} raw"
        )
    return {
        "reference": statistics.median(references) if references else None,
        "cases": table.as_json(cases, found),
        "targets": {target.words: ratio for target, ratio in targets.reached(found)},
        "memory": memory,
        "first_page": asdict(page) if page else None,
    }


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reader.add_argument("--quick", action="store_true", help="one round of short slices: whether it runs at all")
    reader.add_argument("--peers", action="store_true", help="beside npm oidc-provider, its state in SQLite too")
    reader.add_argument("--upstream", action="store_true", help="sign-ins through a region's platform, quick and slow")
    reader.add_argument("--workers", action="store_true", help="two workers: beside one, and over a database server")
    reader.add_argument(
        "--many", type=int, default=0, metavar="N", help="with --peers, --workers: so many sign-ins, then memory"
    )
    reader.add_argument("--only", action="append", metavar="NAME", help="this case only (can be repeated)")
    reader.add_argument("--rounds", type=int, default=5, help="slices of each case (default 5)")
    reader.add_argument("--seconds", type=float, default=2.0, help="length of a slice (default 2)")
    reader.add_argument("--json", type=Path, metavar="OUT", help="write the figures there too")
    return reader.parse_args()


def _say(words: str) -> None:
    """Progress, in one line that is written over."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="" if words else "\r", file=sys.stderr, flush=True)
    elif words.startswith("round 1") or not words.startswith("round"):
        print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
