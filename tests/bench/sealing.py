"""Sealing and verifying in a process of their own: B-LTA, with the sandbox's authorities in that process.

Run as `python -m tests.bench.sealing FOLDER` it takes orders on its standard input, one a line (`seal 2.0`, for two
seconds), and answers each with a JSON array of how long each operation took.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fpdf import FPDF
from msgspec.structs import replace

from deploy.composing import sealing
from deploy.composing.custody import open_keys
from deploy.settings import CHECKOUT, PREFIX, load, process_environment
from tests.bench import processors, pyhanko_peer
from trust.signing.profile import Level, SealProfile

SIZE = 50_000  # bytes of the file
WORDS = ("harbour", "kapok", "estuary", "ferry", "lantern", "registry", "island", "bridge", "record", "seal")


def sample() -> bytes:
    """The same PDF every time: pages of text until it is large enough."""
    choose = random.Random(1)
    pdf = FPDF()
    pdf.set_compression(False)
    pdf.set_font("Helvetica", size=10)
    while True:
        pdf.add_page()
        pdf.multi_cell(0, 5, " ".join(choose.choice(WORDS) for _ in range(600)))
        if pdf.pages_count * 5_000 >= SIZE:
            return bytes(pdf.output())


@dataclass(slots=True)
class Sealing:
    """The process, seen from the bench."""

    folder: Path
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        with processors.on(processors.FOR_SERVERS):
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench.sealing", str(self.folder)],
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        self.order("seal", 0.0)
        self.order("verify", 0.0)

    def order(self, verb: str, seconds: float) -> list[float]:
        """How long each operation took."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{verb} {seconds}\n")
        process.stdin.flush()
        took: list[float] = json.loads(process.stdout.readline())
        return took

    def stop(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(10)


def verbs(folder: Path) -> dict[str, Callable[[], object]]:
    """One seal, one verification."""
    kept = {name: value for name, value in process_environment().items() if not name.startswith(PREFIX)}
    settings = load(kept | {f"{PREFIX}DATA_DIR": str(folder)})
    authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
    egress = sealing.in_process(authorities)
    keys, territory = open_keys(settings), settings.trust.seal_territory
    urls = sealing.timestamp_urls(settings.trust, settings.sandbox_url)
    surveyor = sealing.surveying(settings.trust, workers=1)
    seal, seal_rsa = (
        sealing.pdf_sealing(
            partial(sealing.seal_device, keys, territory, authorities, algorithm=algorithm), egress, urls, surveyor
        )
        for algorithm in ("P-256", "RSA-2048")
    )
    profile = SealProfile(
        agency="Agency of the bench",
        language="zh-Hant",
        level=Level("B-LTA"),
        visible=True,
        verification_url=f"{settings.public_url}/verify",
    )
    pdf = sample()
    sealed = seal(pdf, profile).content
    verify = sealing.verification(sealing.snapshot(authorities), egress, settings.trust, readers=1)

    def verified() -> None:
        verdict = verify(sealed, name="bench.pdf").as_json()["verdict"]
        assert verdict == "PASSED", verdict

    plain = replace(profile, visible=False)
    return {
        "seal": lambda: seal(pdf, profile),
        "seal-plain": lambda: seal(pdf, plain),
        "seal-rsa": lambda: seal_rsa(pdf, plain),
        "pyhanko-seal": _later(lambda: pyhanko_peer.sealing(folder / "peer", "P-256", pdf)),
        "pyhanko-seal-rsa": _later(lambda: pyhanko_peer.sealing(folder / "peer-rsa", "RSA", pdf)),
        "verify": verified,
    }


def _later(make: Callable[[], Callable[[], object]]) -> Callable[[], object]:
    """Made ready at the first call, which the warming up makes."""
    made: list[Callable[[], object]] = []

    def act() -> object:
        if not made:
            made.append(make())
        return made[0]()

    return act


def main(folder: Path) -> None:
    known = verbs(folder)
    for line in sys.stdin:
        verb, _, seconds = line.partition(" ")
        took, end = [], time.perf_counter() + float(seconds)
        while True:
            begun = time.perf_counter()
            known[verb]()
            took.append(time.perf_counter() - begun)
            if time.perf_counter() >= end:
                break
        print(json.dumps(took), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
