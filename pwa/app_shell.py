"""Put the pages together: languages, headers, static files, problems, and the blueprint of each page."""

from datetime import date, datetime

from flask import Flask, Response, request
from flask_babel import Babel, format_date, format_time

from pwa import catalogues, problems, unprefixed
from pwa.address import through_flask
from pwa.cookies import Cookies
from pwa.front import Front
from pwa.locale import LANGUAGES
from pwa.pages.account import account_pages
from pwa.pages.consents import consent_pages
from pwa.pages.developers import developer_pages
from pwa.pages.device import device_pages
from pwa.pages.documents import document_pages
from pwa.pages.information import information_pages
from pwa.pages.links import link_pages
from pwa.pages.partners import partner_pages
from pwa.pages.shell import shell_pages
from pwa.pages.sign_in import sign_in_addresses
from pwa.pages.sign_out import sign_out_pages
from pwa.pages.signings import signing_pages
from pwa.pages.verify import verify_pages
from pwa.ports import (
    ApiDescription,
    CloseAccount,
    Consents,
    Devices,
    Documents,
    Links,
    Partners,
    PersonSignings,
    ReceiptPrinter,
    Sessions,
    SignIns,
    SignOut,
    Verification,
)
from pwa.reader import switches
from pwa.settings import PwaSettings
from pwa.shell import assets
from pwa.site import Site
from pwa.typeset import Typeset
from pwa.views.notices import lead
from pwa.visit import House

IN_EVERY_LANGUAGE = "/<any({}):lang>".format(", ".join(f'"{language.code}"' for language in LANGUAGES))
ZONE = "Asia/Hong_Kong"  # one zone in Hong Kong, Macau and Guangdong: UTC+8, no summer time


def create_pages(
    *,
    settings: PwaSettings,
    sessions: Sessions,
    sign_ins: SignIns,
    sign_out: SignOut,
    links: Links,
    close_account: CloseAccount,
    consents: Consents,
    documents: Documents,
    signings: PersonSignings,
    verification: Verification,
    print_receipt: ReceiptPrinter,
    partners: Partners,
    devices: Devices,
    api: ApiDescription,
) -> Flask:
    """The Flask application, made of the flows it shows."""
    texts = catalogues.load(settings.translations)
    app = Flask("pwa", static_folder=None)
    site = Site(
        context=app.app_context,
        house=House(
            settings=settings,
            catalogues=texts,
            cookies=Cookies(secure=settings.secure),
            current=sessions.current,
        ),
        assets=assets.collect(settings.static),
        typesets={language: Typeset(catalogue) for language, catalogue in texts.items()},
    )
    app.config.update(MAX_CONTENT_LENGTH=settings.upload_limit + 64 * 1024, MAX_FORM_MEMORY_SIZE=512 * 1024)
    app.url_map.strict_slashes = False
    _languages(app, site)
    for typeset in site.typesets.values():
        _equip(typeset, site)
    problems.register(app, site)
    app.before_request(lambda: _problem_of_the_rim(site))
    unprefixed.register(app, site)
    app.after_request(site.finish)
    app.register_blueprint(shell_pages(site))
    signing_in = sign_in_addresses(site, sign_ins)
    for blueprint in (
        information_pages(site),
        through_flask("sign_in", site, signing_in),
        document_pages(site, documents, signings),
        signing_pages(site, signings),
        link_pages(site, links, sessions),
        account_pages(site, close_account),
        sign_out_pages(site, sessions, sign_out),
        consent_pages(site, consents, print_receipt),
        verify_pages(site, verification),
        partner_pages(site, partners),
        device_pages(site, devices),
        developer_pages(site, api),
    ):
        app.register_blueprint(blueprint, url_prefix=IN_EVERY_LANGUAGE)
    app.wsgi_app = Front(  # type: ignore[method-assign] # Flask's own place for what stands before it
        app.wsgi_app, site=site, addresses=signing_in
    )
    return app


def _languages(app: Flask, site: Site) -> None:
    """Flask-Babel writes dates and lists in the reader's language; texts come from our own catalogues."""
    Babel(
        app,
        default_timezone=ZONE,
        locale_selector=lambda: site.reader().language.formats,
    )

    @app.url_value_preprocessor
    def _language_is_read_from_the_path(_endpoint: str | None, values: dict[str, object] | None) -> None:
        if values:
            values.pop("lang", None)


def _equip(typeset: Typeset, site: Site) -> None:
    """What templates may call, beside the texts. Looked up at each call: the visit changes with the request."""
    typeset.filters.update(day=day, lead=lead, moment=moment)
    typeset.globals.update(
        asset=site.assets.url,
        form_token=site.form_token,
        known_browser=site.known_browser,
        languages=LANGUAGES,
        origin=site.settings.origin,
        sandbox=site.settings.sandbox,
        sandbox_origin=site.settings.sandbox_origin,
        reader=site.reader,
        session_lasts=site.session_lasts,
        signed_in=site.here,
        switches=switches,
    )


def day(at: date) -> str:
    """A date in words."""
    return str(format_date(at, "long"))


def moment(at: datetime) -> str:
    """A date in words and the time on the clocks of the bay."""
    return f"{format_date(at, 'long')} {format_time(at, 'HH:mm')} (UTC+8)"


def _problem_of_the_rim(site: Site) -> Response | None:
    """A refusal that the machine rim hands over for a person to read (`gateway.endpoints.wire.Page`)."""
    page = request.environ.get("gba.problem")
    if page is None:
        return None
    return site.response(problems.answer(site, site.visit(), page.reason, page.status, page.incident))
