"""Parameters as OAuth wants them read: once each, bounded, well formed, the empty ones as if not there.

RFC 6749 §3.1, §3.2 and appendix B. What does not fit is refused as `invalid_request` with the reason.
"""

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from gateway.endpoints.wire import FORM, BodyTooLarge, Request
from gateway.errors import RequestRefused

LONGEST = 32_768  # bytes of a form or of a query
MOST = 60  # parameters
# what a client writes alike in every request, and nothing that could be about a person, is decoded once
ALIKE = frozenset({"client_assertion_type", "redirect_uri", "scope"})
LONGEST_ALIKE = 512  # characters
BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read_form(request: Request) -> dict[str, str]:
    """The parameters of a posted form. In the query there must be none: it ends in logs (RFC 6749 §2.3.1)."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != FORM:
        raise RequestRefused("content_type_other_than_form")
    if request.query:
        raise RequestRefused("parameters_in_query")
    if len(request.body) > LONGEST:
        raise BodyTooLarge
    try:
        return parse(request.body.decode("utf-8"))
    except UnicodeDecodeError:
        raise RequestRefused("parameters_malformed") from None


def read_query(request: Request) -> dict[str, str]:
    """The parameters of the query."""
    if len(request.query) > LONGEST:
        raise RequestRefused("parameters_too_long", status=414)
    return parse(request.query)


def parse(text: str) -> dict[str, str]:
    """Names and values. Raises RequestRefused for a repeated name, a broken escape, control characters."""
    if not text:
        return {}
    found: dict[str, str] = {}
    pairs = text.split("&")
    if len(pairs) > MOST:
        raise RequestRefused("parameters_too_many")
    printable = text.isprintable()
    for pair in pairs:
        name, _, value = pair.partition("=")
        if not printable or "%" in pair or "+" in pair:  # most say what they mean
            name = _decoded(name)
            value = _decoded_before(value) if name in ALIKE and len(value) <= LONGEST_ALIKE else _decoded(value)
        if name in found:
            raise RequestRefused("parameter_repeated")
        if name:
            found[name] = value
    return {name: value for name, value in found.items() if value} if "" in found.values() else found


def _decoded(text: str) -> str:
    if "%" in text or "+" in text:
        if BROKEN_ESCAPE.search(text):
            raise RequestRefused("parameters_malformed")
        try:
            text = unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
        except UnicodeDecodeError:
            raise RequestRefused("parameters_malformed") from None
    if not text.isprintable() and CONTROL.search(text):
        raise RequestRefused("parameters_malformed")
    return text


_decoded_before = lru_cache(maxsize=256)(_decoded)
