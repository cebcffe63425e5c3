"""Simulated iAM Smart: sign-in, requests that the person answers, and the pages for both."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from deploy.sandbox import desk
from deploy.sandbox.delivery import Deliver
from deploy.sandbox.hongkong_signing import SigningDesk
from deploy.sandbox.hongkong_wire import MILLISECOND, REFUSED, SUCCESS, Wire, Work
from deploy.sandbox.person import Person
from deploy.sandbox.registration import Secrets
from deploy.sandbox.shelf import Shelf
from gateway.frozen import Frozen
from gateway.identity.region import Region
from gateway.regions.hongkong import signing
from gateway.regions.hongkong.anonymous_signing import HASH

PAGE_LIVES = timedelta(minutes=4)
TOKEN_LIVES = timedelta(minutes=10)
PROFILE_FIELDS = ("idNo", "enName", "gender", "birthDate", "chName")
RETURN_CODES = {desk.CANCEL: "D40000", desk.REJECT: "D40001", desk.TIME_OUT: "D40003"}


class Visit(Frozen):
    """A browser at the QR page: to sign in, or (with `ticket`) to answer a request."""

    redirect_uri: str
    state: str
    language: str
    ticket: str


class Wish(Frozen):
    """A request to the person that waits for an answer."""

    kind: str
    person: Person
    business_id: str
    state: str
    fields: tuple[str, ...]


class HongKong:
    """One platform with one registered service: the gateway.

    `app_at_hand` makes the app answer by itself a moment later, as a person does whose phone shows the request at once;
    otherwise every request is answered on the page.
    """

    def __init__(
        self,
        held: Secrets,
        *,
        gateway_url: str,
        clock: Callable[[], datetime],
        deliver: Deliver,
        app_at_hand: bool = False,
        signing_desk: SigningDesk | None = None,
    ) -> None:
        self._signing_desk = signing_desk
        self._held = held
        self._clock = clock
        self._deliver = deliver
        self._app_at_hand = app_at_hand
        self._redirect_uri = f"{gateway_url}/regions/HK/callback"
        self._callbacks = f"{gateway_url}/regions/HK/receive"
        self._visits: Shelf[Visit] = Shelf(clock, lives=PAGE_LIVES)
        self._codes: Shelf[Person] = Shelf(clock, lives=timedelta(minutes=1))
        self._tokens: Shelf[Person] = Shelf(clock, lives=TOKEN_LIVES)
        self._wishes: Shelf[Wish] = Shelf(clock, lives=PAGE_LIVES)
        self._wire = Wire(held, clock)

    def blueprint(self) -> Blueprint:
        """Everything below /hk."""
        pages = Blueprint("hongkong", __name__)
        for path, name, answer in (
            ("/api/v1/security/getKey", "get_key", self.get_key),
            ("/api/v1/auth/getToken", "get_token", self.get_token),
            ("/api/v1/account/auth/profile/initiateRequest", "profile", self.profile),
            ("/api/v1/account/stepup/initiateRequest", "step_up", self.step_up),
        ):
            pages.add_url_rule(path, name, answer, methods=["POST"])
        if self._signing_desk is not None:
            self._mount_signing(pages, self._signing_desk)
        pages.add_url_rule("/api/v1/auth/getQR", "get_qr", self.get_qr)
        pages.add_url_rule("/answer", "answer", self.answer, methods=["POST"])
        return pages

    def _mount_signing(self, pages: Blueprint, signing_desk: SigningDesk) -> None:
        client = self._held.hongkong_client
        works: dict[str, Work] = {
            "/api/v1/anonymous/pdfsigning/initiateRequest": lambda message: signing_desk.initiate(message, client),
            "/api/v1/anonymous/pdfsigning/getResult": signing_desk.result,
            "/api/v1/anonymous/signing/initiateRequest": lambda message: signing_desk.initiate(message, client, HASH),
            "/api/v1/anonymous/signing/getResult": signing_desk.result,
            "/api/v1/account/signing/ackResult": signing_desk.acknowledge,
        }
        for path, work in works.items():
            pages.add_url_rule(path, path, partial(self._wire.answered, work), methods=["POST"])
        pages.add_url_rule("/sign", "sign", signing_desk.answer, methods=["POST"])

    def get_key(self) -> ResponseReturnValue:
        """The content key."""
        return self._wire.key_answer()

    def get_token(self) -> ResponseReturnValue:
        """A code for a token and the person's pairwise openID."""
        return self._wire.answered(self._token_for)

    def profile(self) -> ResponseReturnValue:
        """Ask the person for profile fields."""
        return self._wire.answered(lambda message: self._ask("profile", message))

    def step_up(self) -> ResponseReturnValue:
        """Ask the person to confirm."""
        return self._wire.answered(lambda message: self._ask("stepup", message))

    def _token_for(self, message: Mapping[str, Any]) -> dict[str, object] | str:
        person = self._codes.take(str(message.get("code", "")))
        if person is None or message.get("grantType") != "authorization_code":
            return REFUSED
        return {
            "accessToken": self._tokens.put(person),
            "tokenType": "Bearer",
            "issueAt": signing.milliseconds(self._clock()),
            "expiresIn": TOKEN_LIVES // MILLISECOND,
            "openID": self._open_id(person),
            "lastModifiedDate": "1767225600000",
            "userType": "1",
            "scope": "eidapi_auth eidapi_profiles",
        }

    def _ask(self, kind: str, message: Mapping[str, Any]) -> dict[str, object] | str:
        person = self._tokens.get(str(message.get("accessToken", "")))
        business_id = str(message.get("businessID", ""))
        fields = message.get("profileFields", [])
        if (
            person is None
            or message.get("openID") != self._open_id(person)
            or not (0 < len(business_id) <= 36 and business_id.isascii())
            or message.get("redirectURI") != self._redirect_uri
            or not set(fields) <= set(PROFILE_FIELDS)
        ):
            return REFUSED
        wish = Wish(
            kind=kind,
            person=person,
            business_id=business_id,
            state=str(message.get("state", "")),
            fields=tuple(fields),
        )
        if self._app_at_hand:
            self._call_back(wish, SUCCESS)
            return {"authByQR": False, "ticketID": ""}
        return {"authByQR": True, "ticketID": self._wishes.put(wish)}

    def get_qr(self) -> Response:
        """The page with the QR code: here, the persons and their answers."""
        query = request.args
        if self._signing_desk is not None and query.get("clientID") == self._held.hongkong_client:
            page = self._signing_desk.page(query.get("ticketID", ""), query.get("lang", ""))
            if page is not None:
                return page
        if (
            query.get("clientID") != self._held.hongkong_client
            or query.get("redirectURI") != self._redirect_uri
            or query.get("responseType") != "code"
            or not query.get("state")
        ):
            return desk.gone("hk")
        visit = Visit(
            redirect_uri=self._redirect_uri,
            state=query["state"],
            language=query.get("lang", ""),
            ticket=query.get("ticketID", ""),
        )
        return self._page(visit, self._visits.put(visit))

    def answer(self) -> Response:
        """What the person did on the page."""
        transaction = request.form.get("transaction", "")
        visit = self._visits.get(transaction)
        if visit is None:
            return desk.gone("hk")
        given = desk.read_answer(Region.HONG_KONG, request.form)
        if visit.ticket:
            return self._answer_wish(visit, given.answer)
        if given.answer != desk.AGREE:
            return desk.back(visit.redirect_uri, {"state": visit.state, "error_code": RETURN_CODES[given.answer]})
        if given.person is None:
            return self._page(visit, transaction, problem="nobody")
        self._visits.take(transaction)
        return desk.back(visit.redirect_uri, {"code": self._codes.put(given.person), "state": visit.state})

    def _page(self, visit: Visit, transaction: str, *, problem: str = "") -> Response:
        if not visit.ticket:
            return desk.choose(
                Region.HONG_KONG,
                party="hk",
                asked_language=visit.language,
                problem=problem,
                action="/hk/answer",
                transaction=transaction,
            )
        wish = self._wishes.get(visit.ticket)
        if wish is None or wish.state != visit.state:
            return desk.gone("hk")
        return desk.show(
            "ask",
            party="hk",
            asked_language=visit.language,
            kind=wish.kind,
            person=wish.person,
            fields=wish.fields,
            action="/hk/answer",
            transaction=transaction,
        )

    def _answer_wish(self, visit: Visit, answer: str) -> Response:
        wish = self._wishes.take(visit.ticket)
        if wish is None:
            return desk.gone("hk")
        code = RETURN_CODES.get(answer, SUCCESS)
        self._call_back(wish, code)
        back = {"state": visit.state, "businessID": wish.business_id}
        return desk.back(visit.redirect_uri, back if code == SUCCESS else back | {"error_code": code})

    def _call_back(self, wish: Wish, code: str) -> None:
        """Post the answer to the service, signed, under a key of its own; tried again until it is taken."""
        inner: dict[str, object] = {"businessID": wish.business_id, "state": wish.state, "type": wish.kind}
        if code == SUCCESS and wish.kind == "profile":
            inner |= {name: value for name, value in _profile(wish.person).items() if _asked(name, wish.fields)}
        body = self._wire.callback(code, inner)
        self._deliver(f"{self._callbacks}/{wish.kind}", lambda: self._wire.signed(body), body)

    def _open_id(self, person: Person) -> str:
        """Different for every service."""
        about = f"hk:{self._held.hongkong_client}:{person.id}".encode()
        return hmac.new(self._held.pairwise_salt.encode(), about, hashlib.sha256).hexdigest()


def _asked(name: str, fields: tuple[str, ...]) -> bool:
    return name in fields or (name == "chNameVerified" and "chName" in fields)


def _profile(person: Person) -> dict[str, object]:
    home = person.home
    return {
        "idNo": {"Identification": home.number[:-1], "CheckDigit": home.number[-1]},
        "enName": {"UnstructuredName": home.latin_name},
        "chName": {"ChineseName": home.chinese_name} if home.chinese_name else None,
        "chNameVerified": home.chinese_name_verified,
        "gender": home.sex,
        "birthDate": home.birth_date.isoformat(),
    }
