"""Verifying, measured: processor time of this process and of those that read for it, in one run beside its peers.

Run as `python -m tests.bench.verifying`, or with all else by `make bench`. Every figure is the median of several
rounds in which each side had its turn, so that a machine with neighbours slows all of them alike. A reader is warm:
what is measured is what the next document of a batch costs.
"""

import argparse
import asyncio
import hashlib
import logging
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding

from deploy.composing import sealing
from deploy.settings import CHECKOUT, PREFIX
from tests.bench import processors, verifying_documents
from tests.fakes.sealing_world import SealingWorld
from tests.fakes.second_opinion import opinions
from trust.flows.verify_document import VerifyDocument
from trust.pades.contained import ContainedReader
from trust.validation.policy import ORDINARY

FOLDER_OF = 2000
FOLDER_ROUNDS = 3
ROUNDS = 7
BUSY = 0.25  # processors' worth of others' work, from which on two processes cannot show what they can do


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One target, what was reached, and whether that is enough."""

    name: str
    words: str
    reached: float
    asked: float
    unit: str
    least: bool  # whether at least so much was asked, or at most
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the target is met."""
        return self.reached >= self.asked if self.least else self.reached <= self.asked

    @property
    def line(self) -> str:
        """For people."""
        asked = f"{'at least' if self.least else 'at most'} {self.asked:g} {self.unit}"
        told = f"{'pass' if self.passed else 'FAIL'}  {self.words}: {self.reached:.3g} {self.unit} (asked: {asked})"
        return f"{told}; {self.note}" if self.note else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a command took, in seconds: of all its processes together, and by the clock."""

    processor: float
    clock: float

    @classmethod
    def median(cls, costs: Sequence["Cost"]) -> "Cost":
        """Of several runs of the same."""
        return cls(
            processor=statistics.median(each.processor for each in costs),
            clock=statistics.median(each.clock for each in costs),
        )

    def without(self, start: "Cost") -> "Cost":
        """What the work itself took; a tenth of the whole at least, where a start happened to be slow."""
        return Cost(
            processor=max(self.processor - start.processor, self.processor / 10),
            clock=max(self.clock - start.clock, self.clock / 10),
        )

    @property
    def occupied(self) -> float:
        """How many processors were busy with it."""
        return self.processor / self.clock


class Verifying:
    """Ours and the peers, over the same documents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._world, self._documents = verifying_documents.made(folder / "world")
        self._reader = ContainedReader()
        self._verify = verifier(self._world, self._reader)
        self._roots = [x509.Certificate.load(der) for der in self._world.authorities.anchors.values()]

    def close(self) -> None:
        self._reader.close()

    def outcomes(self, *, rounds: int, many: int) -> Iterator[Outcome]:
        """Each as soon as it is known."""
        yield from self._beside_peers(rounds)
        yield self._hash(rounds)
        yield from self._objects(rounds)
        yield self._renewals(rounds)
        yield from self._command(many)

    def _ours(self, name: str) -> Callable[[], object]:
        pdf = self._documents[name]

        def verified() -> None:
            report = self._verify(pdf, name="bench.pdf")
            assert report.verdict.passed, report.as_line()
            report.as_line()

        return verified

    def _pyhanko(self, name: str) -> Callable[[], object]:
        pdf = self._documents[name]

        def validated() -> None:
            found = asyncio.run(opinions(pdf, self._roots, self._world.now))
            assert all(one.valid for one in found), found

        return validated

    def _beside_peers(self, rounds: int) -> Iterator[Outcome]:
        for name, times in (("50 KB", 10.0), ("1 MB", 8.0)):
            ours, theirs = _medians((self._ours(name), self._pyhanko(name)), rounds=rounds)
            yield Outcome(
                name=f"verify-{name.replace(' ', '').lower()}",
                words=f"verifying {name} at B-LTA beside pyHanko's validation with difference analysis",
                reached=theirs / ours,
                asked=times,
                unit="times",
                least=True,
                note=f"{ours * 1000:.1f} ms against {theirs * 1000:.1f}",
            )
        if shutil.which("pdfsig") is None:
            return
        path = self._folder / "one.pdf"
        path.write_bytes(self._documents["50 KB"])
        command = ["pdfsig", "-nocert", str(path)]
        ours, theirs = _medians(
            (self._ours("50 KB"), lambda: subprocess.run(command, capture_output=True, check=False)), rounds=rounds
        )
        yield Outcome(
            name="verify-pdfsig",
            words="verifying 50 KB at B-LTA beside the whole process of pdfsig",
            reached=theirs / ours,
            asked=1.0,
            unit="times",
            least=True,
            note=f"{ours * 1000:.1f} ms against {theirs * 1000:.1f}",
        )

    def _hash(self, rounds: int) -> Outcome:
        pdf = self._documents["20 MB"]
        ours, digest = _medians((self._ours("20 MB"), lambda: hashlib.sha256(pdf).digest()), rounds=rounds)
        return Outcome(
            name="verify-20mb",
            words="verifying 20 MB at B-LTA, beyond twice one SHA-256 of its bytes",
            reached=(ours - 2 * digest) * 1000,
            asked=20.0,
            unit="ms",
            least=False,
            note=f"{ours * 1000:.1f} ms; SHA-256 {digest * 1000:.1f}",
        )

    def _objects(self, rounds: int) -> Iterator[Outcome]:
        few, many = _medians((self._ours("1 000 objects"), self._ours("10 000 objects")), rounds=rounds)
        yield Outcome(
            name="verify-10k-objects",
            words="verifying 10 000 objects, beyond 1 000",
            reached=(many - few) * 1000,
            asked=100.0,
            unit="ms",
            least=False,
            note=f"{many * 1000:.1f} ms against {few * 1000:.1f}",
        )
        fresh = ContainedReader()
        pdf, verify = self._documents["90 000 objects"], verifier(self._world, fresh)
        (took,) = _medians((lambda: verify(pdf, name="bench.pdf"),), rounds=min(rounds, 5))
        memory = max(processors.peak_memory(pid) for pid in processors.tree(os.getpid())[1:])
        fresh.close()
        yield Outcome(
            name="verify-90k-objects",
            words="verifying 90 000 objects (20 MB)",
            reached=took,
            asked=1.0,
            unit="s",
            least=False,
        )
        yield Outcome(
            name="verify-90k-memory",
            words="memory of who reads 90 000 objects (20 MB)",
            reached=memory / 1e6,
            asked=300.0,
            unit="MB",
            least=False,
        )

    def _renewals(self, rounds: int) -> Outcome:
        two, sixteen = _medians((self._ours("2 renewals"), self._ours("16 renewals")), rounds=rounds)
        return Outcome(
            name="verify-renewals",
            words="sixteen renewals beside two",
            reached=sixteen / two,
            asked=8.0,
            unit="times",
            least=False,
            note=f"{sixteen * 1000:.1f} ms against {two * 1000:.1f}",
        )

    def _command(self, many: int) -> Iterator[Outcome]:
        """`gba verify` as a process: its start, and a folder with one and with two readers."""
        anchors = self._folder / "anchors.pem"
        ders = self._world.authorities.anchors.values()
        anchors.write_bytes(b"".join(_pem(der) for der in ders))
        folder = self._folder / "many"
        folder.mkdir()
        first = folder / "0000.pdf"
        first.write_bytes(self._documents["50 KB"])
        for number in range(1, many):
            (folder / f"{number:04}.pdf").hardlink_to(first)
        command = [sys.executable, "-m", "deploy.cli"]
        verify = ["verify", "--offline", "--json", "--trust", str(anchors), "--at", self._world.now.isoformat()]
        # bytecode may be kept by the first run: `make install` compiles it, and whoever works on a module may not have
        environment = {k: v for k, v in os.environ.items() if not k.startswith((PREFIX, "PYTHONDONTWRITE"))}
        environment |= {f"{PREFIX}DATA_DIR": str(self._folder / "data")}

        def run(*words: str) -> Cost:
            before, begun = _used(), time.perf_counter()
            subprocess.run([*command, *words], cwd=CHECKOUT, env=environment, capture_output=True, check=True)
            return Cost(processor=_used() - before, clock=time.perf_counter() - begun)

        run(*verify, str(first))  # makes the data directory, and the bytecode of what was changed
        starts = [run(*verify, str(first)) for _ in range(ROUNDS)]
        yield _start("verify-start", "`gba verify` of one file, from its start to its end", starts, asked=0.5)
        yield _start("help", "`gba --help`", [run("--help") for _ in range(ROUNDS)], asked=0.3)
        start = Cost.median(starts)
        others = os.getloadavg()[0]
        rounds = [
            tuple(run(*verify, "--jobs", jobs, str(folder)).without(start) for jobs in ("1", "2"))
            for _ in range(FOLDER_ROUNDS)
        ]
        # a neighbour of this machine who wakes up spoils a round, not the middle of three
        one, two = sorted(rounds, key=lambda each: each[0].clock / each[1].clock)[FOLDER_ROUNDS // 2]
        busy = max(0.0, others - 1) + max(0.0, os.getloadavg()[0] - 2)
        yield Outcome(
            name="verify-folder",
            words=f"`gba verify` of {many} files with two processes beside one",
            reached=one.clock / two.clock,
            asked=1.8,
            unit="times",
            least=True,
            note=f"the middle of {', '.join(f'{a.clock / b.clock:.2f}' for a, b in rounds)}; "
            f"{many / two.clock:.0f} documents a second; "
            f"processors kept busy {one.occupied:.2f} and {two.occupied:.2f}"
            + (f"; they were not free (load {os.getloadavg()[0]:.1f})" if busy > BUSY else ""),
        )


def _start(name: str, words: str, costs: Sequence[Cost], *, asked: float) -> Outcome:
    """What a command takes that has next to nothing to do."""
    typical, best = Cost.median(costs), min(each.processor for each in costs)
    return Outcome(
        name=name,
        words=f"{words}, processor time",
        reached=typical.processor,
        asked=asked,
        unit="s",
        least=False,
        note=f"{best:.2f} s at best; {typical.clock:.2f} s by the clock",
    )


def verifier(world: SealingWorld, reader: ContainedReader) -> VerifyDocument:
    """Everything on but the network, in which nothing is measured."""
    return VerifyDocument(
        reader=reader, status=None, snapshot=sealing.snapshot(world.authorities), policy=ORDINARY, clock=world.clock
    )


def _pem(der: bytes) -> bytes:
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415 - one of two x509 modules here

    return load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def _used() -> float:
    """Processor time of this process, of those it has started, and of those that have ended."""
    return processors.exact_seconds_used(os.getpid())


def _medians(acts: Sequence[Callable[[], object]], *, rounds: int, least: float = 0.1) -> list[float]:
    """Processor seconds of each, one after the other in each round."""
    counts = []
    for act in acts:
        act()
        before = _used()
        act()
        counts.append(max(1, min(50, int(least / max(_used() - before, 1e-4)))))
    slices: list[list[float]] = [[] for _ in acts]
    for _ in range(rounds):
        for act, count, kept in zip(acts, counts, slices, strict=True):
            before = _used()
            for _ in range(count):
                act()
            kept.append((_used() - before) / count)
    return [statistics.median(kept) for kept in slices]


def run(folder: Path, *, quick: bool, say: Callable[[str], None]) -> list[Outcome]:
    """All outcomes, each told as soon as it is known."""
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)  # pyHanko tells at length of what it validates
    say("sealing what is to be verified")
    verifying = Verifying(folder)
    found = []
    try:
        for outcome in verifying.outcomes(rounds=1 if quick else ROUNDS, many=20 if quick else FOLDER_OF):
            say(outcome.line)
            found.append(outcome)
    finally:
        verifying.close()
        logging.disable(logging.NOTSET)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: whether it runs at all")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gba-bench-") as place:
        outcomes = run(Path(place), quick=asked.quick, say=lambda words: print(words, flush=True))
    sys.exit(not all(outcome.passed for outcome in outcomes))
