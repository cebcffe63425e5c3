"""A person with a plain browser: keeps cookies, follows redirects one by one, presses what carries an id."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import httpx

from deploy.journey.page import Page, read

_MOST_HOPS = 20
_MOST_WAITS = 60
_PHONE = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
    "Mobile Safari/537.36"
)


class Lost(Exception):
    """The page does not have what the person looks for; says what was there instead."""


@dataclass(slots=True, kw_only=True)
class Person:
    """`page` is what is on the screen; `hops` are the addresses that the last step passed through.

    An address that begins with `ends_at` is not opened: the person's way ends there, and `arrived` holds it.
    """

    client: httpx.Client = field(repr=False)
    ends_at: str = ""
    arrived: str = field(default="", repr=False)
    page: Page | None = field(default=None, repr=False)
    hops: list[str] = field(default_factory=list, repr=False)
    trail: list[str] = field(default_factory=list, repr=False)  # every address so far

    @property
    def screen(self) -> Page:
        if self.page is None:
            raise Lost("no page has been opened yet")
        return self.page

    def go(self, address: str) -> Page:
        """Open an address."""
        self.hops = []
        return self._follow("GET", address)

    def sees(self, identifier: str) -> bool:
        return self.screen.find(identifier) is not None

    def press(
        self,
        identifier: str,
        values: Mapping[str, str | list[str]] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Page:
        """Press the link or the button with this id, with `values` typed or ticked in its form beforehand."""
        element = self.screen.find(identifier)
        if element is None:
            raise Lost(f"no #{identifier} {self.whereabouts()}")
        self.hops = []
        if element.tag == "a":
            return self._follow("GET", urljoin(self.screen.url, element.attributes["href"]))
        if element.form is None:
            raise Lost(f"#{identifier} is in no form {self.whereabouts()}")
        form = self.screen.forms[element.form]
        content = {**form.untouched(), **{name: _listed(value) for name, value in (values or {}).items()}}
        if element.attributes.get("name"):
            content[element.attributes["name"]] = [element.attributes.get("value", "")]
        action = element.attributes.get("formaction") or form.attributes.get("action", "")
        address = urljoin(self.screen.url, action) if action else self.screen.url
        if form.method == "GET":
            pairs = [(name, value) for name, given in content.items() for value in given]
            return self._follow("GET", str(httpx.URL(address).copy_with(params=pairs)))
        nothing_chosen = dict.fromkeys(form.files(), ("", b"", "application/octet-stream")) if form.multipart else {}
        return self._follow("POST", address, content, {**nothing_chosen, **(files or {})})

    def wait(self) -> Page:
        """Let pages that reload themselves do so until one stays."""
        for _ in range(_MOST_WAITS):
            if self.screen.refresh is None:
                return self.screen
            seconds, address = self.screen.refresh
            time.sleep(min(seconds, 1.0))
            self._follow("GET", address)
        raise Lost(f"the page goes on reloading {self.whereabouts()}")

    def whereabouts(self) -> str:
        """Where the person is, for a message: address without its query, status, title, what could be pressed."""
        page = self.screen
        parts = urlsplit(page.url)
        ids = [element.id for element in page.elements if element.id and element.tag in ("a", "button", "input")]
        place = f"{parts.scheme}://{parts.netloc}{parts.path}"
        return f'on {place} (status {page.status}, "{page.title}", there are: {", ".join(ids[:30]) or "no ids"})'

    def _follow(
        self,
        method: str,
        address: str,
        content: Mapping[str, list[str]] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> Page:
        headers = {}
        if method == "POST":
            # As a browser says whose form it is (Fetch §3.2).
            parts = urlsplit(self.screen.url)
            headers["origin"] = f"{parts.scheme}://{parts.netloc}"
        for _ in range(_MOST_HOPS):
            self.hops.append(address)
            self.trail.append(address)
            response = self._send(method, address, content, files, headers)
            if not response.has_redirect_location:
                self.page = read(
                    url=str(response.url),
                    status=response.status_code,
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=response.content,
                )
                return self.page
            address = urljoin(str(response.url), response.headers["location"])
            if self.ends_at and address.startswith(self.ends_at):
                self.arrived = address
                self.page = Page(url=self.ends_at, status=0, headers={}, body=b"")
                return self.page
            if response.status_code not in (307, 308):
                method, content, files, headers = "GET", None, None, {}
        raise Lost(f"more than {_MOST_HOPS} redirects, the last to {_without_query(address)}")

    def _send(
        self,
        method: str,
        address: str,
        content: Mapping[str, list[str]] | None,
        files: Mapping[str, tuple[str, bytes, str]] | None,
        headers: Mapping[str, str],
    ) -> httpx.Response:
        try:
            return self.client.request(
                method,
                address,
                data=dict(content) if content is not None else None,
                files=dict(files) if files else None,
                headers=dict(headers),
            )
        except httpx.HTTPError as fault:
            raise Lost(f"no answer from {_without_query(address)} ({type(fault).__name__})") from None


def _without_query(address: str) -> str:
    return address.partition("?")[0]


def with_phone(languages: str, *, transport: httpx.BaseTransport | None = None) -> Person:
    """A person whose phone asks for pages in these languages (an Accept-Language header)."""
    client = httpx.Client(
        headers={"accept-language": languages, "user-agent": _PHONE, "accept": "text/html,application/xhtml+xml"},
        timeout=60,
        trust_env=False,
        transport=transport,
    )
    return Person(client=client)


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
