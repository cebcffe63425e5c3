"""The OpenAPI 3.1 document: paths from the route table, schemas from types, refusals from the tables of problems.

That every route is described is guarded by the tests (tests/guards/test_openapi.py); what is not, is left out.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from deploy.describing import partners, records
from deploy.describing.operation import Answer, Body, Operation
from deploy.rim import WITH_BODY
from trust.endpoints.problems import KNOWN
from trust.validation import report_schema

VERSION = "3.1.0"
REF = "#/components/schemas/{name}"
OPERATIONS: Mapping[tuple[str, str], Operation] = {**records.OPERATIONS, **partners.OPERATIONS}
# Standards describe these, and discovery tells where they are; the rest is for browsers and for the regions.
ELSEWHERE = ("/.well-known/", "/oauth/", "/regions/", "/signings/callback")
GROUPS = {
    "records": "Records that an agency issues and has sealed for a person.",
    "verification": "Verdicts on PDFs, signatures and digests.",
    "signing": "Documents that a person signs with a key of their own; where the operator has that platform.",
    "integration": "What a partner sees of its own integration.",
    "registration": "Asking to become a partner.",
    "operation": "Keys, health, this description.",
}
SAYS = (
    "Everything here that is not OpenID Connect; that is described by its standards and by discovery "
    "(/.well-known/openid-configuration). Access tokens come from /oauth/token and are bound to a key "
    "(DPoP, RFC 9449). Every answer carries `Request-Id`; a refusal is a problem (RFC 9457) whose `type` "
    "leads to a page that explains it in four languages. What nobody foresaw is a 500 of the same form."
)
# Reasons of every operation that takes a token, by what checks it.
TOKEN = (
    "malformed_request",
    "token_missing",
    "token_invalid",
    "proof_needs_nonce",
    "step_up_required",
    "scope_missing",
)
# What the rim itself refuses where there is a body (deploy/rim.py).
OF_BODIES: Mapping[int, tuple[str, ...]] = {
    400: ("content_length_malformed", "body_cut_short"),
    413: ("body_too_large",),
}
PROBLEM = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "properties": {
        "type": {"type": "string", "pattern": "^/problems/[a-z0-9_]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "instance": {"type": "string", "pattern": "^urn:incident:[0-9a-f]+$"},
        "code": {"type": "string", "description": "The error code of OAuth, where one fits."},
    },
    "required": ["type", "title", "status", "instance"],
}
IN_BRACES = re.compile(r"\{(\w+)\}")


def described(path: str) -> bool:
    """Whether a path belongs into the document."""
    return not path.startswith(ELSEWHERE)


def document(routes: Iterable[tuple[str, str]], *, origin: str) -> dict[str, Any]:
    """The description of what these routes serve at this address."""
    paths: dict[str, dict[str, Any]] = {}
    used: list[str] = []
    types = _Types()
    for method, path in sorted(routes, key=lambda route: (route[1], route[0])):
        operation = OPERATIONS.get((method, path))
        if operation is not None and described(path):
            paths.setdefault(path, {})[method.lower()] = _operation(method, path, operation, types)
            used.append(operation.group)
    return {
        "openapi": VERSION,
        "jsonSchemaDialect": report_schema.DIALECT,
        "info": {
            "title": "Bay Gateway",
            "version": "1",
            "summary": "Records, verification and partners' affairs",
            "description": SAYS,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": origin}],
        "tags": [{"name": name, "description": says} for name, says in GROUPS.items() if name in used],
        "paths": paths,
        "components": {
            "schemas": {
                **types.schemas(),
                "Problem": PROBLEM,
                "VerificationReport": _nested(report_schema.schema(origin)),
            },
            "securitySchemes": {
                "dpop": {
                    "type": "http",
                    "scheme": "DPoP",
                    "description": "An access token bound to a key, with a proof in the DPoP header (RFC 9449 §7).",
                },
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "For tokens bound to a TLS certificate (RFC 8705), or of a plain client.",
                },
            },
        },
    }


class _Types:
    """The types that were met, each with its schema among the components."""

    def __init__(self) -> None:
        self._met: list[type] = []

    def schema(self, body: Body) -> Any:
        """The schema of a body; types within it become references."""
        if isinstance(body, type):
            if body not in self._met:
                self._met.append(body)
            return {"$ref": REF.format(name=body.__name__)}
        return {
            name: {key: self.schema(one) for key, one in value.items()} if name == "properties" else value
            for name, value in body.items()
        }

    def schemas(self) -> dict[str, Any]:
        """All of them, with those that they are made of."""
        _, found = msgspec.json.schema_components(self._met, ref_template=REF)
        return {name: found[name] for name in sorted(found)}


def _nested(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that is published by itself, as a component of the document."""
    return {name: value for name, value in schema.items() if name not in ("$schema", "$id")}


def _operation(method: str, path: str, operation: Operation, types: _Types) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": operation.summary,
    }
    if operation.says:
        told["description"] = operation.says
    if parameters := _parameters(path, operation):
        told["parameters"] = parameters
    if operation.takes:
        content = {media: {"schema": types.schema(body)} for media, body in operation.takes.items()}
        told["requestBody"] = {"required": True, "content": content}
    answers = {str(status): _answer(answer, types) for status, answer in operation.answers.items()}
    told["responses"] = answers | _refusals(method, operation)
    if operation.scope is not None:
        told["security"] = [{"dpop": [operation.scope]}, {"bearer": [operation.scope]}]
    else:
        told["security"] = []
    return told


def _parameters(path: str, operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in IN_BRACES.findall(path)
    ]
    return in_path + [
        {
            "name": one.name,
            "in": one.place,
            "description": one.says,
            "required": one.required,
            "schema": one.schema,
        }
        for one in operation.parameters
    ]


def _answer(answer: Answer, types: _Types) -> dict[str, Any]:
    told: dict[str, Any] = {"description": answer.says}
    if answer.bodies:
        told["content"] = {media: {"schema": types.schema(body)} for media, body in answer.bodies.items()}
    if answer.headers:
        told["headers"] = {
            name: {"description": says, "schema": {"type": "string"}} for name, says in answer.headers.items()
        }
    return told


def _refusals(method: str, operation: Operation) -> dict[str, Any]:
    by_status: dict[int, set[str]] = {status: set() for status in operation.statuses}
    trusts_token = operation.scope is not None and 401 not in operation.statuses
    for reason in (*operation.reasons, *(TOKEN if trusts_token else ())):
        by_status.setdefault(KNOWN.get(reason, (400, ""))[0], set()).add(reason)
    for status, reasons in OF_BODIES.items() if method in WITH_BODY else ():
        by_status.setdefault(status, set()).update(reasons)
    return {str(status): _refusal(status, by_status[status], operation) for status in sorted(by_status)}


def _refusal(status: int, reasons: set[str], operation: Operation) -> dict[str, Any]:
    schema: dict[str, Any] = {"$ref": REF.format(name="Problem")}
    if status not in operation.statuses:  # then these are all there are
        named = {"properties": {"type": {"enum": [f"/problems/{reason}" for reason in sorted(reasons)]}}}
        schema = {"allOf": [schema, named]}
    told = ", ".join(f"`{reason}`" for reason in sorted(reasons))
    return {
        "description": f"Refused: {told}." if told else "Refused; `type` says why.",
        "content": {"application/problem+json": {"schema": schema}},
    }
