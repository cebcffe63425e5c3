"""A template says in each language what the catalogues say, and escapes what is filled in."""

import jinja2
import pytest

from pwa.catalogues import Catalogue
from pwa.locale import PORTUGUESE
from pwa.typeset import Typeset

CATALOGUE = Catalogue(
    PORTUGUESE,
    {"Yes": "Sim", "From %(place)s": "De %(place)s", "<b>Bold</b>": "<b>Negrito</b>", "90%% sure": "90%% certo"},
    {},
)


def said(template: str, **values: object) -> str:
    typeset = Typeset(CATALOGUE)
    typeset.loader = jinja2.DictLoader({"page": template})
    return typeset.get_template("page").render(values)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ _('Yes') }}", "Sim"),
        ("{{ _('No') }}", "No"),
        ("{{ _('<b>Bold</b>') }}", "<b>Negrito</b>"),
        ("{{ _('90%% sure') }}", "90% certo"),
        ("{{ _('Yes') if ask else _('No') }}", "Sim"),
        ("{% set word = _('Yes') %}[{{ word }}]", "[Sim]"),
        ("{{ _('From %(place)s', place='<Macau>') }}", "De &lt;Macau&gt;"),
        ("{{ _('From %(place)s', place=place) }}", "De &lt;i&gt;"),
        ("{{ _('From %(place)s', place=_('Yes')) }}", "De Sim"),
        ("{{ _(word) }}", "Sim"),
        ("{{ _(wish, place=place) }}", "De &lt;i&gt;"),
    ],
)
def test_a_text_is_said_in_the_language(template: str, words: str) -> None:
    assert said(template, ask=True, place="<i>", word="Yes", wish="From %(place)s") == words


def test_a_known_text_needs_no_look_up() -> None:
    typeset = Typeset(CATALOGUE)
    typeset.loader = jinja2.DictLoader({"page": "{{ _('Yes') }}"})
    del typeset.globals["_"]
    assert typeset.get_template("page").render() == "Sim"


def test_what_is_not_given_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError):
        said("{{ nobody }}")
