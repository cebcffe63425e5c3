"""Trust lists as they are shown: a row for programs, lines for people."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from trust.anchors.sentences import sentence
from trust.anchors.trust_list import Service, Standing, TrustList, digest_of


def as_row(each: Standing, listed: TrustList | None) -> dict[str, Any]:
    """For programs."""
    return {
        "territory": each.territory,
        "state": each.state.value,
        "reason": each.reason or None,
        "sequence": each.sequence,
        "issued_at": _instant(each.issued_at),
        "next_update": _instant(each.next_update),
        "digest": each.digest or None,
        "entries": [_entry_row(service) for service in listed.services()] if listed is not None else [],
    }


def as_lines(each: Standing, listed: TrustList | None, language: str, at: datetime) -> Iterator[str]:
    """For people."""
    yield f"{each.territory}: {sentence(f'list.{each.state}', language)}"
    if each.sequence is not None:
        yield f"    issue {each.sequence} of {_instant(each.issued_at)}, next by {_instant(each.next_update)}"
    elif each.reason:
        yield f"    {each.reason}"
    for service in listed.services() if listed is not None else ():
        name = dict(service.names).get("en", service.id)
        stands = (service.status(at) or "not yet listed").rsplit("/", 1)[-1]
        held = "" if service.certificates else "; certificate: to be supplied by the operator"
        yield f"    {service.id}  {name}  ({service.kind}, {stands}{held})"
        for found in service.recognitions:
            period = f"{_instant(found.since)} - {_instant(found.until) or 'until further notice'}"
            yield f"        {found.scheme}: {found.certificate_type}, {found.policy_prefix}, {period}"


def _entry_row(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "kind": service.kind.value,
        "names": dict(service.names),
        "type": service.type_uri,
        "certificates": [digest_of(der) for der in service.certificates],
        "history": [{"status": each.status, "since": _instant(each.since)} for each in service.history],
        "recognitions": [
            {
                "scheme": each.scheme,
                "certificate_type": each.certificate_type,
                "policy_prefix": each.policy_prefix,
                "version_nodes": each.version_nodes,
                "root": each.root,
                "from": _instant(each.since),
                "until": _instant(each.until),
                "legal_basis": each.legal_basis,
                "source": each.source,
                "source_digest": each.source_digest or None,
                "reviewer": each.reviewer or None,
            }
            for each in service.recognitions
        ],
    }


def _instant(value: datetime | None) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value is not None else None
