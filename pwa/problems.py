"""Any error as a page in the reader's language, or as problem+json (RFC 9457), by what is accepted.

Needs no database and no session. Outward go the reason, its words and an incident id; the trace goes to the log.
"""

import json
import logging
import secrets

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from gateway.errors import (
    AssertionRejected,
    GatewayError,
    NotFound,
    PersonDeclined,
    RegionUnavailable,
    RequestRefused,
    StepRefused,
)
from pwa.explain import text_for
from pwa.problem_texts import Problem
from trust.errors import DocumentRefused, NotAuthorised, TrustError

LOG = logging.getLogger(__name__)
PROBLEM_JSON = "application/problem+json"

# By status, for what Werkzeug raises itself.
BY_STATUS = {
    400: "malformed_request",
    404: "not_found",
    405: "wrong_method",
    408: "too_slow",
    413: "body_too_large",
    414: "address_too_long",
    415: "wrong_content_type",
    429: "too_many_requests",
    431: "body_too_large",
}
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (StepRefused, 409),
    (PersonDeclined, 200),
    (AssertionRejected, 502),
    (RegionUnavailable, 503),
    (NotAuthorised, 403),
    (DocumentRefused, 422),
    (TrustError, 503),
    (GatewayError, 400),
)


class PageRefused(Exception):
    """A page is not given: the reason as a slug."""

    def __init__(self, reason: str, *, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def incident() -> str:
    """The id that the rim gave this request; else one to quote on the telephone, of letters not easily mistaken."""
    given = request.environ.get("gba.incident")
    return str(given) if given else "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(10))


def register(app: Flask) -> None:
    """Give every way of failing its answer."""
    app.register_error_handler(PageRefused, _refused)
    app.register_error_handler(GatewayError, _domain)
    app.register_error_handler(TrustError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def answer(reason: str, status: int, number: str) -> Response:
    """The problem in the form that is accepted: a page unless JSON is preferred."""
    problem = text_for(reason, status)
    if _wants_json():
        body = {
            "type": f"/problems/{reason}",
            "title": problem.title,  # English: for people there is the page
            "status": status,
            "instance": f"urn:incident:{number}",
        }
        return Response(json.dumps(body), status, mimetype=PROBLEM_JSON)
    return Response(render(problem, number), status, mimetype="text/html")


def render(problem: Problem, number: str | None) -> str:
    return render_template("pages/problem.html", problem=problem, incident=number)


def _wants_json() -> bool:
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json", PROBLEM_JSON], default="text/html")
    return best != "text/html" and accepted[best] > accepted["text/html"]


def _refused(error: PageRefused) -> Response:
    return _told(error.reason, error.status)


def _domain(error: GatewayError | TrustError) -> Response:
    status = error.status if isinstance(error, RequestRefused) else _status(error)
    return _told(error.reason, status)


def _status(error: Exception) -> int:
    return next(status for kind, status in STATUSES if isinstance(error, kind))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    response = _told(BY_STATUS.get(status, "malformed_request" if status < 500 else "unforeseen"), status)
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _told(reason: str, status: int) -> Response:
    number = incident()
    LOG.info("problem", extra={"reason": reason, "status": status, "incident": number})
    return answer(reason, status, number)


def _unforeseen(error: Exception) -> Response:
    number = incident()
    LOG.error("unforeseen", exc_info=error, extra={"incident": number})
    return answer("unforeseen", 500, number)
