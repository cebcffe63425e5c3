"""The description of the API (OpenAPI) as rows that a page shows."""

import json
from collections.abc import Mapping
from typing import Any

from gateway.frozen import Frozen, Hidden

TYPES = "#/components/schemas/"
METHODS = ("get", "post", "put", "delete")
LONGEST_ENUM = 12  # words; of more, only their number is shown


class Row(Frozen):
    """A parameter, a body, an answer or a member of a type; `type` is its name where it has a page."""

    name: str
    says: str
    form: str = ""
    type: str = ""
    required: bool = False


class OperationView(Frozen):
    id: str
    method: str
    path: str
    summary: str
    says: str
    scope: str
    takes: tuple[Row, ...]
    answers: tuple[Row, ...]
    refusals: tuple[Row, ...]


class Group(Frozen):
    id: str
    says: str
    operations: tuple[OperationView, ...]


class TypeView(Frozen):
    name: str
    says: str
    members: tuple[Row, ...]
    source: Hidden[str]


def groups(document: Mapping[str, Any]) -> tuple[Group, ...]:
    """Operations by their group, in the document's order."""
    found: dict[str, list[OperationView]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                found[methods[method]["tags"][0]].append(_operation(path, method, methods[method]))
    says = {tag["name"]: tag["description"] for tag in document["tags"]}
    return tuple(Group(id=name, says=says[name], operations=tuple(listed)) for name, listed in found.items())


def type_named(document: Mapping[str, Any], name: str) -> TypeView | None:
    """One type, or None."""
    schema = document["components"]["schemas"].get(name)
    if schema is None:
        return None
    required = schema.get("required", ())
    return TypeView(
        name=name,
        says=schema.get("description", ""),
        members=tuple(
            Row(
                name=member,
                says=told.get("description", ""),
                form=form(told),
                type=_type(told),
                required=member in required,
            )
            for member, told in schema.get("properties", {}).items()
        ),
        source=json.dumps(schema, ensure_ascii=False, indent=1),
    )


def form(schema: Mapping[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(TYPES)
    for together in ("anyOf", "oneOf"):
        if together in schema:
            return " | ".join(form(one) for one in schema[together])
    if "enum" in schema:
        listed = schema["enum"]
        return " | ".join(map(str, listed)) if len(listed) <= LONGEST_ENUM else f"one of {len(listed)} words"
    if "const" in schema:
        return str(schema["const"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"{form(schema.get('items', {}))}[]"
    more = schema.get("pattern") or schema.get("format")
    return f"{kind} {more}" if more else str(kind)


def _operation(path: str, method: str, told: Mapping[str, Any]) -> OperationView:
    refused = {status: answer for status, answer in told["responses"].items() if status >= "400" and status != "503"}
    refused |= {
        status: answer
        for status, answer in told["responses"].items()
        if status == "503" and "application/problem+json" in answer.get("content", {})
    }
    return OperationView(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        says=told.get("description", ""),
        scope=" ".join(next(iter(told["security"][0].values()))) if told["security"] else "",
        takes=(*(_parameter(one) for one in told.get("parameters", ())), *_bodies(told.get("requestBody", {}))),
        answers=tuple(
            row
            for status, answer in told["responses"].items()
            if status not in refused
            for row in (_bodies(answer, status) or (Row(name=status, says=answer["description"]),))
        ),
        refusals=tuple(
            Row(name=status, says=answer["description"].removeprefix("Refused: ").replace("`", ""))
            for status, answer in refused.items()
        ),
    )


def _parameter(told: Mapping[str, Any]) -> Row:
    return Row(
        name=f"{told['name']} ({told['in']})",
        says=told.get("description", ""),
        form=form(told["schema"]),
        required=told["required"],
    )


def _bodies(told: Mapping[str, Any], status: str = "") -> tuple[Row, ...]:
    rows = []
    for media, content in told.get("content", {}).items():
        schema = content["schema"]
        rows.append(
            Row(
                name=f"{status} {media}".strip(),
                says=told.get("description", ""),
                form=form(schema),
                type=_type(schema),
            )
        )
        rows += [
            Row(name=f"— {part}", says="", form=form(one), type=_type(one), required=True)
            for part, one in schema.get("properties", {}).items()
        ]
    return tuple(rows)


def _type(schema: Mapping[str, Any]) -> str:
    """The name of the type that a schema is, or is a list of."""
    for one in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        if isinstance(one, dict) and "$ref" in one:
            return str(one["$ref"]).removeprefix(TYPES)
    return ""
