"""The two parameters that are JSON: `claims` (OIDC Core §5.5) and `authorization_details` (RFC 9396)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.errors import RequestRefused
from gateway.identity.further import VERIFIED_CLAIMS
from gateway.oidc import strict_json, verified_wishes
from gateway.oidc.client import Client
from gateway.oidc.offer import BIOMETRIC_CHECK, Offer

LONGEST = 4096  # characters of either
MOST_CLAIMS = 50
MOST_DETAILS = 5
DESTINATIONS = ("userinfo", "id_token")
APPLICATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")  # an agency's own number for one application

Claims = Mapping[str, Mapping[str, object]]


def read_claims(text: str | None) -> Claims:
    """The claims asked for by name, by destination; a claim asked for without conditions has an empty object."""
    if text is None:
        return {}
    try:
        asked = strict_json.read_object(text, longest=LONGEST)
        strict_json.refuse_unwritable(asked)
    except ValueError:
        raise RequestRefused("claims_malformed") from None
    return {place: _claims_at(asked[place]) for place in DESTINATIONS if asked.get(place) is not None}


def _claims_at(listed: Any) -> dict[str, object]:
    if not isinstance(listed, dict) or len(listed) > MOST_CLAIMS:
        raise RequestRefused("claims_malformed")
    verified = listed.pop(VERIFIED_CLAIMS, None)
    if not all(wish is None or _is_condition(wish) for wish in listed.values()):
        raise RequestRefused("claims_malformed")
    wishes = {name: wish or {} for name, wish in listed.items()}
    return wishes if verified is None else wishes | {VERIFIED_CLAIMS: verified_wishes.read(verified)}


def _is_condition(wish: Any) -> bool:
    """§5.5.1: essential is a boolean, values an array; members that are not understood are ignored."""
    return (
        isinstance(wish, dict)
        and isinstance(wish.get("essential", False), bool)
        and isinstance(wish.get("values", []), list)
    )


def read_details(text: str | None, client: Client, offer: Offer) -> tuple[Mapping[str, object], ...]:
    """The details asked for, each of a type that is offered and that this client may use (RFC 9396 §5)."""
    if text is None:
        return ()
    try:
        listed = strict_json.read(text, longest=LONGEST)
        strict_json.refuse_unwritable(listed)
    except ValueError:
        raise _details_refused("details_malformed") from None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_DETAILS:
        raise _details_refused("details_malformed")
    for detail in listed:
        kind = detail.get("type") if isinstance(detail, dict) else None
        if not isinstance(kind, str) or kind not in offer.detail_types or kind not in DETAIL_CHECKS:
            raise _details_refused("details_type_unknown")
        if kind not in client.detail_types:
            raise _details_refused("details_type_not_allowed")
        DETAIL_CHECKS[kind](detail, client)
    return tuple(listed)


def _check_biometric(detail: Mapping[str, Any], client: Client) -> None:
    """One check for one application and one purpose: no consent in advance for any other (PIPL Art. 28, 29)."""
    if detail.keys() != {"type", "application", "purpose"}:  # §5: unknown or missing fields are refused
        raise _details_refused("details_fields_wrong")
    application, purpose = detail["application"], detail["purpose"]
    if not isinstance(application, str) or not APPLICATION.fullmatch(application):
        raise _details_refused("details_application_malformed")
    if not isinstance(purpose, str) or purpose not in client.check_purposes:
        raise _details_refused("details_purpose_not_allowed")


DETAIL_CHECKS: Mapping[str, Callable[[Mapping[str, Any], Client], None]] = {BIOMETRIC_CHECK: _check_biometric}


def _details_refused(reason: str) -> RequestRefused:
    return RequestRefused(reason, code="invalid_authorization_details")
