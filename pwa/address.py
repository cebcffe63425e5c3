"""An address of the site that replies without asking what carries it."""

from collections.abc import Callable, Iterable

from flask import Blueprint, Response

from gateway.frozen import Frozen, Hidden
from pwa.reply import Reply
from pwa.site import Site

View = Callable[..., Reply]  # given the visit, and what its address captures


class Address(Frozen, kw_only=False):
    """A path below its language; `<name>` stands for a segment that the view takes under that name."""

    method: str
    path: str
    view: Hidden[View]


def through_flask(name: str, site: Site, addresses: Iterable[Address]) -> Blueprint:
    """The same addresses for Flask to carry."""
    blueprint = Blueprint(name, __name__)
    for address in addresses:
        blueprint.add_url_rule(
            address.path,
            f"{address.method}{address.path}".replace(".", "_"),
            _carried(site, address.view),
            methods=[address.method],
        )
    return blueprint


def _carried(site: Site, view: View) -> Callable[..., Response]:
    def carry(**captured: str) -> Response:
        return site.response(view(site.visit(), **captured))

    return carry
