"""`python -m tests.fuzz`: change foreign bytes at random, and keep what goes wrong; exit 1 if anything did."""

import argparse
import json
import resource
import sys
import time
import warnings
from pathlib import Path

from tests.fuzz.subjects import subjects
from tests.fuzz.watching import Watch


def main() -> int:
    """Run for some minutes, and tell."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--minutes", type=float, default=2)
    asked.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    asked.add_argument("--folder", type=Path, default=Path("build/fuzz"), help="where what goes wrong is kept")
    asked.add_argument("--again", type=Path, help="examine one kept file again; its .json must lie beside it")
    told = asked.parse_args()
    warnings.simplefilter("ignore")
    watch = Watch(subjects=subjects(), folder=told.folder / str(told.seed), seed=told.seed)
    if told.again is not None:
        kept = json.loads(told.again.with_suffix(".json").read_text())
        watch.subjects[kept["subject"]].examine(kept["changed"], told.again.read_bytes())
        return 0
    begun = time.monotonic()
    done, passed = watch.run(begun + 60 * told.minutes)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"seed {told.seed}, {time.monotonic() - begun:.0f} seconds, {done.total()} cases: {dict(done)}")
    print(f"{passed} changed documents passed and held; the largest child took {largest} MB")
    found = watch.found()
    print(f"found {dict(found)} in {watch.folder}" if found else "found nothing")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
