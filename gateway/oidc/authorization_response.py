"""The answer to an authorization request, and the two ways to carry it (RFC 6749 §4.1.2, RFC 9207, Form Post)."""

import base64
import hashlib
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from gateway.oidc.authorization_request import AuthorizationRequest

SUBMIT = "document.forms[0].submit()"
SUBMIT_SHA256 = base64.b64encode(hashlib.sha256(SUBMIT.encode()).digest()).decode()

# A button for browsers without scripts; it stands for a blink, so it speaks all the site's languages at once.
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>…</title><body><form method=post action={action}>{fields}"
    "<noscript><button id=continue>繼續 · 继续 · Continue · Continuar</button></noscript></form>"
    "<script>{script}</script></body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationResponse:
    """`parameters` always hold `iss` (RFC 9207) and the request's `state`, whichever way they travel."""

    redirect_uri: str
    mode: str  # query or form_post
    parameters: tuple[tuple[str, str], ...] = field(repr=False)

    @classmethod
    def to(cls, request: AuthorizationRequest, issuer: str, **answer: str) -> "AuthorizationResponse":
        """The answer to this request."""
        state = (("state", request.state),) if request.state is not None else ()
        parameters = (*answer.items(), *state, ("iss", issuer))
        return cls(redirect_uri=request.redirect_uri, mode=request.response_mode, parameters=parameters)

    @property
    def url(self) -> str | None:
        """Where to redirect to (303), or None when the answer must be posted: then send `document()` as a page."""
        if self.mode != "query":
            return None
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in self.parameters)
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
