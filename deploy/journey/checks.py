"""Checks that need no gateway: a sealed file by `gba verify`, a receipt by its signature."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from deploy.journey.step import Failed
from deploy.settings import CHECKOUT
from gateway.frozen import Frozen
from gateway.identity import receipt

_SECONDS = 120


class VerifyCommand(Frozen):
    """`gba verify FILE --json` as a process of its own, with the authorities of `environment`."""

    environment: Mapping[str, str]

    def __call__(self, file: Path) -> Mapping[str, object]:
        done = subprocess.run(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "deploy.cli", "verify", "--json", str(file)],
            cwd=CHECKOUT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        try:
            report = json.loads(done.stdout.splitlines()[0])
        except (ValueError, IndexError):
            said = done.stderr.decode("utf-8", "replace").strip()[-300:]
            raise Failed("a report of gba verify", f"exit {done.returncode}: {said}") from None
        if not isinstance(report, dict):
            raise Failed("one JSON object a file", done.stdout[:200].decode("utf-8", "replace"))
        return report


class ReceiptCheck(Frozen):
    """A consent's receipt against the keys that the gateway publishes: the person needs nobody else for it."""

    keys_url: str

    def __call__(self, served: bytes, shown: str) -> str | None:
        """What is wrong with it, or None; `shown` is the hash of the text that was on the screen."""
        published = httpx.get(self.keys_url, timeout=30, trust_env=False)
        if published.status_code != 200:
            return f"no keys at {self.keys_url} (status {published.status_code})"
        keys = {str(key["kid"]): key for key in published.json()["keys"]}
        checked = receipt.verify(_compact(served), keys)
        if isinstance(checked, receipt.Disproved):
            return checked.reason
        hashes = [notice["text_sha256"].removeprefix("sha256:") for notice in checked.content["notices"]]
        return None if shown in hashes else "the text that was shown is not the text in the receipt"


def _compact(served: bytes) -> str:
    """The signed receipt: the JWS itself, or the one beside its content in the clear."""
    text = served.decode("utf-8", "replace").strip()
    if not text.startswith("{"):
        return text
    try:
        return str(json.loads(text).get("receipt", ""))
    except ValueError:
        return ""
