"""Runs cases in a child under limits; a case that kills, stalls or fills it is kept as a file."""

import json
import mmap
import os
import re
import resource
import signal
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzz.mutations import mutate
from tests.fuzz.subjects import Subject

HANG = 20.0  # seconds of processor time for one case
STALLED = 120.0  # seconds on the clock, on a machine that does other things too
LARGEST_RSS = 512 * 1024  # KiB
ADDRESSES = 4 * 1024**3
A_CHILD = 400  # cases, then a fresh child: its memory counts from its start
ALIKE = 3  # findings that are kept of those with the same problem at the same place
PLACE = struct.Struct(">QdQ")  # the case that is being examined, when it was begun, and how many passed so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Examines cases one after another and keeps what it finds."""

    subjects: Mapping[str, Subject]
    folder: Path
    seed: int

    def run(self, until: float) -> tuple[Counter[str], int]:
        """Cases until this moment of the monotonic clock: how many of each subject, and how many passed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        case = passed = 0
        while time.monotonic() < until:
            case, again = self._child(case, until)
            passed += again
        return Counter(self._subject(number)[0] for number in range(case)), passed

    def case(self, number: int) -> tuple[str, str, bytes]:
        """Subject, name of what was changed, and the changed bytes: the same for the same stock, seed and number."""
        chosen, random = self._subject(number)
        subject = self.subjects[chosen]
        name = random.choice(list(subject.stock))
        return chosen, name, mutate(subject.stock[name], random, subject.ways)

    def found(self) -> Counter[str]:
        """Problems, and how often each was kept."""
        return Counter(json.loads(path.read_text())["problem"] for path in self.folder.glob("*.json"))

    def _subject(self, number: int) -> tuple[str, Random]:
        random = Random(f"{self.seed}:{number}")
        names = list(self.subjects)
        return random.choices(names, [self.subjects[name].share for name in names])[0], random

    def _child(self, first: int, until: float) -> tuple[int, int]:
        """Examine some cases in a child: the number of the next, and how many passed."""
        with mmap.mmap(-1, PLACE.size) as shared:
            shared[:] = PLACE.pack(first, time.monotonic(), 0)
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                try:
                    self._examine(shared, first, until)
                    os._exit(0)
                finally:
                    os._exit(1)
            problem = _ended(child, shared)
            current, _, passed = PLACE.unpack(shared[:])
        if problem is None:
            return current, passed
        self._keep(problem, "", current, self.case(current))
        return current + 1, passed

    def _examine(self, shared: mmap.mmap, first: int, until: float) -> None:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        passed = 0
        for number in range(first, first + A_CHILD):
            shared[:] = PLACE.pack(number, time.monotonic(), passed)
            if time.monotonic() > until:
                return
            subject, name, data = self.case(number)
            begun = time.process_time()
            try:
                passed += self.subjects[subject].examine(name, data) or 0
            except Exception as error:  # whatever comes out is what is looked for
                place = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{Path(place.filename).name}:{place.lineno} {error}"[:300]
                self._keep(type(error).__name__, where, number, (subject, name, data))
            if (spent := time.process_time() - begun) > HANG:
                self._keep("Slow", f"{spent:.0f} seconds", number, (subject, name, data))
            if (used := resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) > LARGEST_RSS:
                self._keep("Large", f"{used // 1024} MB", number, (subject, name, data))
                shared[:] = PLACE.pack(number + 1, time.monotonic(), passed)
                return
        shared[:] = PLACE.pack(first + A_CHILD, time.monotonic(), passed)

    def _keep(self, problem: str, where: str, number: int, case: tuple[str, str, bytes]) -> None:
        subject, name, data = case
        alike = re.sub(r"[^\w.:-]+", "_", f"{problem}-{subject}-{where}")[:100]
        if len(list(self.folder.glob(f"{alike}-*.json"))) >= ALIKE:
            return
        told = {"problem": problem, "where": where, "subject": subject, "changed": name, "case": number}
        (self.folder / f"{alike}-{number}.bin").write_bytes(data)
        (self.folder / f"{alike}-{number}.json").write_text(json.dumps({**told, "seed": self.seed}, indent=1))


def _ended(child: int, shared: mmap.mmap) -> str | None:
    """How the child ended, if not well; one that stands still for too long is ended."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return None if status == 0 else f"Died{status}"
        _, begun, _ = PLACE.unpack(shared[:])
        if time.monotonic() - begun > STALLED:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "Stalled"
        time.sleep(0.05)
