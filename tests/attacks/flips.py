"""Every byte that no signature covers, changed, and a sample of those that one does: nothing passes that was touched.

Slow, so run by hand: python -m tests.attacks.flips [bases...] writes what came of it to FLIPS.md beside this file.
"""

import re
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from random import Random

from tests.attacks.documents import BASES, base, world
from tests.attacks.parts import RANGE

TABLE = Path(__file__).with_name("FLIPS.md")
SAMPLE = 400
HEAD = """# Bytes changed one at a time

Made by `python -m tests.attacks.flips`: in each document every byte that its last signature or timestamp does not cover
was changed by one bit, and {sample} of those that it covers. Nothing that was touched may pass, but for the case of
letters in the issuer's name by which a signer is identified: RFC 5280 §7.1 calls it the same name.

| Document | Bytes | Not covered, changed | Covered, changed | Passed | FAILED | INDETERMINATE | Seconds |
|---|---|---|---|---|---|---|---|
"""


def outside(pdf: bytes) -> list[int]:
    """Places that the last signature does not cover."""
    ranges = [[int(number) for number in re.findall(rb"\d+", found)] for found in RANGE.findall(pdf)]
    first, second, third, length = max(ranges, key=lambda each: each[2])
    return [*range(first + second, third), *range(third + length, len(pdf))]


def row(name: str, seed: int = 20261122) -> tuple[str, int]:
    """A line of the table, and how many passed that must not."""
    pdf, random, begun = base(name), Random(seed), time.monotonic()
    free = outside(pdf)
    covered = random.sample(sorted(set(range(len(pdf))) - set(free)), SAMPLE)
    verify, verdicts = world().verifier(), Counter[str]()
    for place in (*free, *covered):
        changed = bytearray(pdf)
        changed[place] ^= 1 << random.randrange(8)
        verdicts[str(verify(bytes(changed)).verdict.indication)] += 1
    counts = " | ".join(str(verdicts[each]) for each in ("PASSED", "FAILED", "INDETERMINATE"))
    spent = time.monotonic() - begun
    return f"| {name} | {len(pdf)} | {len(free)} | {SAMPLE} | {counts} | {spent:.0f} |", verdicts["PASSED"]


def main(names: list[str]) -> int:
    warnings.simplefilter("ignore")
    rows, passed = [], 0
    for name in names:
        line, spared = row(name)
        print(line, flush=True)
        rows.append(line)
        passed += spared
        TABLE.write_text(HEAD.format(sample=SAMPLE) + "\n".join(rows) + "\n", "utf-8")
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(BASES)))
