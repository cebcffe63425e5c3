"""What one can apply for at the agency, and what each service asks of the gateway."""

import json
from dataclasses import dataclass
from typing import Final

CHECK: Final = "biometric_check"  # the authorization_details type (RFC 9396)
CHECK_PURPOSE: Final = "business-registration"
ASSURANCE: Final = "urn:gba:acr:2"
# Only what the record states: the name must be on it, the birth date tells two people of one name apart.
CLAIMS: Final = {"userinfo": {"name": {"essential": True}, "chinese_name": None, "birthdate": None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service; `with_check` asks for a biometric check as part of it."""

    id: str
    with_check: bool


SERVICES: Final = {
    service.id: service for service in (Service(id="record", with_check=False), Service(id="branch", with_check=True))
}


def wishes(service: Service, *, application: str, language: str) -> dict[str, str]:
    """The further parameters of the authorization request."""
    wanted = {
        "scope": "openid",
        "claims": json.dumps(CLAIMS),
        "acr_values": ASSURANCE,
        "ui_locales": language,
    }
    if service.with_check:
        detail = {"type": CHECK, "application": application, "purpose": CHECK_PURPOSE}
        wanted["authorization_details"] = json.dumps([detail])
    return wanted
