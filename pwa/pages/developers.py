"""Pages for partners' developers: the guide, its examples, and the API in words; the same for everybody.

/developers                      contents      /developers/<chapter>            a chapter
/developers/api                  the API       /developers/api/<group>          its operations
/developers/types/<name>         a type        /developers/examples/<name>      an example, whole
"""

from collections.abc import Mapping
from functools import cached_property

from flask import Blueprint, Response, abort

from gateway.frozen import Frozen
from pwa import guide
from pwa.guide import Example, Guide
from pwa.locale import LANGUAGES
from pwa.ports import ApiDescription
from pwa.site import Site
from pwa.views import api as views


class DeveloperPages(Frozen, dict=True):
    """Texts and examples are read when somebody first asks."""

    site: Site
    api: ApiDescription

    @cached_property
    def _guides(self) -> Mapping[str, Guide]:
        settings = self.site.settings
        folder = settings.translations / "guide"
        return {one.code: guide.load(folder / f"{one.code}.toml", origin=settings.origin) for one in LANGUAGES}

    @cached_property
    def _examples(self) -> Mapping[str, Example]:
        return guide.examples(self.site.settings.examples)

    def contents(self) -> Response:
        return self._page("contents.html", examples=self._examples)

    def chapter(self, name: str) -> Response:
        found = self._guide().chapter(name) or abort(404)
        return self._page(
            "chapter.html",
            chapter=found,
            following=self._guide().after(name),
            examples=[self._examples[one] for one in found.examples],
        )

    def example(self, name: str) -> Response:
        return self._page("example.html", example=self._examples.get(name) or abort(404))

    def operations(self) -> Response:
        return self._page("api.html", groups=views.groups(self.api.document))

    def group(self, name: str) -> Response:
        found = next((one for one in views.groups(self.api.document) if one.id == name), None)
        return self._page("group.html", group=found or abort(404))

    def type(self, name: str) -> Response:
        return self._page("type.html", type=views.type_named(self.api.document, name) or abort(404))

    def _guide(self) -> Guide:
        return self._guides[self.site.reader().language.code]

    def _page(self, template: str, **values: object) -> Response:
        told = self._guide()
        return self.site.page(f"developers/{template}", context={"guide": told, "words": told.words, **values})


def developer_pages(site: Site, api: ApiDescription) -> Blueprint:
    pages = DeveloperPages(site=site, api=api)
    blueprint = Blueprint("developers", __name__)
    blueprint.add_url_rule("/developers", "contents", pages.contents)
    blueprint.add_url_rule("/developers/api", "operations", pages.operations)
    blueprint.add_url_rule("/developers/api/<name>", "group", pages.group)
    blueprint.add_url_rule("/developers/types/<name>", "type", pages.type)
    blueprint.add_url_rule("/developers/examples/<name>", "example", pages.example)
    blueprint.add_url_rule("/developers/<name>", "chapter", pages.chapter)
    return blueprint
