"""Simulated identity platform of the province: authorize, access_token and tokeninfo as they come."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from deploy.sandbox import desk
from deploy.sandbox.people import ID_CARD_TYPES
from deploy.sandbox.person import GuangdongAccount, Person
from deploy.sandbox.registration import Secrets
from deploy.sandbox.shelf import Shelf
from gateway.frozen import Frozen
from gateway.identity.region import Region

BASE = "/tif/sso/connect/page/oauth2"
PAGE_LIVES = timedelta(minutes=10)
TOKEN_LIVES = timedelta(minutes=10)
# How the real platform reports these is not public; the sandbox speaks OAuth 2 and adds a word for the time.
ERRORS = {desk.CANCEL: "access_denied", desk.REJECT: "access_denied", desk.TIME_OUT: "login_timeout"}
CODES = {type_: code for code, type_ in ID_CARD_TYPES.items()}


class Asked(Frozen):
    redirect_uri: str
    state: str


class Guangdong:
    """One platform with one registered client: the gateway."""

    def __init__(self, held: Secrets, *, gateway_url: str, clock: Callable[[], datetime]) -> None:
        self._held = held
        self._redirect_uri = f"{gateway_url}/regions/CN-44/callback"
        self._asked: Shelf[Asked] = Shelf(clock, lives=PAGE_LIVES)
        self._codes: Shelf[tuple[Person, str]] = Shelf(clock, lives=timedelta(minutes=1))
        self._tokens: Shelf[Person] = Shelf(clock, lives=TOKEN_LIVES)

    def blueprint(self) -> Blueprint:
        """Everything below /gd."""
        pages = Blueprint("guangdong", __name__)
        pages.add_url_rule(f"{BASE}/authorize", "authorize", self.authorize)
        pages.add_url_rule(f"{BASE}/access_token", "access_token", self.access_token)
        pages.add_url_rule(f"{BASE}/tokeninfo", "tokeninfo", self.tokeninfo)
        pages.add_url_rule("/answer", "answer", self.answer, methods=["POST"])
        return pages

    def authorize(self) -> Response:
        """The sign-in page."""
        query = request.args
        redirect_uri = query.get("redirect_uri", "")
        if (
            query.get("client_id") != self._held.guangdong_client
            or not self._registered(redirect_uri)
            or query.get("service") != "initService"
            or query.get("response_type") != "code"
        ):
            return desk.gone("gd")
        asked = Asked(redirect_uri=redirect_uri, state=query.get("state", ""))
        return self._page(self._asked.put(asked))

    def answer(self) -> Response:
        """What the person did on the page."""
        transaction = request.form.get("transaction", "")
        asked = self._asked.get(transaction)
        if asked is None:
            return desk.gone("gd")
        given = desk.read_answer(Region.GUANGDONG, request.form)
        echoed = {"state": asked.state} if asked.state else {}
        if given.answer != desk.AGREE:
            self._asked.take(transaction)
            return desk.back(asked.redirect_uri, {"error": ERRORS[given.answer], **echoed})
        if given.person is None:
            return self._page(transaction, problem="nobody")
        self._asked.take(transaction)
        code = self._codes.put((given.person, asked.redirect_uri))
        return desk.back(asked.redirect_uri, {"code": code, **echoed})

    def access_token(self) -> ResponseReturnValue:
        """A code for a token; the secret travels in the query, as it does there."""
        query = request.args
        found = self._codes.take(query.get("code", ""))
        secret_right = hmac.compare_digest(
            query.get("client_secret", "").encode(), self._held.guangdong_secret.encode()
        )
        if (
            found is None
            or not secret_right
            or query.get("client_id") != self._held.guangdong_client
            or query.get("grant_type") != "authorization_code"
            or query.get("redirect_uri") != found[1]
        ):
            return jsonify(error="invalid_grant"), 400
        return jsonify(
            access_token=self._tokens.put(found[0]), expires_in=TOKEN_LIVES // timedelta(seconds=1), scope="all"
        )

    def tokeninfo(self) -> ResponseReturnValue:
        """Everything about the account: the platform has one scope."""
        person = self._tokens.get(request.args.get("access_token", ""))
        if person is None or person.guangdong is None:
            return jsonify(error="invalid_token"), 401
        return jsonify(account_of(person, person.guangdong))

    def _registered(self, redirect_uri: str) -> bool:
        """The registered address; a one-time `state` of the caller's may stand in its query."""
        parts = urlsplit(redirect_uri)
        return f"{parts.scheme}://{parts.netloc}{parts.path}" == self._redirect_uri and set(parse_qs(parts.query)) <= {
            "state"
        }

    def _page(self, transaction: str, *, problem: str = "") -> Response:
        return desk.choose(
            Region.GUANGDONG,
            party="gd",
            asked_language="",
            problem=problem,
            action="/gd/answer",
            transaction=transaction,
        )


def account_of(person: Person, account: GuangdongAccount) -> dict[str, object]:
    """The answer of tokeninfo, with much that a careful reader drops."""
    type_, number = account.document
    real = account.level != "L0"
    way = {"L0": "L0@PWD", "L1": "L1@IDV", "L2": "L2@YSS", "L3": "L3@GW"}[account.level]
    properties = {
        "uversion": str(account.version),
        "origin": "gdbs",
        "accout_type": "1",  # sic
        "account_uid": account.code,
        "card_type_one": "-1",
        "legal_person": "-1",
        "area": "shenzhen",
        "address": "沙盒路1號 room=101",  # values may hold the sign that divides
        "birthday": account.birth_date.isoformat() if account.birth_date else "-1",
    }
    return {
        "userobj": {
            "uid": f"gd_{person.login}",
            "useridcode": account.code,
            "cn": account.name,
            "usertype": "1",
            "idcardtype": CODES[type_],
            "idcardnumber": number,
            "sex": account.sex,
            "telephonenumber": "13000000000",
            "mail": f"{person.login}@sandbox.example",
            "origin": "gdbs",
            "uversion": str(account.version),
            "createtime": "2024-01-01 00:00:00",
            "isreal": "true" if real else "false",
            "realtype": "PLV" if real else "-1",
            "extproperties": [f"{name}={value}" for name, value in properties.items()],
        },
        "pareobj": None,
        "user_creditable_level": {
            "creditable_level_of_account": account.level,
            "creditable_level_of_account_way": f"{way}@{account.code}",
            "creditable_level_of_account_way_list": [
                {"identity_level": account.level, "way_code": way.partition("@")[2], "uniqueid": account.code}
            ],
        },
    }
