"""The agency's own keys: P-256, each made once in its folder, read from there afterwards."""

import json
import os
from pathlib import Path

from joserfc.jwk import ECKey

ALGORITHM = "ES256"
ASSERTIONS, PROOFS = "agency-key.json", "agency-proof-key.json"


def load_or_create(folder: Path, file: str = ASSERTIONS) -> ECKey:
    """One of the agency's keys. Two processes starting at once end with the same one: the first link wins.

    The key for proofs is kept too: a sign-in that is under way when the agency starts anew is bound to it.
    """
    path = folder / file
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
        draft = folder / f"{file}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh.as_dict(private=True)), encoding="utf-8")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # the other process was first, and its key is as good
        finally:
            draft.unlink()
    return ECKey.import_key(json.loads(path.read_text(encoding="utf-8")))


def public_set(key: ECKey) -> dict[str, object]:
    """What may be published and registered (RFC 7517 §5)."""
    return {"keys": [dict(key.as_dict(private=False))]}
