"""A page as a plain reader sees it: elements by id, forms with their fields, links. No scripts, no styles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from gateway.frozen import Frozen, Hidden

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_SUBMITS = frozenset({"submit", "image"})
_UNREAD = frozenset({"script", "style", "template", "title"})


@dataclass(slots=True, kw_only=True)
class Element:
    """One element; `form` is the place of its form on the page."""

    tag: str
    attributes: dict[str, str]
    form: int | None = None
    text: str = ""

    @property
    def id(self) -> str:
        return self.attributes.get("id", "")

    @property
    def label(self) -> str:
        """The text, spaces folded."""
        return " ".join(self.text.split())


@dataclass(slots=True, kw_only=True)
class Form:
    """A form: where it goes, how, and what a browser would send with nothing touched."""

    attributes: Mapping[str, str]
    fields: list[Element] = field(default_factory=list)

    @property
    def method(self) -> str:
        return self.attributes.get("method", "get").upper()

    @property
    def multipart(self) -> bool:
        return self.attributes.get("enctype", "").lower() == "multipart/form-data"

    def files(self) -> tuple[str, ...]:
        """The names of the fields that take a file."""
        named = (control.attributes for control in self.fields if control.attributes.get("type", "").lower() == "file")
        return tuple(attributes["name"] for attributes in named if attributes.get("name"))

    def untouched(self) -> dict[str, list[str]]:
        """Successful controls without a button (HTML §4.10.21.4): hidden, text, what is ticked already."""
        values: dict[str, list[str]] = {}
        for control in self.fields:
            name, kind = control.attributes.get("name", ""), control.attributes.get("type", "text").lower()
            if not name or control.tag == "button" or kind in _SUBMITS | {"file", "button", "reset"}:
                continue
            if "disabled" in control.attributes:
                continue
            if kind in ("checkbox", "radio") and "checked" not in control.attributes:
                continue
            default = "on" if kind in ("checkbox", "radio") else ""
            values.setdefault(name, []).append(control.attributes.get("value", default))
        return values


class Page(Frozen):
    """What came back for one address."""

    url: str
    status: int
    headers: Hidden[Mapping[str, str]]
    body: Hidden[bytes]
    language: str = ""
    title: str = ""
    elements: Hidden[tuple[Element, ...]] = ()
    forms: Hidden[tuple[Form, ...]] = ()
    refresh: tuple[float, str] | None = None  # seconds and address of <meta http-equiv="refresh">

    def find(self, identifier: str) -> Element | None:
        """The element with this id."""
        return next((element for element in self.elements if element.id == identifier), None)

    def text(self, identifier: str) -> str:
        """The words of the element with this id; empty when there is none."""
        found = self.find(identifier)
        return found.label if found else ""

    def links(self) -> dict[str, Element]:
        """Every link, by its absolute address."""
        return {
            urljoin(self.url, element.attributes["href"]): element
            for element in self.elements
            if element.tag == "a" and "href" in element.attributes
        }

    @property
    def words(self) -> str:
        """All that can be read."""
        return next((element.label for element in self.elements if element.tag == "body"), "")


def read(*, url: str, status: int, headers: Mapping[str, str], body: bytes) -> Page:
    """The page of an answer; what is no HTML has a status and a body only."""
    if "html" not in headers.get("content-type", ""):
        return Page(url=url, status=status, headers=headers, body=body)
    reader = _Reader()
    reader.feed(body.decode("utf-8", errors="replace"))
    reader.close()
    elements = tuple(reader.elements)
    html = next((element for element in elements if element.tag == "html"), None)
    title = next((element.label for element in elements if element.tag == "title"), "")
    return Page(
        url=url,
        status=status,
        headers=headers,
        body=body,
        language=html.attributes.get("lang", "") if html else "",
        title=title,
        elements=elements,
        forms=tuple(reader.forms),
        refresh=_refresh(url, elements),
    )


def _refresh(url: str, elements: tuple[Element, ...]) -> tuple[float, str] | None:
    for element in elements:
        if element.tag == "meta" and element.attributes.get("http-equiv", "").lower() == "refresh":
            seconds, _, target = element.attributes.get("content", "").partition(";")
            address = target.strip()
            if address.lower().startswith("url="):
                address = address[4:].strip("'\" ")
            try:
                return float(seconds), urljoin(url, address)
            except ValueError:
                return None
    return None


class _Reader(HTMLParser):
    """Collects elements in document order; text belongs to every element that is open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self._open: list[Element] = []
        self._form: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = len(self.forms)
            self.forms.append(Form(attributes=attributes))
        element = Element(tag=tag, attributes=attributes, form=self._form)
        self.elements.append(element)
        if tag == "option":
            self._offer(attributes)
        if tag in ("input", "button", "select", "textarea") and self._form is not None:
            self.forms[self._form].fields.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def _offer(self, option: Mapping[str, str]) -> None:
        """A select has the value of its selected option, else of its first (HTML §4.10.7)."""
        select = next((element for element in reversed(self._open) if element.tag == "select"), None)
        if select is not None and ("selected" in option or "value" not in select.attributes):
            select.attributes["value"] = option.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        silent = next((element for element in self._open if element.tag in _UNREAD), None)
        for element in [silent] if silent else self._open:
            element.text += data
