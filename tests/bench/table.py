"""Figures as a table for people and as an object for programs."""

import statistics
from collections.abc import Mapping, Sequence

from tests.bench.measure import Case, Slices

COLUMNS = ("", "ops/CPU-s", "± %", "to reference", "ops/s", "p50 ms", "p99 ms")


def row(name: str, slices: Slices) -> tuple[str, ...]:
    return (
        name,
        f"{statistics.median(slices.per_cpu_second):,.1f}",
        f"{slices.spread * 100:.0f}",
        f"{statistics.median(slices.to_reference):.4f}",
        f"{statistics.median(slices.per_second):,.1f}",
        f"{slices.latency(0.5) * 1000:,.1f}",
        f"{slices.latency(0.99) * 1000:,.1f}",
    )


def text(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be; the first to the left, the others to the right."""
    widths = [max(len(line[place]) for line in (head, *rows)) for place in range(len(head))]
    lines = []
    for line in (head, *rows):
        first, *others = line
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def as_json(cases: Sequence[Case], found: Mapping[str, Slices]) -> dict[str, dict[str, object]]:
    return {
        case.name: {
            "what": case.words,
            "per_cpu_second": statistics.median(found[case.name].per_cpu_second),
            "to_reference": statistics.median(found[case.name].to_reference),
            "per_second": statistics.median(found[case.name].per_second),
            "spread": found[case.name].spread,
            "p50_seconds": found[case.name].latency(0.5),
            "p99_seconds": found[case.name].latency(0.99),
            "slices": found[case.name].per_cpu_second,
        }
        for case in cases
    }
