"""The five cookies, and how each is set. Three are random names of a browser, a session and a visit; two are wishes.

`gba_browser`, `gba_session` and `gba_partner` say nothing by themselves: storage keeps only their SHA-256. The last is
an agency's engineer's, at the pages for partners, and opens nothing else. `gba_lang` and `gba_text` hold an explicit
choice of language and text size. Nothing else is kept in the browser.
"""

import hashlib
import secrets
from collections.abc import Mapping

from flask import Response
from werkzeug.http import dump_cookie

from gateway.frozen import Frozen

LANGUAGE = "gba_lang"
TEXT_SIZE = "gba_text"
A_YEAR = 365 * 24 * 3600
LONGEST = 200


class Cookies(Frozen, kw_only=False):
    """Over https the names carry `__Host-`: no subdomain can set them (RFC 6265bis §4.1.3.2)."""

    secure: bool

    @property
    def browser(self) -> str:
        return "__Host-gba_browser" if self.secure else "gba_browser"

    @property
    def session(self) -> str:
        return "__Host-gba_session" if self.secure else "gba_session"

    @property
    def partner(self) -> str:
        return "__Host-gba_partner" if self.secure else "gba_partner"

    def secret(self, name: str, value: str) -> tuple[str, str]:
        """The header that gives a browser one of the three names; it ends with the browser."""
        return "Set-Cookie", dump_cookie(name, value, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def set_wish(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, max_age=A_YEAR, path="/", secure=self.secure, httponly=True, samesite="Lax")

    def forget(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="Lax")


def read(header: str) -> Mapping[str, str]:
    """The cookies of a request. The first of a name counts; what is none of ours, or too long to be, is left out."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if 0 < len(value) <= LONGEST:
            found.setdefault(name, value)
    return found


def fresh() -> str:
    """A new name for a browser: 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(value: str) -> str:
    """What storage keeps of a cookie."""
    return hashlib.sha256(value.encode()).hexdigest()
