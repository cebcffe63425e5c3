"""A form is answered only by the browser it was made for, and only from our own pages.

Three layers: the browser cookie is SameSite=Lax, the request says that it comes from here (Origin, else
Sec-Fetch-Site), and the form carries an HMAC of the browser's cookie.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit


def token(key: bytes, browser: str) -> str:
    """The token of this browser's forms."""
    mac = hmac.digest(key, b"form\0" + browser.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac[:24]).decode()


def objection(
    *, key: bytes, browser: str | None, offered: str, headers: Mapping[str, str], host: str, origin: str
) -> str | None:
    """Why this form is not taken, or None."""
    if not from_here(headers, host=host, origin=origin):
        return "form_from_elsewhere"
    if browser is None:
        return "form_without_cookie"
    if not hmac.compare_digest(token(key, browser).encode(), offered.encode()):
        return "form_expired"
    return None


def from_here(headers: Mapping[str, str], *, host: str, origin: str) -> bool:
    """Browsers send Origin with every POST; those that hide it still send Sec-Fetch-Site."""
    sent = headers.get("Origin")
    if sent is not None:
        return sent == origin or _host(sent) == host
    return headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}


def _host(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # no browser writes such a one
        return None
