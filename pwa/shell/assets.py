"""Static files, read once, served under the revision of the whole set and therefore for ever."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from gateway.frozen import Frozen, Hidden

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
TEXTS = frozenset({".css", ".mjs", ".svg"})
CSS_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
CSS_SPACE = re.compile(rb"\s+")
CSS_EDGES = re.compile(rb"\s*([{};,>])\s*")


class Asset(Frozen):
    kind: str
    body: Hidden[bytes]
    packed: Hidden[bytes | None] = None  # gzip, when it is smaller


class Assets(Frozen):
    """`revision` changes when any file does; modules import each other relatively, so it stands before the path."""

    revision: str
    files: Mapping[str, Asset]

    def url(self, path: str) -> str:
        if path not in self.files:
            raise KeyError(path)
        return f"/static/{self.revision}/{path}"


def collect(static: Path) -> Assets:
    """Every file of a known kind below `static`."""
    files = {}
    for path in sorted(static.rglob("*")):
        if path.suffix in KINDS and path.is_file():
            files[path.relative_to(static).as_posix()] = _asset(path)
    digest = hashlib.sha256()
    for name, asset in files.items():
        digest.update(name.encode() + b"\0" + asset.body + b"\0")
    return Assets(revision=digest.hexdigest()[:12], files=files)


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    if path.suffix == ".css":
        body = slim(body)
    packed = gzip.compress(body, 9, mtime=0) if path.suffix in TEXTS else None
    return Asset(kind=KINDS[path.suffix], body=body, packed=packed if packed and len(packed) < len(body) else None)


def slim(css: bytes) -> bytes:
    """The stylesheet without comments and needless space. No string in it may hold a brace or a comma with spaces."""
    return CSS_EDGES.sub(rb"\1", CSS_SPACE.sub(b" ", CSS_COMMENT.sub(b"", css))).strip()
