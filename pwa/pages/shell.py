"""The shell's own addresses: the first redirect, a choice of language or text size, static files, app files."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, abort, request
from msgspec.structs import replace

from gateway.frozen import Frozen, Hidden
from pwa import problems
from pwa.cookies import LANGUAGE, TEXT_SIZE
from pwa.explain import is_known, text_for
from pwa.locale import BY_CODE, Language, negotiate
from pwa.reader import LARGE, own_place
from pwa.security_headers import PERSONAL
from pwa.shell import service_worker
from pwa.shell.manifest import manifest
from pwa.site import Site
from pwa.typeset import TEMPLATES

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


def shell_pages(site: Site) -> Blueprint:
    pages = ShellPages(site=site, worker_script=service_worker.script(site.assets, offline_texts(site)))
    shell = Blueprint("shell", __name__)
    shell.add_url_rule("/", view_func=pages.root)
    shell.add_url_rule("/favicon.ico", view_func=pages.favicon)
    shell.add_url_rule("/sw.js", view_func=pages.worker)
    shell.add_url_rule("/static/<revision>/<path:path>", view_func=pages.static)
    shell.add_url_rule("/problems/<reason>", view_func=pages.problem_somewhere)
    shell.add_url_rule("/<code>/choose", view_func=pages.choose)
    shell.add_url_rule("/<code>/manifest.webmanifest", view_func=pages.app_manifest)
    shell.add_url_rule("/<code>/offline", view_func=pages.offline)
    shell.add_url_rule("/<code>/problems/<reason>", view_func=pages.problem)
    return shell


def offline_texts(site: Site) -> Iterator[str]:
    """Everything that the kept pages are made of."""
    for name in ("base.html", "pages/offline.html"):
        yield (TEMPLATES / name).read_text(encoding="utf-8")
    for catalogue in site.catalogues.values():
        yield from catalogue.singles.values()


class ShellPages(Frozen):
    site: Site
    worker_script: Hidden[bytes]

    def root(self) -> Response:
        """Negotiated once; from then on the language stands in the address."""
        return self._onward("/")

    def choose(self, code: str) -> Response:
        """Remember the language, or the text size, and go on to the same place."""
        language = known(code)
        response = Response(
            status=303, headers={"Location": f"/{language.code}{own_place(request.args.get('to', '/'))}"}
        )
        if "text" in request.args:
            size = LARGE if request.args["text"] == LARGE else "normal"
            self.site.cookies.set_wish(response, TEXT_SIZE, size)
        else:
            self.site.cookies.set_wish(response, LANGUAGE, language.code)
        return response

    def static(self, revision: str, path: str) -> Response:
        """Of another revision too: a page was on its way while the site was renewed. That answer is kept nowhere."""
        asset = self.site.assets.files.get(path)
        if asset is None:
            abort(404)
        packed = asset.packed if "gzip" in request.headers.get("Accept-Encoding", "") else None
        kept = FOR_EVER if revision == self.site.assets.revision else PERSONAL
        response = Response(packed or asset.body, content_type=asset.kind, headers={"Cache-Control": kept})
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        if asset.packed:
            response.vary.add("Accept-Encoding")
        return response

    def favicon(self) -> Response:
        return Response(status=302, headers={"Location": self.site.assets.url("icons/icon-192.png")})

    def app_manifest(self, code: str) -> Response:
        catalogue = self.site.catalogues[known(code)]
        body = json.dumps(manifest(catalogue.language, self.site.assets, catalogue.gettext), ensure_ascii=False)
        return Response(body, mimetype="application/manifest+json", headers={"Cache-Control": ASK_AGAIN})

    def offline(self, code: str) -> Response:
        """Kept by the service worker, so it is the same for everybody: no name, no form, no session.

        It is shown at the address that could not be reached: trying again is loading that one.
        """
        known(code)
        elsewhere = replace(self.site.reader(), place="/")  # another language is not another time without a network
        response = self.site.page("offline.html", reader=lambda: elsewhere)
        response.headers["Cache-Control"] = ASK_AGAIN
        return response

    def worker(self) -> Response:
        return Response(self.worker_script, content_type="text/javascript", headers={"Cache-Control": ASK_AGAIN})

    def problem_somewhere(self, reason: str) -> Response:
        """The `type` of a problem+json answer points here; it is explained in the reader's language."""
        if not is_known(reason):
            abort(404)
        return self._onward(f"/problems/{reason}")

    def problem(self, code: str, reason: str) -> Response:
        known(code)
        if not is_known(reason):
            abort(404)
        return self.site.response(problems.page(self.site, self.site.visit(), text_for(reason, 400), None))

    def _onward(self, path: str) -> Response:
        choice = self.site.visit().cookies.get(LANGUAGE)
        language = negotiate(request.headers.get("Accept-Language", ""), choice)
        response = Response(status=302, headers={"Location": f"/{language.code}{path}"})
        response.vary.update(("Accept-Language", "Cookie"))
        return response


def known(code: str) -> Language:
    if code not in BY_CODE:
        abort(404)
    return BY_CODE[code]
