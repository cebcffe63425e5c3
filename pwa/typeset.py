"""The templates, set once for each language: where they name a text, the compiled template holds it.

A page names dozens of texts; to look up each, mark it safe and fill nothing in cost more than all the rest of a page.
"""

from pathlib import Path
from types import CodeType

import jinja2
from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from pwa.catalogues import Catalogue

TEMPLATES = Path(__file__).resolve().parent / "templates"
TEXT = "_"  # what templates call a text by, as the extraction of the catalogues knows it


class Typeset(jinja2.Environment):
    """The templates in one language; a template is compiled when it is first shown."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            auto_reload=False,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._catalogue = catalogue
        self.globals[TEXT] = self.say

    def say(self, text: str, **values: object) -> Markup:
        """A text that is only known when the page is shown: the title of a problem, the label of a claim."""
        # the words are our own catalogue's; what is filled in is escaped
        return Markup(self._catalogue.gettext(text)) % values  # noqa: S704

    def compile(  # type: ignore[override] # of the overloads only this one is used, by the loader
        self, source: str | nodes.Template, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        parsed = self.parse(source, name, filename) if isinstance(source, str) else source
        return super().compile(_InOneLanguage(self._catalogue).visit(parsed), name, filename)


class _InOneLanguage(NodeTransformer):
    """Puts the translation in the place of each text that the template names itself."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def visit_Call(self, call: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor goes by the name of the node
        self.generic_visit(call)
        named = isinstance(call.node, nodes.Name) and call.node.name == TEXT
        if not named or len(call.args) != 1 or not isinstance(call.args[0], nodes.Const):
            return call
        words = self._catalogue.gettext(call.args[0].value)
        if not call.kwargs:
            return nodes.MarkSafe(nodes.Const(words % {}), lineno=call.lineno)
        values = [nodes.Pair(nodes.Const(value.key), value.value) for value in call.kwargs]
        return nodes.Mod(nodes.MarkSafe(nodes.Const(words)), nodes.Dict(values), lineno=call.lineno)
