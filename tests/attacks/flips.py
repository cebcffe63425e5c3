"""Every byte that no signature covers, changed, and a sample of those that one does: nothing passes that was touched.

Slow, so run by hand: python -m tests.attacks.flips [--most N] [shapes...] writes what came of it to FLIPS.md beside
this file. One bit is changed at a time; what passes all the same is told with its place. --most draws so many of the
bytes that are not covered.
"""

import argparse
import re
import sys
import time
import warnings
from binascii import unhexlify
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pikepdf

from tests.attacks.documents import base, signer, world
from tests.attacks.parts import RANGE
from tests.attacks.update import Update
from tests.fakes.foreign_signing import ForeignSigner
from tests.fakes.sealing_world import plain_pdf
from tests.flows import test_verify_guomi as guomi
from trust.validation.report import Report

TABLE = Path(__file__).with_name("FLIPS.md")
SAMPLE = 400
EVERY = 16  # of the zeros that fill a value up, one in so many
HEAD = f"""# Bytes changed one at a time

Made by `python -m tests.attacks.flips`. In each document one bit was changed of bytes that its last signature or
timestamp does not cover (of the zeros that fill it up, one in {EVERY} counts), and of {SAMPLE} that it does cover.

| Document | Bytes | Not covered | Changed of these | Covered, changed | Passed | FAILED | INDETERMINATE | Seconds |
|---|---|---|---|---|---|---|---|---|
"""
PASSED = """
What passed all the same, by its place in the message:

"""


def _hybrid() -> bytes:
    """A document with a table and, beside it, a stream of cross-references (ISO 32000-2 §7.5.8.4)."""
    update = Update(plain_pdf())
    number = update.add(b"<< /Kept (behind the table) >>")
    whole = update.written(table=False, trailer=b"")
    whole = whole[: whole.rindex(b"startxref")]
    place, own = whole.rindex(b"%d 0 obj" % number), number + 1
    row = b"\x01" + place.to_bytes(4, "big") + b"\x00"
    at = len(whole)
    entries = b"<< /Type /XRef /W [1 4 1] /Index [%d 1] /Size %d /Length 6 >>" % (number, own + 1)
    whole += b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (own, entries, row)
    trailer = b"xref\n0 0\ntrailer\n<< /Size %d /Root %d 0 R /Prev %d /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n"
    return whole + trailer % (own + 1, update.root.number, update.layout.start, at, len(whole))


def _with_object_streams() -> bytes:
    return plain_pdf(2, object_stream_mode=pikepdf.ObjectStreamMode.generate)


SHAPES: dict[str, Callable[[], bytes]] = {
    "another's approval, P-256, B-B": lambda: base("approval, B-B"),
    "another's approval, P-256, B-T": lambda: base("approval, B-T"),
    "another's approval, P-256, B-LTA": lambda: base("approval, B-LTA"),
    "our seal, B-LTA": lambda: base("our seal, B-LTA"),
    "our seal, B-B": lambda: base("our seal, B-B"),
    "two signatures": lambda: signer().sign(base("approval, B-B"), name="Second"),
    "RSA over a hybrid cross-reference": lambda: ForeignSigner(world=world(), kind="RSA").sign(_hybrid()),
    "Ed25519 over object streams": lambda: ForeignSigner(world=world(), kind="Ed25519").sign(_with_object_streams()),
    "SM2 in CMS": guomi.HONEST["SM2 in CMS"],
}


def verified(name: str) -> Callable[[bytes], Report]:
    """How documents of this shape are verified."""
    return guomi.verified if name.startswith("SM2") else world().verifier()


@dataclass(slots=True)
class Row:
    """What came of one document."""

    name: str
    size: int
    free: int
    changed: int
    verdicts: Counter[str] = field(default_factory=Counter)
    passed: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def __str__(self) -> str:
        counts = " | ".join(str(self.verdicts[each]) for each in ("PASSED", "FAILED", "INDETERMINATE"))
        return (
            f"| {self.name} | {self.size} | {self.free} | {self.changed} | {SAMPLE} | {counts} | {self.seconds:.0f} |"
        )


def outside(pdf: bytes) -> tuple[int, int]:
    """Where the value of the last signature begins and ends, brackets included."""
    ranges = [[int(number) for number in re.findall(rb"\d+", found)] for found in RANGE.findall(pdf)]
    first, second, third, _ = max(ranges, key=lambda each: each[2])
    return first + second, third


def row(name: str, most: int | None, seed: int = 20261122) -> Row:
    """One document, changed byte by byte."""
    pdf, random, begun = SHAPES[name](), Random(seed), time.monotonic()
    begins, ends = outside(pdf)
    padded = begins + len(pdf[begins:ends].rstrip(b"0>"))
    free = [*range(begins, padded), *range(padded, ends - 1, EVERY), ends - 1]
    drawn = free if most is None or len(free) <= most else sorted(random.sample(free, most))
    covered = random.sample([*range(begins), *range(ends, len(pdf))], SAMPLE)
    verify, found = verified(name), Row(name, len(pdf), len(free), len(drawn))
    assert verify(pdf).verdict.passed
    for place in (*drawn, *covered):
        changed = bytearray(pdf)
        changed[place] ^= 1 << random.randrange(8)
        verdict = verify(bytes(changed)).verdict
        found.verdicts[str(verdict.indication)] += 1
        if verdict.passed:
            found.passed.append(_told(pdf, bytes(changed), begins, place))
    found.seconds = time.monotonic() - begun
    return found


def _told(pdf: bytes, changed: bytes, begins: int, place: int) -> str:
    """The octet that was changed, with those round it."""
    octet = (place - begins - 1) // 2
    at = begins + 1 + 2 * octet
    if changed[at : at + 2].lower() == pdf[at : at + 2].lower():
        return f"octet {octet}: the same digit in another case"
    near = unhexlify(pdf[at - 24 : at + 26])
    text = "".join(chr(each) if 32 <= each < 127 and each != 96 else "·" for each in near)
    became = f"{pdf[at : at + 2].decode()} became {changed[at : at + 2].decode()}"
    return f"octet {octet}, in the middle of `{near.hex()}` (`{text}`): {became}"


def main() -> int:
    """Each shape in turn."""
    asked = argparse.ArgumentParser(prog="python -m tests.attacks.flips", description=__doc__)
    asked.add_argument("--most", type=int)
    asked.add_argument("shapes", nargs="*", default=list(SHAPES))
    told = asked.parse_args()
    warnings.simplefilter("ignore")
    rows: list[Row] = []
    for name in told.shapes:
        rows.append(row(name, told.most))
        print(rows[-1], *rows[-1].passed, sep="\n", flush=True)
        listed = [f"* {each.name}: {line}" for each in rows for line in each.passed]
        text = HEAD + "\n".join(map(str, rows)) + "\n" + (PASSED + "\n".join(listed) + "\n" if listed else "")
        TABLE.write_text(text, "utf-8")
    return 1 if any(each.passed for each in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
