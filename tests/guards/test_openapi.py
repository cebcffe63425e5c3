"""The description of the API is whole: every machine route that is not OpenID Connect is in it, and it is valid."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from deploy.compose import create_app
from deploy.describing import openapi
from deploy.describing.operation import Operation
from deploy.prepare import prepare
from deploy.rim import Rim
from deploy.settings import load
from gateway.endpoints.wire import Request
from pwa.explain import is_known
from trust.endpoints.problems import KNOWN


@pytest.fixture(scope="module")
def rim(tmp_path_factory: pytest.TempPathFactory) -> Rim:
    settings = load({"GBA_DATA_DIR": str(tmp_path_factory.mktemp("described"))})
    assert prepare(settings) == []
    app = create_app(settings)
    assert isinstance(app, Rim)
    return app


@pytest.fixture(scope="module")
def document(rim: Rim) -> dict[str, Any]:
    """As it is served."""
    handler = rim._exact["/api/v1/openapi.json"]["GET"].handler
    path = "/api/v1/openapi.json"
    request = Request(method="GET", path=path, query="", headers={}, body=b"", remote="", incident="i", captured={})
    told: dict[str, Any] = json.loads(handler(request).body)
    return told


def routes(rim: Rim) -> set[tuple[str, str]]:
    served = {(method, path) for path, methods in rim._exact.items() for method in methods}
    return served | {(method, "/".join(path)) for path, methods in rim._patterns for method in methods}


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_route_is_described_or_belongs_to_a_standard(rim: Rim, document: dict[str, Any]) -> None:
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told == {(method, path) for method, path in routes(rim) if openapi.described(path)}


def test_nothing_is_described_that_is_not_served(rim: Rim) -> None:
    assert set(openapi.OPERATIONS) - routes(rim) == set()


def test_names_of_operations_are_used_once() -> None:
    names = [operation.name for operation in openapi.OPERATIONS.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("operation", openapi.OPERATIONS.values(), ids=lambda one: one.name)
def test_a_refusal_that_is_described_has_its_words(operation: Operation) -> None:
    assert [reason for reason in operation.reasons if reason not in KNOWN and not is_known(reason)] == []


def test_schemas_are_schemas_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert referred <= schemas.keys()
    assert schemas.keys() - referred == set()
