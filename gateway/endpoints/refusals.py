"""What the rim does with a refusal: reads of it what the partner may know, and has it noted."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from gateway.endpoints.vouched_certificate import Proxy
from gateway.endpoints.wire import FORM, Request
from gateway.flows.identify_caller import Traces
from gateway.flows.note_refusal import NoteRefusal, Refusal
from gateway.oidc import client_certificate

LONGEST = 65_536
MOST = 200
SLUG = 64

# A request and its answer, whoever answered: a response of the gateway's, of trust's, or a page.
Noted = Callable[[Request, Any], None]


def noting(note: NoteRefusal, *, proxy: Proxy | None = None) -> Noted:
    """What the rim is to call for each refusal. It reads as much as can be read: this is about requests gone wrong.

    `proxy` vouches for clients' certificates.
    """

    def noted(request: Request, answer: Any) -> None:
        reason = str(getattr(answer, "reason", ""))[:SLUG]
        if reason:
            refusal = Refusal(
                endpoint=f"{request.method} {_route(request)}"[:100],
                status=answer.status,
                code=_code(answer, reason),
                reason=reason,
                incident=request.incident,
            )
            note(_traces(request, proxy), refusal)

    return noted


def _route(request: Request) -> str:
    """The path, with what stood for a name in it named again."""
    names = {value: f"{{{name}}}" for name, value in request.captured.items()}
    return "/".join(names.get(segment, segment) for segment in request.path.split("/"))


def _code(answer: Any, reason: str) -> str:
    """OAuth's error code, from where the answer carries it; of a problem its type, which is the reason."""
    headers: Iterable[tuple[str, str]] = getattr(answer, "headers", ())
    sent = next((value for name, value in headers if name == "Location"), "")
    body = getattr(answer, "body", b"")
    if sent or not body:
        return dict(parse_qsl(urlsplit(sent).query)).get("error", "invalid_request")[:SLUG]
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return reason
    code = told.get("error") if isinstance(told, dict) else None
    return code[:SLUG] if isinstance(code, str) else reason


def _traces(request: Request, proxy: Proxy | None) -> Traces:
    form: Mapping[str, str] = {}
    if request.headers.get("content-type", "").lower().startswith(FORM):
        form = _read(request.body[:LONGEST])
    query = _read(request.query[:LONGEST].encode("latin-1", "replace"))
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    held = token.strip(" ") if scheme.lower() in ("bearer", "dpop") else form.get("access_token")
    shown = proxy.certificate(request) if proxy is not None else None
    return Traces(
        named=form.get("client_id") or query.get("client_id"),
        assertion=form.get("client_assertion"),
        token=held or None,
        certificate=client_certificate.thumbprint(shown) if shown is not None else None,
    )


def _read(text: bytes) -> dict[str, str]:
    """The first of each name."""
    try:
        pairs = parse_qsl(text.decode("utf-8", "replace"), max_num_fields=MOST)
    except ValueError:
        return {}
    return dict(reversed(pairs))
