"""What is said of one operation: a type for each body, a reason for each refusal."""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from gateway.frozen import Frozen

JSON = "application/json"
PDF = "application/pdf"
FORM = "multipart/form-data"

Schema = Mapping[str, Any]
# A body is a type (a struct or TypedDict), or a schema for what no type of ours stands for.
Body = type | Schema


class Parameter(Frozen):
    """A member of the query, or a header."""

    name: str
    place: str  # query, header
    says: str
    schema: Schema
    required: bool = False


class Answer(Frozen):
    """What comes back when all is well."""

    says: str
    bodies: Mapping[str, Body] = field(default_factory=dict)  # by media type
    headers: Mapping[str, str] = field(default_factory=dict)  # name → what it says


class Operation(Frozen):
    """`scope` is what the access token must hold, None where none is asked for.

    `reasons` are those of trust's problems, whose status trust knows; `statuses` are those of refusals whose reasons
    are many and are kept by the flows.
    """

    name: str
    group: str
    summary: str
    says: str = ""
    scope: str | None = None
    parameters: tuple[Parameter, ...] = ()
    takes: Mapping[str, Body] = field(default_factory=dict)  # by media type
    answers: Mapping[int, Answer]
    reasons: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()


BINARY: Schema = {"type": "string", "format": "binary"}


def parts(**named: Body) -> Schema:
    """The schema of multipart/form-data with these parts, all of them needed."""
    return {"type": "object", "properties": named, "required": list(named)}
