"""Speaking to a region's servers: failures of the network become RegionUnavailable, nothing else is decided here."""

from collections.abc import Mapping
from typing import Any

from gateway.errors import AssertionRejected, RegionUnavailable
from gateway.oidc import strict_json
from gateway.ports.egress import Egress, EgressFailed, Reply

LONGEST = 262_144  # bytes of an answer
# a server that is slow must not read like a person who was
AWAY = {"timed_out": "upstream_unavailable", "no_answer": "upstream_unavailable"}


def send(
    egress: Egress,
    region: str,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> Reply:
    """The answer of a server that works. A fault of the server's own is no answer."""
    try:
        reply = egress(method, url, headers=headers, body=body)
    except EgressFailed as failed:
        raise RegionUnavailable(AWAY.get(failed.reason, failed.reason), region=region) from None
    if reply.status >= 500 or reply.status == 429:
        raise RegionUnavailable("upstream_failed", region=region)
    return reply


def read_object(reply: Reply, region: str) -> dict[str, Any]:
    """The JSON object in the answer."""
    try:
        return strict_json.read_object(reply.body, longest=LONGEST)
    except strict_json.NotJson:
        raise AssertionRejected("answer_malformed", region=region) from None
