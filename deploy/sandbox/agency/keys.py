"""The agency's own signing key: P-256, made once in its folder, read from there afterwards."""

import json
import os
from pathlib import Path

from joserfc.jwk import ECKey

ALGORITHM = "ES256"
_FILE = "agency-key.json"


def load_or_create(folder: Path) -> ECKey:
    """The agency's key. Two processes starting at once end with the same one: the first link wins."""
    path = folder / _FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
        draft = folder / f"{_FILE}.{os.getpid()}"
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
