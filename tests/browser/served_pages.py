"""The pages over fakes, served on a free port of this machine for a real browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from typing_extensions import Unpack
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.fakes.pages import SESSION, pages
from tests.fakes.partner_pages import VISIT

AXE = Path(__file__).resolve().parents[1] / "peers" / "node_modules" / "axe-core" / "axe.min.js"


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Nothing."""


class Mode(TypedDict, total=False):
    """How the phone is set."""

    locale: str
    dark: bool
    large: bool
    forced: bool
    width: int
    scripts: bool
    signed_in: bool
    workers: bool


@dataclass(frozen=True, slots=True)
class Served:
    address: str
    browser: Browser

    @contextmanager
    def context(self, **mode: Unpack[Mode]) -> Iterator[BrowserContext]:
        """A fresh browser profile."""
        context = self.browser.new_context(
            viewport={"width": mode.get("width", 390), "height": 844},
            locale=mode.get("locale", "en"),
            color_scheme="dark" if mode.get("dark") else "light",
            forced_colors="active" if mode.get("forced") else "none",
            java_script_enabled=mode.get("scripts", True),
            service_workers="allow" if mode.get("workers") else "block",
        )
        context.set_default_timeout(30_000)
        wishes = {"gba_text": "large"} if mode.get("large") else {}
        if mode.get("signed_in", True):
            wishes |= {"gba_session": SESSION, "gba_browser": "a-browser", "gba_partner": VISIT}
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in wishes.items()])
        try:
            yield context
        finally:
            context.close()

    @contextmanager
    def page(self, **mode: Unpack[Mode]) -> Iterator[Page]:
        with self.context(**mode) as context:
            yield context.new_page()


@contextmanager
def serve(browser: Browser) -> Iterator[Served]:
    """`localhost`, because service workers and installing need a trustworthy origin."""
    server = make_server("127.0.0.1", 0, Flask(__name__), threaded=True, request_handler=Quiet)
    address = f"http://localhost:{server.server_port}"
    server.app = pages(origin=address).app  # the pages name their own address, so the port comes first
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(address=address, browser=browser)
    finally:
        server.shutdown()
        thread.join()
