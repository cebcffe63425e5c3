"""Simulated One Account: a standard OpenID provider, strict about the standard (its real protocol is not public)."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from deploy.sandbox import desk
from deploy.sandbox.person import Person
from deploy.sandbox.registration import CONFIRM_ACR, Secrets
from deploy.sandbox.shelf import Shelf
from deploy.sandbox.signing_key import SigningKey
from gateway.frozen import Frozen
from gateway.identity.document import DocumentType
from gateway.identity.region import Region
from gateway.oidc import pkce

PAGE_LIVES = timedelta(minutes=10)
TOKEN_LIVES = timedelta(minutes=5)
ONE_TIME_PASSWORD = "246810"  # noqa: S105 - shown on the page
ACR_PREFIX = "urn:mo:sandbox:"
METHODS = (("electronic-identity", "method_eid"), ("password", "method_password"))
AMR = {"electronic-identity": ["swk", "user"], "password": ["pwd"], "password-otp": ["pwd", "otp", "mfa"]}
ERRORS = {desk.CANCEL: "access_denied", desk.REJECT: "access_denied", desk.TIME_OUT: "login_required"}
PERMIT_CLAIMS = {
    DocumentType.HOME_RETURN_PERMIT: "mainland_permit_number",
    DocumentType.HOME_RETURN_PERMIT_NON_CHINESE: "mainland_permit_non_chinese_number",
}


class Asked(Frozen):
    """An authorization request that is in order."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    scope: frozenset[str]
    language: str
    confirm: bool


class Issued(Frozen):
    """What a code or a token stands for."""

    person: Person
    asked: Asked
    method: str
    at: datetime


