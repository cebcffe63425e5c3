"""The answer to an authorization request, and the ways to carry it (RFC 6749 §4.1.2, RFC 9207, Form Post, JARM)."""

import base64
import hashlib
from functools import lru_cache
from html import escape
from urllib.parse import quote

from gateway.frozen import Frozen, Hidden

Parameters = tuple[tuple[str, str], ...]

# Signed response modes (JARM §2.3) and what carries the one parameter that they are; `jwt` is the default for a code.
CARRIERS = {"jwt": "query", "query.jwt": "query", "form_post.jwt": "form_post"}
SIGNED_TYPE = "oauth-authz-resp+jwt"  # a name of ours: JARM gives none, and no other token of ours may pass for it

SUBMIT = "document.forms[0].submit()"
SUBMIT_SHA256 = base64.b64encode(hashlib.sha256(SUBMIT.encode()).digest()).decode()

# A button too, for where no script runs or this one is kept from running; it stands for a blink, so it speaks all the
# site's languages at once.
PAGE = (
    '<!doctype html><html lang="mul"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>…</title><body><form method=post action={action}>{fields}"
    "<button id=continue>繼續 · 继续 · Continue · Continuar</button></form>"
    "<script>{script}</script></body></html>"
)


class AuthorizationResponse(Frozen):
    """`parameters` hold `iss` (RFC 9207) and the request's `state`, or a signed `response` that does (JARM)."""

    redirect_uri: str
    mode: str  # query or form_post
    parameters: Hidden[Parameters]

    @property
    def url(self) -> str | None:
        """Where to redirect to (303), or None when the answer must be posted: then send `document()` as a page."""
        if self.mode != "query":
            return None
        query = "&".join([f"{name}={_quoted(value)}" for name, value in self.parameters])
        # the redirect URI may hold a query of its own, which stays (RFC 6749 §3.1.2); it never holds a fragment
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{query}"

    def document(self) -> str:
        """A page that posts the answer to the client by itself (OAuth 2.0 Form Post Response Mode §2)."""
        fields = "".join(
            f'<input type=hidden name="{escape(name)}" value="{escape(value)}">' for name, value in self.parameters
        )
        return PAGE.format(action=f'"{escape(self.redirect_uri)}"', fields=fields, script=SUBMIT)

    @property
    def content_security_policy(self) -> str:
        """What `document()` may do: run its one line and post, nothing else."""
        return f"default-src 'none'; script-src 'sha256-{SUBMIT_SHA256}'; base-uri 'none'; frame-ancestors 'none'"


def _quoted(value: str) -> str:
    """As a value in a query. A code, in base64url, is long and needs nothing (RFC 3986 §2.3)."""
    plain = value.replace("-", "").replace("_", "")
    return value if plain.isascii() and plain.isalnum() else _escaped(value)


@lru_cache(maxsize=16)  # our own issuer, in every answer
def _escaped(value: str) -> str:
    return quote(value, safe="")
