"""Security event tokens: what changed for a person, told to agencies that know them (RFC 8417, pushed by RFC 8935).

The types are those of the Shared Signals working group where one says what happened (RISC, CAEP), else our own, named
under the issuer. The subject stands in `sub_id` alone (RFC 9493; Shared Signals Framework), under the name by which the
agency knows the person.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.oidc import pairwise_id, strict_json
from gateway.oidc.delivery import Delivery, Kind

TYPE = "secevent+jwt"  # RFC 8417 §2.3
MEDIA_TYPE = "application/secevent+jwt"  # RFC 8935 §2.1
LONGEST_ANSWER = 4096  # bytes of an error that are looked at

STANDARD: Mapping[Kind, str] = {
    Kind.SESSION_REVOKED: "https://schemas.openid.net/secevent/caep/event-type/session-revoked",
    Kind.ACCOUNT_CLOSED: "https://schemas.openid.net/secevent/risc/event-type/account-purged",
}
OURS: Mapping[Kind, str] = {
    Kind.LINK_UNDONE: "link-undone",
    Kind.CONSENT_WITHDRAWN: "consent-withdrawn",
}

# RFC 8935 §2.4: what a receiver may answer. What could be well the next time is tried again, the rest is not.
FINAL = frozenset({"invalid_request", "invalid_issuer", "invalid_audience", "access_denied"})
PASSING = frozenset({"invalid_key", "authentication_failed"})


def event_type(kind: Kind, issuer: str) -> str:
    """The URI that names this kind of event."""
    return STANDARD.get(kind) or f"{issuer}/events/{OURS[kind]}"


def claims(delivery: Delivery, *, issuer: str, subject: str, at: datetime) -> dict[str, object]:
    """The claims of an event; no `exp`, so that it can pass for no ID token (RFC 8417 §4.6), and no `sub`."""
    happened = int(delivery.created_at.timestamp())
    return {
        "iss": issuer,
        "aud": delivery.client,
        "iat": int(at.timestamp()),
        "jti": delivery.id,
        "toe": happened,
        "sub_id": _subject(delivery, {"format": "iss_sub", "iss": issuer, "sub": subject}),
        "events": {event_type(delivery.kind, issuer): _payload(delivery, happened)},
    }


def _payload(delivery: Delivery, happened: int) -> dict[str, object]:
    """What the event says of itself (CAEP §2); RISC's says nothing more."""
    match delivery.kind:
        case Kind.SESSION_REVOKED:
            return {"event_timestamp": happened}
        case Kind.CONSENT_WITHDRAWN | Kind.LINK_UNDONE:
            return {"event_timestamp": happened, "initiating_entity": "user"}
        case _:
            return {}


def _subject(delivery: Delivery, person: Mapping[str, str]) -> dict[str, object]:
    """The person; of a session that session too, by its `sid` as in the ID token (RFC 9493, Shared Signals §3)."""
    if delivery.kind is not Kind.SESSION_REVOKED:
        return dict(person)
    session = {"format": "opaque", "id": pairwise_id.told_to(delivery.client, delivery.about)}
    return {"format": "complex", "user": dict(person), "session": session}


def objection_of(status: int, body: bytes) -> str | None:
    """Why the receiver did not take it, or None if it did. Its own words stay unread: they could hold anything."""
    if status == 202:  # RFC 8935 §2.2
        return None
    if status != 400:
        return f"status_{status}"
    try:
        answer = strict_json.read_object(body, longest=LONGEST_ANSWER)
    except ValueError:
        return "status_400"
    code = answer.get("err")
    return f"err_{code}" if isinstance(code, str) and code in FINAL | PASSING else "status_400"


def is_final(problem: str) -> bool:
    """Whether the same event would be refused for the same reason for ever."""
    return problem.removeprefix("err_") in FINAL