class Macau:
    """One provider with one registered client: the gateway."""

    def __init__(self, held: Secrets, *, gateway_url: str, sandbox_url: str, clock: Callable[[], datetime]) -> None:
        self._held = held
        self._clock = clock
        self._issuer = f"{sandbox_url}/mo"
        self._redirect_uri = f"{gateway_url}/regions/MO/callback"
        self._key = SigningKey(held.macau_provider_key)
        self._client_key = SigningKey(held.macau_client_key)
        self._asked: Shelf[Asked] = Shelf(clock, lives=PAGE_LIVES)
        self._codes: Shelf[Issued] = Shelf(clock, lives=timedelta(minutes=1))
        self._tokens: Shelf[Issued] = Shelf(clock, lives=TOKEN_LIVES)
        self._assertions: Shelf[bool] = Shelf(clock, lives=timedelta(minutes=10))

    def blueprint(self) -> Blueprint:
        """Everything below /mo."""
        pages = Blueprint("macau", __name__)
        pages.add_url_rule("/.well-known/openid-configuration", "discovery", self.discovery)
        pages.add_url_rule("/jwks", "jwks", self.jwks)
        pages.add_url_rule("/authorize", "authorize", self.authorize)
        pages.add_url_rule("/answer", "answer", self.answer, methods=["POST"])
        pages.add_url_rule("/token", "token", self.token, methods=["POST"])
        pages.add_url_rule("/userinfo", "userinfo", self.userinfo, methods=["GET", "POST"])
        return pages

    def discovery(self) -> ResponseReturnValue:
        """OpenID Connect Discovery §3."""
        return jsonify(
            issuer=self._issuer,
            authorization_endpoint=f"{self._issuer}/authorize",
            token_endpoint=f"{self._issuer}/token",
            userinfo_endpoint=f"{self._issuer}/userinfo",
            jwks_uri=f"{self._issuer}/jwks",
            response_types_supported=["code"],
            subject_types_supported=["pairwise"],
            id_token_signing_alg_values_supported=["ES256"],
            token_endpoint_auth_methods_supported=["private_key_jwt"],
            token_endpoint_auth_signing_alg_values_supported=["ES256"],
            code_challenge_methods_supported=["S256"],
            scopes_supported=["openid", "profile", "identity"],
            acr_values_supported=[f"{ACR_PREFIX}{method}" for method in AMR],
            authorization_response_iss_parameter_supported=True,
        )

    def jwks(self) -> ResponseReturnValue:
        """The provider's keys."""
        return jsonify(self._key.published())

    def authorize(self) -> Response:
        """The person's page, or the standard's error (Core §3.1.2.6)."""
        query = request.args
        if query.get("client_id") != self._held.macau_client or query.get("redirect_uri") != self._redirect_uri:
            return desk.gone("mo")
        state = query.get("state", "")
        scope = frozenset(query.get("scope", "").split())
        if query.get("response_type") != "code" or "openid" not in scope or len(list(query)) != len(set(query)):
            return self._error(state, "invalid_request")
        challenge = query.get("code_challenge", "")
        if query.get("code_challenge_method") != pkce.METHOD or not pkce.is_challenge(challenge):
            return self._error(state, "invalid_request")
        if query.get("prompt") == "none":
            return self._error(state, "login_required")
        asked = Asked(
            redirect_uri=self._redirect_uri,
            state=state,
            nonce=query.get("nonce", ""),
            challenge=challenge,
            scope=scope,
            language=query.get("ui_locales", "").split(" ")[0],
            confirm=CONFIRM_ACR in query.get("acr_values", "").split(),
        )
        return self._page(asked, self._asked.put(asked))

    def answer(self) -> Response:
        """What the person did on the page."""
        transaction = request.form.get("transaction", "")
        asked = self._asked.get(transaction)
        if asked is None:
            return desk.gone("mo")
        given = desk.read_answer(Region.MACAU, request.form)
        if given.answer != desk.AGREE:
            self._asked.take(transaction)
            return self._error(asked.state, ERRORS[given.answer])
        if given.person is None:
            return self._page(asked, transaction, problem="nobody")
        if asked.confirm and request.form.get("otp", "").strip() != ONE_TIME_PASSWORD:
            return self._page(asked, transaction, problem="otp_wrong")
        self._asked.take(transaction)
        method = "password-otp" if asked.confirm else request.form.get("method", METHODS[0][0])
        if method not in AMR:
            method = "password"
        issued = Issued(person=given.person, asked=asked, method=method, at=self._clock())
        return desk.back(
            asked.redirect_uri, {"code": self._codes.put(issued), "state": asked.state, "iss": self._issuer}
        )

    def token(self) -> ResponseReturnValue:
        """A code for tokens (Core §3.1.3); errors as in RFC 6749 §5.2."""
        form = request.form
        if not self._client_authenticated(form):
            return _refused("invalid_client", 401)
        if form.get("grant_type") != "authorization_code":
            return _refused("unsupported_grant_type")
        issued = self._codes.take(form.get("code", ""))
        if (
            issued is None
            or form.get("redirect_uri") != issued.asked.redirect_uri
            or not pkce.proves(form.get("code_verifier", ""), issued.asked.challenge)
        ):
            return _refused("invalid_grant")
        access_token = self._tokens.put(issued)
        answer = jsonify(
            access_token=access_token,
            token_type="Bearer",  # noqa: S106 - the standard's word
            expires_in=TOKEN_LIVES // timedelta(seconds=1),
            id_token=self._key.sign(self._id_token(issued, access_token)),
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def userinfo(self) -> ResponseReturnValue:
        """The claims that the scopes carry (Core §5.3)."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        issued = self._tokens.get(token) if scheme.lower() == "bearer" else None
        if issued is None:
            return "", 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        claims: dict[str, object] = {"sub": self._subject(issued.person)}
        if "identity" in issued.asked.scope:
            claims |= _identity(issued.person)
        return jsonify(claims)

    def _page(self, asked: Asked, transaction: str, *, problem: str = "") -> Response:
        return desk.choose(
            Region.MACAU,
            party="mo",
            asked_language=asked.language,
            problem=problem,
            action="/mo/answer",
            transaction=transaction,
            methods=None if asked.confirm else METHODS,
            otp=ONE_TIME_PASSWORD if asked.confirm else None,
        )

    def _error(self, state: str, error: str) -> Response:
        return desk.back(self._redirect_uri, {"error": error, "state": state, "iss": self._issuer})

    def _client_authenticated(self, form: Mapping[str, str]) -> bool:
        """private_key_jwt, each assertion once (RFC 7523 §3)."""
        claims = self._client_key.verified(form.get("client_assertion", "")) or {}
        client, now = self._held.macau_client, self._clock().timestamp()
        until, jti = claims.get("exp"), claims.get("jti")
        if (
            form.get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            or (claims.get("iss"), claims.get("sub"), claims.get("aud")) != (client, client, self._issuer)
            or not isinstance(until, int)
            or not now < until <= now + 300
            or not isinstance(jti, str)
            or self._assertions.get(jti)
        ):
            return False
        self._assertions.put(True, jti)
        return True

    def _id_token(self, issued: Issued, access_token: str) -> dict[str, object]:
        now = int(self._clock().timestamp())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims: dict[str, object] = {
            "iss": self._issuer,
            "sub": self._subject(issued.person),
            "aud": self._held.macau_client,
            "exp": now + 300,
            "iat": now,
            "auth_time": int(issued.at.timestamp()),
            "acr": f"{ACR_PREFIX}{issued.method}",
            "amr": AMR[issued.method],
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
        }
        return claims | ({"nonce": issued.asked.nonce} if issued.asked.nonce else {})

    def _subject(self, person: Person) -> str:
        about = f"mo:{self._held.macau_client}:{person.id}".encode()
        return hmac.new(self._held.pairwise_salt.encode(), about, hashlib.sha256).hexdigest()


def _identity(person: Person) -> dict[str, object]:
    home = person.home
    claims: dict[str, object] = {
        "bir_number": f"{home.number[:7]}({home.number[7]})",
        "name": home.latin_name,
        "gender": "male" if home.sex == "M" else "female",
        "birthdate": home.birth_date.isoformat(),
        "phone_number": "+853 6000 0000",  # more than the gateway takes
    }
    if home.chinese_name:
        claims |= {"name_zh": home.chinese_name, "name_zh_verified": home.chinese_name_verified}
    if home.permit:
        claims[PERMIT_CLAIMS[home.permit[0]]] = home.permit[1]
    return claims


def _refused(error: str, status: int = 400) -> ResponseReturnValue:
    return jsonify(error=error), status
