"""The service worker's script: its template with the revision of the shell and the list of what to keep.

It keeps the shell and one offline page a language; a personal answer never enters its cache.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pwa.locale import LANGUAGES
from pwa.shell.assets import Assets

SHELL = ("css/site.css", "js/site.mjs", "icons/mark.svg")
TEMPLATE = Path(__file__).with_name("service_worker.js")


def script(assets: Assets, texts: Iterable[str]) -> bytes:
    """`texts` are the offline pages as rendered: a changed word is a changed revision."""
    template = TEMPLATE.read_text(encoding="utf-8")
    digest = hashlib.sha256(assets.revision.encode() + template.encode())
    for text in texts:
        digest.update(text.encode())
    keep = [f"/{language.code}/offline" for language in LANGUAGES] + [
        assets.url(path) for path in assets.files if path in SHELL or path.endswith(".mjs")
    ]
    languages = [language.code for language in LANGUAGES]
    return (
        template.replace('"REVISION"', json.dumps(digest.hexdigest()[:16]))
        .replace('["KEEP"]', json.dumps(keep))
        .replace('["LANGUAGES"]', json.dumps(languages))
        .encode()
    )
