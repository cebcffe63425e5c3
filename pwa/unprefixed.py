"""An address without its language, typed or printed on paper: sent on to the same page in the reader's language."""

from flask import Flask, Response, redirect, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from pwa.site import Site


def register(app: Flask, site: Site) -> None:
    """Before anything else is tried for an address that no page has."""

    def send_on() -> Response | None:
        if request.url_rule is not None or request.method not in ("GET", "HEAD"):
            return None
        wanted = site.reader().href(request.path)
        try:
            app.url_map.bind(request.host).match(wanted, method="GET")
        except RequestRedirect:
            pass  # a page of ours, but for a slash
        except HTTPException:
            return None
        query = request.query_string.decode("ascii", "replace")
        answer = redirect(f"{wanted}?{query}" if query else wanted, 302)
        answer.vary.update(("Accept-Language", "Cookie"))
        assert isinstance(answer, Response)
        return answer

    app.before_request(send_on)
