"""A request of trust's endpoints as the rim hands it over, and who sent it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Asked:
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query: str = ""
    captured: Mapping[str, str] = field(default_factory=dict)
    path: str = "/api/v1/documents"
    incident: str = "incident-1"


@dataclass(frozen=True)
class Caller:
    agency: str
