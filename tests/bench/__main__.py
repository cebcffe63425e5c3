"""python -m tests.bench: how much the gateway does with a second of one processor.

One gateway (granian, one worker, SQLite on disk, the product's defaults) on one processor, the load on another; the
regions answer at once, so that the gateway's own work is measured. Every figure is a median over several slices, and
stands beside a fixed piece of work of the same moment (raw P-256 sign and verify): on a machine with neighbours only
such ratios can be compared.
"""

import argparse
import itertools
import json
import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from deploy.journey.stack import free_port
from tests.bench import first_page, gateway, load, processors, table
from tests.bench.gateway import Gateway
from tests.bench.load import Done, Script
from tests.bench.measure import Case, measure
from tests.bench.on_gateway import Browser, Scripts
from tests.bench.sealing import Sealing

PEOPLE = 24  # residents whose Guangdong account is bound before the measuring begins
CONNECTIONS = 8
FIRST_PAGE = "first-page"


def main() -> int:
    asked = _arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gba-bench-")))
        names = [*WORDS, FIRST_PAGE]
        wanted = asked.only or names
        unknown = sorted(set(wanted) - set(names))
        if unknown:
            print(f"no such case: {', '.join(unknown)}; there are {', '.join(names)}", file=sys.stderr)
            return 2
        rounds, seconds = (1, 1.0) if asked.quick else (asked.rounds, asked.seconds)
        cases: list[Case] = []
        page = None
        if set(wanted) - {"seal", "verify"}:
            _say("starting the gateway")
            running = gateway.start(folder / "gateway", free_port())
            stack.callback(running.server.stop)
            cases += _on_gateway(running, wanted)
            if FIRST_PAGE in wanted:
                page = first_page.load(f"http://localhost:{running.server.port}")
        if {"seal", "verify"} & set(wanted):
            _say("starting the sealing")
            sealing = Sealing(folder / "sealing")
            stack.callback(sealing.stop)
            sealing.start()
            cases += [_sealing_case(sealing, name) for name in ("seal", "verify") if name in wanted]
        found, references = measure(cases, rounds=rounds, seconds=seconds, say=_say)
        memory = processors.resident_memory(running.server.pid) if set(wanted) - {"seal", "verify"} else None
        _say("")
    if cases:
        print(table.text(table.COLUMNS, [table.row(case.words, found[case.name]) for case in cases]))
        print(f"\nreference: {statistics.median(references):,.0f} pairs of P-256 sign and verify a CPU-second")
    if memory:
        print(f"memory of the worker afterwards: {memory / 1e6:.0f} MB")
    if page is not None:
        print(
            f"first page ({page.language}, {page.files} files): {page.sent:,} bytes as sent, "
            f"{page.gzipped:,} gzipped, {page.raw:,} raw; the page itself {page.page_raw:,} raw"
        )
    if asked.json:
        answer = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"python": platform.python_version(), "processors": os.cpu_count(), "load": os.getloadavg()},
            "reference": statistics.median(references) if references else None,
            "cases": table.as_json(cases, found),
            "memory": memory,
            "first_page": asdict(page) if page else None,
        }
        asked.json.write_text(json.dumps(answer, indent=2) + "\n", encoding="utf-8")
    return 0


WORDS = {
    "sign-in": "sign-in, fresh browser: PAR, region, consent, code, token, userinfo",
    "sign-in-again": "sign-in, same browser: PAR, code, token, userinfo",
    "fapi": "the same with DPoP (FAPI 2.0)",
    "client-credentials": "token by client_credentials, private_key_jwt",
    "introspection": "introspection, private_key_jwt",
    "discovery": "discovery and key set",
    "seal": "seal, B-LTA, 50 KB",
    "verify": "verify, B-LTA, 50 KB",
}


def _on_gateway(running: Gateway, wanted: list[str]) -> list[Case]:
    port = running.server.port
    pushed = Scripts(host=f"localhost:{port}", agency=running.pushed)
    fapi = Scripts(host=f"localhost:{port}", agency=running.fapi)
    _say("residents bind their accounts")
    known = [Browser(person) for person in range(1, PEOPLE + 1)]
    for scripts in (pushed, fapi):
        _each(scripts, known, port)
    tokens: list[str] = []
    load.run(port, lambda: pushed.a_token(tokens.append), connections=1, operations=1)
    people, signed_in = itertools.cycle(range(1, PEOPLE + 1)), itertools.cycle(known)
    scripts_of: dict[str, Callable[[], Script]] = {
        "sign-in": lambda: pushed.sign_in(Browser(next(people)), push=True, ask=True),
        "sign-in-again": lambda: pushed.sign_in(next(signed_in), push=True, ask=False),
        "fapi": lambda: fapi.sign_in(next(signed_in), push=True, ask=False),
        "client-credentials": pushed.client_credentials,
        "introspection": lambda: pushed.introspection(tokens[0]),
        "discovery": pushed.discovery,
    }

    def slices(script: Callable[[], Script]) -> Callable[[float], Done]:
        return lambda seconds: load.run(port, script, connections=CONNECTIONS, seconds=seconds)

    return [
        Case(name, WORDS[name], lambda: running.server.pid, slices(script))
        for name, script in scripts_of.items()
        if name in wanted
    ]


def _each(scripts: Scripts, known: list[Browser], port: int) -> None:
    """Every one of them signs in once, so that binding, consent and session are there."""
    ready = iter(known)
    load.run(port, lambda: scripts.sign_in(next(ready), push=True, ask=False), connections=4, operations=len(known))


def _sealing_case(sealing: Sealing, verb: str) -> Case:
    def slice_of(seconds: float) -> Done:
        took = sealing.order(verb, seconds)
        return Done(seconds=sum(took), operations=took)

    return Case(verb, WORDS[verb], lambda: sealing.pid, slice_of)


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reader.add_argument("--quick", action="store_true", help="one round of short slices: whether it runs at all")
    reader.add_argument("--only", action="append", metavar="NAME", help="this case only (can be repeated)")
    reader.add_argument("--rounds", type=int, default=5, help="slices of each case (default 5)")
    reader.add_argument("--seconds", type=float, default=2.0, help="length of a slice (default 2)")
    reader.add_argument("--json", type=Path, metavar="OUT", help="write the figures there too")
    return reader.parse_args()


def _say(words: str) -> None:
    """Progress, in one line that is written over."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words}", end="" if words else "\r", file=sys.stderr, flush=True)
    elif words:
        print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
