"""The access token in a request to a protected resource (RFC 6750 §2, RFC 9449 §7.1)."""

from gateway.endpoints.parameters import read_form, read_query
from gateway.endpoints.wire import FORM, Request
from gateway.errors import RequestRefused
from gateway.flows.check_access import BEARER, DPOP, Presentation


def presentation(request: Request) -> Presentation:
    """How the token came: in the header, or in a posted form. Never in the query (FAPI 2.0 §5.3.3)."""
    if "access_token" in read_query(request):
        raise RequestRefused("token_in_query")
    header = request.headers.get("authorization")
    in_form = _in_form(request)
    if header is not None and in_form is not None:
        raise RequestRefused("token_twice")  # RFC 6750 §2
    if header is not None:
        scheme, _, token = header.partition(" ")
        scheme, token = scheme.lower(), token.strip(" ")
    else:
        scheme, token = BEARER, in_form or ""
    if scheme not in (BEARER, DPOP) or not token:
        raise RequestRefused("token_missing", code="invalid_token", status=401)
    proof = request.headers.get("dpop")
    return Presentation(
        token=token,
        scheme=scheme,
        proof=proof,
        method=request.method,
        path=request.path,
        certificate=request.certificate,
    )


def _in_form(request: Request) -> str | None:
    if request.method != "POST" or not request.headers.get("content-type", "").lower().startswith(FORM):
        return None
    return read_form(request).get("access_token")
