"""Slices of load, one case after another and again, so that a noisy minute falls on all of them alike."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.bench import processors, reference
from tests.bench.load import Done


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of operation: what it is, whose processor time counts, and how a slice of it is run."""

    name: str
    words: str
    pid: Callable[[], int]
    run: Callable[[float], Done]
    beside: tuple[int, ...] = ()  # processes whose time counts too

    def seconds_used(self) -> float:
        """Processor time of all that works for this case, so far."""
        return sum(processors.seconds_used(pid) for pid in (self.pid(), *self.beside))


@dataclass(slots=True)
class Slices:
    """What was measured of one case."""

    per_cpu_second: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    to_reference: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def add(self, done: Done, used: float, compared: float) -> None:
        self.per_cpu_second.append(len(done.operations) / used)
        self.per_second.append(len(done.operations) / done.seconds)
        self.to_reference.append(len(done.operations) / used / compared)
        self.took += done.operations

    @property
    def spread(self) -> float:
        """Half of the distance between the slowest and the fastest slice, against the median."""
        low, high = min(self.per_cpu_second), max(self.per_cpu_second)
        return (high - low) / 2 / statistics.median(self.per_cpu_second)

    def latency(self, share: float) -> float:
        """Seconds within which this share of the operations ended."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def measure(
    cases: Sequence[Case], *, rounds: int, seconds: float, say: Callable[[str], None], warm_up: float = 0.5
) -> tuple[dict[str, Slices], list[float]]:
    """By case its slices; and what the reference did in each round."""
    found = {case.name: Slices() for case in cases}
    references: list[float] = []
    with processors.on(processors.FOR_LOAD):
        for case in cases if warm_up else ():  # caches fill, and a compiler that watches has seen the code
            say(f"warming up: {case.name}")
            case.run(warm_up)
        for number in range(rounds):
            for case in cases:
                say(f"round {number + 1} of {rounds}: {case.name}")
                compared = reference.per_processor_second(min(0.3, seconds / 4))
                before = case.seconds_used()
                done = case.run(seconds)
                used = case.seconds_used() - before
                found[case.name].add(done, max(used, 1 / processors.TICK), compared)
                references.append(compared)
    return found, references
