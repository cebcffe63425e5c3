"""Any error as a page in the reader's language, or as problem+json (RFC 9457), by what is accepted.

Needs no database and no session. Outward go the reason, its words and an incident id; the trace goes to the log.
"""

import json
import logging
import secrets

from flask import Flask, Response
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from gateway.errors import (
    AssertionRejected,
    GatewayError,
    NotFound,
    PersonDeclined,
    RegionUnavailable,
    RequestRefused,
    StepRefused,
)
from pwa.errors import PageRefused
from pwa.explain import text_for
from pwa.problem_texts import Problem
from pwa.reply import Reply
from pwa.site import Site
from pwa.visit import Visit
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


def register(app: Flask, site: Site) -> None:
    """Give every way of failing its answer."""

    def failed(error: Exception) -> Response:
        return site.response(reply(site, site.visit(), error))

    def http(error: HTTPException) -> Response:
        status = error.code or 500
        reason = BY_STATUS.get(status, "malformed_request" if status < 500 else "unforeseen")
        response = site.response(_told(site, site.visit(), reason, status))
        for name, value in error.get_headers():
            if name.lower() in {"allow", "retry-after"}:
                response.headers[name] = value
        return response

    for kind in (PageRefused, GatewayError, TrustError, Exception):
        app.register_error_handler(kind, failed)
    app.register_error_handler(HTTPException, http)


def reply(site: Site, visit: Visit, error: Exception) -> Reply:
    """What is said of an error: its reason where it has one, else the id under which it was noted."""
    if isinstance(error, PageRefused | RequestRefused):
        return _told(site, visit, error.reason, error.status)
    if isinstance(error, GatewayError | TrustError):
        return _told(site, visit, error.reason, next(status for kind, status in STATUSES if isinstance(error, kind)))
    number = _incident(visit)
    LOG.error("unforeseen", exc_info=error, extra={"incident": number})
    return answer(site, visit, "unforeseen", 500, number)


def answer(site: Site, visit: Visit, reason: str, status: int, number: str) -> Reply:
    """The problem in the form that is accepted: a page unless JSON is preferred."""
    problem = text_for(reason, status)
    if not _wants_json(visit.accept):
        return page(site, visit, problem, number, status=status)
    body = {
        "type": f"/problems/{reason}",
        "title": problem.title,  # English: for people there is the page
        "status": status,
        "instance": f"urn:incident:{number}",
    }
    return Reply(status=status, kind=PROBLEM_JSON, body=json.dumps(body).encode())


def page(site: Site, visit: Visit, problem: Problem, number: str | None, *, status: int = 200) -> Reply:
    return site.show(visit, "problem.html", status=status, problem=problem, incident=number)


def _wants_json(accept: str | None) -> bool:
    accepted = parse_accept_header(accept, MIMEAccept)
    best = accepted.best_match(["text/html", "application/json", PROBLEM_JSON], default="text/html")
    return best != "text/html" and accepted[best] > accepted["text/html"]


def _told(site: Site, visit: Visit, reason: str, status: int) -> Reply:
    number = _incident(visit)
    LOG.info("problem", extra={"reason": reason, "status": status, "incident": number})
    return answer(site, visit, reason, status, number)


def _incident(visit: Visit) -> str:
    """The id that the rim gave this request; else one to quote on the telephone, of letters not easily mistaken."""
    return visit.incident or "".join(secrets.choice("23456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(10))
