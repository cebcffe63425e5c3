"""The list of endpoints that bad input is sent to covers the route table: nothing is served that it does not know."""

import pytest
from flask import Flask

from deploy.compose import create_app
from deploy.prepare import prepare
from deploy.rim import Rim
from deploy.settings import load
from tests.flows.endpoints import MACHINE, PAGES, Endpoint

OF_ITS_OWN = {"HEAD", "OPTIONS"}  # answered for every path


@pytest.fixture(scope="module")
def rim(tmp_path_factory: pytest.TempPathFactory) -> Rim:
    settings = load({"GBA_DATA_DIR": str(tmp_path_factory.mktemp("routes"))})
    assert prepare(settings) == []
    app = create_app(settings)
    assert isinstance(app, Rim)
    return app


def listed(endpoints: tuple[Endpoint, ...]) -> set[tuple[str, str]]:
    return {(method, endpoint.rule) for endpoint in endpoints for method in endpoint.methods}


def test_every_machine_endpoint_is_listed(rim: Rim) -> None:
    served = {(method, path) for path, methods in rim._exact.items() for method in methods}
    served |= {(method, "/".join(path)) for path, methods in rim._patterns for method in methods}
    assert served == listed(tuple(one for one in MACHINE if one.rule != "/regions/check/callback"))


def test_every_page_is_listed(rim: Rim) -> None:
    app = rim._pages
    assert isinstance(app, Flask)
    served = {
        (method, rule.rule.replace(lang, "<lang>"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - OF_ITS_OWN
        for lang in [rule.rule.split("/")[1] if rule.rule.startswith("/<any(") else "<lang>"]
    }
    assert served == listed(PAGES)
