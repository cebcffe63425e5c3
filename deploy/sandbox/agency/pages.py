"""The agency's counter on the web: two services, the arrival, the issue of a record. Works without scripts."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from joserfc.jwk import ECKey
from msgspec.structs import asdict
from werkzeug.exceptions import NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from deploy.sandbox.agency import keys, names
from deploy.sandbox.agency.documents import Registry
from deploy.sandbox.agency.errors import AgencyError, AnswerRefused, RecordRefused
from deploy.sandbox.agency.issue import record_of
from deploy.sandbox.agency.provider import Provider
from deploy.sandbox.agency.proving import Proving
from deploy.sandbox.agency.services import SERVICES, wishes
from deploy.sandbox.agency.sign_in import Person, RelyingParty, Waiting
from deploy.sandbox.agency.visits import Visits
from deploy.sandbox.agency.wording import told, words
from gateway.frozen import Frozen
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.ports.tokens import NewToken
from pwa.locale import negotiate
from pwa.views.qr import svg

COOKIE = "kapok_visit"
BROWSER = "kapok_browser"  # binds a departure to the browser that began it
AT_TERMINAL = "record"  # the one service that needs no check and so suits a terminal
LARGEST_FILE = 32 * 1024 * 1024
WAITING = "received"  # taken by the gateway, and not sealed yet


def blueprint(
    *, folder: Path, gateway_url: str, base_url: str, send: Egress, clock: Clock, new_token: NewToken
) -> Blueprint:
    """The agency's pages, to be mounted at the path of `base_url` (http://localhost:8001/agency).

    `folder` keeps its key and its visits; `send` is its way to the gateway.
    """
    key = keys.load_or_create(folder)
    provider = Provider(issuer=gateway_url, send=send, clock=clock)
    party = RelyingParty(
        client=names.CLIENT_ID,
        redirect_uri=f"{base_url}/callback",
        key=key,
        provider=provider,
        proving=Proving(send=send, clock=clock, new_token=new_token, key=keys.load_or_create(folder, keys.PROOFS)),
        clock=clock,
        new_token=new_token,
    )
    visits = Visits(path=folder / "visits.db", clock=clock)
    visits.prepare()
    counter = Counter(
        base_url=base_url,
        gateway_url=gateway_url,
        key=key,
        party=party,
        registry=Registry(party=party),
        visits=visits,
        clock=clock,
        new_token=new_token,
    )
    pages = Blueprint("agency", __name__, template_folder="templates", static_folder="static", static_url_path="/look")
    language = f"<any({', '.join(repr(code) for code in names.LANGUAGES)}):language>"
    pages.add_url_rule("/", "start", counter.start)
    pages.add_url_rule("/jwks", "jwks", counter.jwks)
    pages.add_url_rule("/callback", "callback", counter.callback)
    pages.add_url_rule(f"/{language}/", "home", counter.home)
    pages.add_url_rule(f"/{language}/sign-in", "sign_in", counter.sign_in, methods=["POST"])
    pages.add_url_rule(f"/{language}/terminal", "terminal", counter.terminal, methods=["GET", "POST"])
    pages.add_url_rule(f"/{language}/counter", "counter", counter.counter)
    pages.add_url_rule(f"/{language}/issue", "issue", counter.issue, methods=["POST"])
    pages.add_url_rule(f"/{language}/sign", "sign", counter.sign, methods=["POST"])
    pages.add_url_rule("/signed", "signed", counter.signed)
    pages.add_url_rule(f"/{language}/leave", "leave", counter.leave, methods=["POST"])
    pages.after_request(counter.guarded)
    pages.register_error_handler(AgencyError, counter.problem)
    pages.register_error_handler(RequestEntityTooLarge, counter.too_large)
    return pages


class Counter(Frozen):
    """One method a page."""

    base_url: str
    gateway_url: str
    key: ECKey
    party: RelyingParty
    registry: Registry
    visits: Visits
    clock: Clock
    new_token: NewToken

    def start(self) -> ResponseReturnValue:
        chosen = negotiate(request.headers.get("Accept-Language", ""))
        answer = redirect(url_for(".home", language=chosen.code))
        answer.headers["Vary"] = "Accept-Language"
        return answer

    def jwks(self) -> ResponseReturnValue:
        return keys.public_set(self.key)

    def home(self, language: str) -> ResponseReturnValue:
        return self._page("home", language)

    def sign_in(self, language: str) -> ResponseReturnValue:
        self._own_form()
        service = SERVICES.get(request.form.get("service", ""))
        if service is None:
            raise NotFound
        application = self._application()
        departure = self.party.depart(wishes(service, application=application, language=language))
        # one name for the browser, so that two of its tabs may both be on their way; a visit's name comes on arrival
        browser = request.cookies.get(BROWSER, "") or self.new_token()
        memory = {"language": language, "service": service.id, "application": application}
        self.visits.remember(browser, departure, memory)
        return self._remembered(redirect(departure.url, code=303), browser, cookie=BROWSER)

    def _remembered(self, answer: BaseResponse, value: str, *, cookie: str = COOKIE) -> BaseResponse:
        answer.set_cookie(
            cookie,
            value,
            path=urlsplit(self.base_url).path,
            httponly=True,
            samesite="Lax",
            secure=self.base_url.startswith("https:"),
        )
        return answer

    def terminal(self, language: str) -> ResponseReturnValue:
        """The agency's self-service terminal: a code on its screen until somebody has signed in with it."""
        if request.method == "POST":
            return self._begin_at_terminal(language)
        visit, found = request.cookies.get(COOKIE, ""), self.visits.find(request.cookies.get(COOKIE, ""))
        shown = found.get("terminal") if found is not None else None
        if found is None or not isinstance(shown, dict):
            return redirect(url_for(".home", language=language), code=303)
        try:
            looked = self.party.look(Waiting(**shown))
        except AgencyError:
            self.visits.forget(visit)
            raise
        if isinstance(looked, Person):
            kept = {name: value for name, value in found.items() if name != "terminal"}
            self.visits.keep(visit, {**kept, **_kept(looked), "arrived_at": self.clock().isoformat(), "issued": []})
            return redirect(url_for(".counter", language=language), code=303)
        self.visits.keep(visit, {**found, "terminal": asdict(looked)})
        page = self._page("terminal", language, waiting=looked, qr=svg(looked.scanned))
        page.headers["Refresh"] = str(looked.interval + 1)
        return page

    def _begin_at_terminal(self, language: str) -> ResponseReturnValue:
        self._own_form()
        service, application = SERVICES[AT_TERMINAL], self._application()
        # the gateway names the agency beside it, and takes eighty characters
        place = words(language)["kiosk_place"]
        wanted = {**wishes(service, application=application, language=language), "device_location": place}
        waiting, visit = self.party.ask(wanted), self.new_token()
        memory = {"language": language, "service": service.id, "application": application}
        self.visits.keep(visit, {**memory, "terminal": asdict(waiting)})
        return self._remembered(redirect(url_for(".terminal", language=language), code=303), visit)

    def callback(self) -> ResponseReturnValue:
        taken = self.visits.take(request.cookies.get(BROWSER, ""), request.args.get("state", ""))
        if taken is None:
            raise AnswerRefused("visit_unknown")
        departure, memory = taken
        try:
            person = self.party.arrive(request.args.to_dict(flat=False), departure)
        except AgencyError as fault:
            return self._told(fault, str(memory["language"]))
        visit = self.new_token()
        self.visits.keep(visit, {**memory, **_kept(person), "arrived_at": self.clock().isoformat(), "issued": []})
        return self._remembered(redirect(url_for(".counter", language=memory["language"]), code=303), visit)

    def counter(self, language: str) -> ResponseReturnValue:
        visit = self._visit()
        issued = visit["issued"]
        if isinstance(issued, list) and any(entry.get("state") == WAITING for entry in issued):
            visit = {**visit, "issued": [self._as_it_stands(entry) for entry in issued]}
            self.visits.keep(request.cookies.get(COOKIE, ""), visit)
        return self._page("counter", language, visit=visit)

    def issue(self, language: str) -> ResponseReturnValue:
        self._own_form()
        request.max_content_length = LARGEST_FILE
        visit = self._visit()
        upload = request.files.get("file")
        record = record_of(visit, upload.read() if upload else b"", language)
        result = self.registry.issue(record)
        issued = visit["issued"]
        others = [entry for entry in issued if entry.get("id") != result.get("id")] if isinstance(issued, list) else []
        self.visits.keep(request.cookies.get(COOKIE, ""), {**visit, "issued": [*others, result]})
        return redirect(url_for(".counter", language=language, _anchor="agency-issued"), code=303)

    def sign(self, language: str) -> ResponseReturnValue:
        """Have the person sign the agency's own document: the browser goes to the gateway's page."""
        self._own_form()
        visit = self._visit()
        record = record_of(visit, b"", language)
        asked = self.registry.ask_signature(record, return_uri=f"{self.base_url}/signed")
        self.visits.keep(request.cookies.get(COOKIE, ""), {**visit, "asked_to_sign": asked["id"]})
        return redirect(str(asked["signing_url"]), code=303)

    def signed(self) -> ResponseReturnValue:
        """Back from there: what the address says is not believed, the gateway is asked about what this visit began."""
        visit = self._visit()
        if asked := visit.get("asked_to_sign"):
            shown = self.registry.look_at_signing(str(asked))
            self.visits.keep(request.cookies.get(COOKIE, ""), {**visit, "signing": shown})
        return redirect(url_for(".counter", language=visit["language"], _anchor="agency-signing"), code=303)

    def leave(self, language: str) -> ResponseReturnValue:
        self._own_form()
        self.visits.forget(request.cookies.get(COOKIE, ""))
        answer = redirect(url_for(".home", language=language), code=303)
        answer.delete_cookie(COOKIE, path=urlsplit(self.base_url).path)
        return answer

    def problem(self, fault: AgencyError) -> ResponseReturnValue:
        return self._told(fault, self._language())

    def too_large(self, _: RequestEntityTooLarge) -> ResponseReturnValue:
        language = self._language()
        page = self._page("problem", language, sentence=words(language)["file_too_large"], reason="file_too_large")
        page.status_code = 413
        return page

    def guarded(self, answer: Response) -> Response:
        """What every page of the agency says to browsers."""
        # Chromium holds a form's redirects to form-action too, so the gateway is named.
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {self.gateway_url}"
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        # Not no-referrer: a browser would then send `Origin: null` with our own forms (Fetch §3.2).
        answer.headers["Referrer-Policy"] = "same-origin"
        if request.endpoint != "agency.static":
            answer.headers["Cache-Control"] = "no-store"
        return answer

    def _as_it_stands(self, document: dict[str, object]) -> dict[str, object]:
        """A record that waited for its seal, looked up again; unchanged while the gateway says nothing new."""
        if document.get("state") != WAITING:
            return document
        try:
            return self.registry.look(str(document.get("id", "")))
        except AgencyError:
            return document

    def _visit(self) -> dict[str, object]:
        found = self.visits.find(request.cookies.get(COOKIE, ""))
        if found is None or "subject" not in found:  # nobody, or nobody yet
            raise AnswerRefused("visit_unknown")
        return found

    def _own_form(self) -> None:
        """A form of another site is refused; a browser names the sender in Origin (Fetch §3.2)."""
        sender = request.headers.get("Origin")
        parts = urlsplit(self.base_url)
        if sender is not None and sender != f"{parts.scheme}://{parts.netloc}":
            raise AnswerRefused("not_from_here")

    def _application(self) -> str:
        digits = int.from_bytes(self.new_token().encode()[:8], "big") % 1_000_000
        return f"KBR-{self.clock().year}-{digits:06d}"

    def _language(self) -> str:
        chosen = (request.view_args or {}).get("language")
        return str(chosen) if chosen else negotiate(request.headers.get("Accept-Language", "")).code

    def _page(self, name: str, language: str, **facts: object) -> Response:
        view_args = request.view_args or {}
        switch = {code: url_for(request.endpoint or ".home", **{**view_args, "language": code}) for code in _SHORT}
        if request.method != "GET" or "language" not in view_args:
            switch = {code: url_for(".home", language=code) for code in _SHORT}
        return make_response(
            render_template(
                f"agency/{name}.html",
                t=words(language),
                language=language,
                agency=names.NAMES[language],
                switch=switch,
                short=_SHORT,
                gateway_url=self.gateway_url,
                services=SERVICES,
                **facts,
            )
        )

    def _told(self, fault: AgencyError, language: str) -> Response:
        sentence, status = told(fault, language)
        page = self._page(
            "problem",
            language,
            sentence=sentence,
            reason=getattr(fault, "detail", "") or fault.reason,
            problem=fault.problem if isinstance(fault, RecordRefused) else {},
            unknown=sentence == words(language)["record_refused_other"],
        )
        page.status_code = status
        return page


_SHORT = {"zh-Hant": "繁", "zh-Hans": "简", "en": "EN", "pt": "PT"}


def _kept(person: Person) -> dict[str, object]:
    return {
        "subject": person.subject,
        "id_token": dict(person.id_token),
        "claims": {name: value for name, value in person.claims.items() if name != "sub"},
        "checks": [dict(detail) for detail in person.authorization_details],
    }
