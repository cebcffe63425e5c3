"""The connector to the configured face comparison service: a signed request out, a signed result back.

The gateway sees no face, sends no photo and keeps no score: only that this service, asked for this application,
answered passed or failed.
"""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from gateway.errors import AssertionRejected, PersonDeclined, RegionUnavailable
from gateway.frozen import Frozen, Hidden
from gateway.oidc.compact_jws import JwsRefused, read_claims, take_apart
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.ports.regions import LONGEST_BROUGHT, Callback, CheckResult, Leave, Trip
from gateway.ports.tokens import NewToken
from gateway.regions.remote_keys import RemoteKeys
from gateway.regions.signed_request import RequestSigner
from gateway.regions.values import moment
from gateway.settings import FaceCheckSettings

REGION = "check"  # stands where errors name the party
ALGORITHMS = frozenset({"ES256", "PS256"})
DECLINED: Mapping[str, str] = {"access_denied": "cancelled", "consent_required": "rejected", "timed_out": "timed_out"}


class Expected(Frozen):
    """What we know of the check we asked for."""

    issuer: str
    client_id: str
    nonce: Hidden[str]
    application: Hidden[str]
    at: datetime
    leeway: float  # seconds


Claims = Mapping[str, object]


def _expires_later(claims: Claims, expected: Expected) -> bool:
    until = moment(claims, "exp")
    return until is not None and expected.at.timestamp() < until + expected.leeway


def _made_now(claims: Claims, expected: Expected) -> bool:
    made = moment(claims, "iat")
    return made is not None and -expected.leeway <= expected.at.timestamp() - made <= 600


def _referenced(claims: Claims, _: Expected) -> bool:
    reference = claims.get("reference")
    return isinstance(reference, str) and 0 < len(reference) <= 100 and reference.isascii()


RULES: dict[str, Callable[[Claims, Expected], bool]] = {
    "issuer_wrong": lambda claims, expected: claims.get("iss") == expected.issuer,
    "audience_wrong": lambda claims, expected: claims.get("aud") == expected.client_id,
    "assertion_expired": _expires_later,
    "issued_at_wrong": _made_now,
    "nonce_wrong": lambda claims, expected: claims.get("nonce") == expected.nonce,
    "application_wrong": lambda claims, expected: claims.get("application") == expected.application,
    "outcome_unknown": lambda claims, _: claims.get("outcome") in ("passed", "failed"),
    "reference_missing": _referenced,
}


def objection(claims: Claims, expected: Expected) -> str | None:
    """The first rule that a result breaks, or None."""
    return next((name for name, holds in RULES.items() if not holds(claims, expected)), None)


class FaceCheckService:
    """Implements the FaceCheck port."""

    def __init__(self, settings: FaceCheckSettings, *, egress: Egress, clock: Clock, new_token: NewToken) -> None:
        self._settings = settings
        self._clock = clock
        self._new_token = new_token
        self._signer = RequestSigner(settings.signing_key)
        self._keys = RemoteKeys(
            lambda: settings.keys_url,
            region=REGION,
            egress=egress,
            clock=clock,
            algorithms=ALGORITHMS,
            live=settings.keys_live,
            refetch_after=settings.keys_refetch_after,
        )

    def depart(self, trip: Trip, *, subject_hint: str, application: str) -> Leave:
        """To the service, with a request that only we can have made (RFC 9101)."""
        now, nonce = self._clock(), self._new_token()
        request = self._signer.sign(
            {
                "iss": self._settings.client_id,
                "aud": self._settings.issuer,
                "iat": int(now.timestamp()),
                "exp": int((now + self._settings.request_lives).timestamp()),
                "jti": self._new_token(),
                "client_id": self._settings.client_id,
                "redirect_uri": self._settings.redirect_uri,
                "state": trip.state,
                "nonce": nonce,
                "subject_hint": subject_hint,
                "application": application,
                "ui_locales": trip.locale,
            },
            typ="oauth-authz-req+jwt",
        )
        query = urlencode({"client_id": self._settings.client_id, "request": request})
        memory = {"nonce": nonce, "application": application}
        return Leave(url=f"{self._settings.check_url}?{query}", memory=memory)

    def arrive(self, callback: Callback, trip: Trip) -> CheckResult:
        """The result, verified."""
        query = callback.query
        if not hmac.compare_digest(query.get("state", "").encode(), trip.state.encode()):
            raise self._rejected("state_wrong")
        if error := query.get("error"):
            if reason := DECLINED.get(error):
                raise PersonDeclined(reason, region=REGION)
            if error in ("temporarily_unavailable", "server_error"):
                raise RegionUnavailable(error, region=REGION)
            raise self._rejected("return_code_unexpected")
        try:
            jws = take_apart(query.get("result", ""), longest=LONGEST_BROUGHT)
            if jws.algorithm not in ALGORITHMS:
                raise self._rejected("algorithm_not_allowed")
            self._keys.verify(jws)
            claims = read_claims(jws, longest=LONGEST_BROUGHT)
        except JwsRefused as refused:
            raise self._rejected(str(refused)) from None
        expected = Expected(
            issuer=self._settings.issuer,
            client_id=self._settings.client_id,
            nonce=trip.memory.get("nonce", ""),
            application=trip.memory.get("application", ""),
            at=self._clock(),
            leeway=self._settings.leeway.total_seconds(),
        )
        if problem := objection(claims, expected):
            raise self._rejected(problem)
        return CheckResult(
            passed=claims["outcome"] == "passed", reference=claims["reference"], service=self._settings.service
        )

    def _rejected(self, reason: str) -> AssertionRejected:
        return AssertionRejected(reason, region=REGION)
