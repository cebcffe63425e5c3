"""A rare way out leads where the settings allow, is put together when somebody first asks, and needs no database."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
ASK = """
import sys
from deploy.composing.rare_egress import RareEgress
from deploy.settings import load
from gateway.ports.egress import EgressFailed

egress = RareEgress(load({"GBA_EGRESS__ALSO_ALLOWED": "http://127.0.0.1:9", "GBA_DATA_DIR": "/nowhere"}))
print("deploy.egress" in sys.modules)
for url in ("https://elsewhere.example/ca.crl", "http://127.0.0.1:9/ca.crl"):
    try:
        egress("GET", url)
    except EgressFailed as failed:
        print(failed.reason)
print("deploy.egress" in sys.modules)
"""


def test_nothing_is_put_together_before_the_first_question() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "host_not_allowed", "no_answer", "True"]
