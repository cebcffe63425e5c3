"""Each parameter of each request to the provider: left out, empty, twice, too long, nonsense; all else is honest."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from deploy.rim import Rim
from gateway.endpoints.wire import FORM
from gateway.oidc import device_code
from gateway.oidc.token_exchange import ACCESS_TOKEN
from gateway.oidc.token_exchange import GRANT_TYPE as EXCHANGE
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, VERIFIER, Agency, World, body, make_world
from tests.flows.test_provider_bad_input import Answer, pages

BYE = "https://agency.example/bye"
MAY = {
    "grant_types": frozenset(
        {"authorization_code", "client_credentials", "refresh_token", EXCHANGE, device_code.GRANT_TYPE}
    ),
    "scopes": frozenset({"openid", "profile", "documents:issue", "offline_access"}),
    "may_call": frozenset({"ferry"}),
    "post_logout_redirect_uris": (BYE,),
}
OFFLINE = "openid profile offline_access"
Form = dict[str, str]


@pytest.fixture(scope="module")
def world(sqlite_engine_of_module: sa.Engine) -> World:
    return make_world(sqlite_engine_of_module)


@pytest.fixture(scope="module")
def agency(world: World) -> Agency:
    """A client that may do everything that is asked for here, and the one that it may call."""
    Agency(world, id="ferry", key=Key.make(kid="ferry-1")).enrol(agency="ferry-company")
    return Agency(world).enrol(require_par=False, **MAY)


@pytest.fixture(scope="module")
def rim(world: World) -> Rim:
    return Rim(routes=world.provider.routes, pages=pages, https=True)


def _code(agency: Agency) -> Form:
    code = agency.code()
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}


def _exchange(agency: Agency) -> Form:
    token = agency.tokens()["access_token"]
    return {"grant_type": EXCHANGE, "subject_token": token, "subject_token_type": ACCESS_TOKEN, "audience": "ferry"}


def _poll(agency: Agency) -> Form:
    asked = agency.world.post(device_code.PATH, {"scope": "openid"} | agency.auth())
    return {"grant_type": device_code.GRANT_TYPE, "device_code": body(asked)["device_code"]}


Make = Callable[[Agency], Form]
# What is asked of whom: method, path, the honest parameters beside the client's proof of itself.
ASKED: dict[str, tuple[str, str, Make]] = {
    "push": ("POST", "/oauth/par", lambda agency: agency.request()),
    "code": ("POST", "/oauth/token", _code),
    "credentials": (
        "POST",
        "/oauth/token",
        lambda _: {"grant_type": "client_credentials", "scope": "documents:issue"},
    ),
    "refresh": (
        "POST",
        "/oauth/token",
        lambda agency: {
            "grant_type": "refresh_token",
            "refresh_token": agency.tokens(scope=OFFLINE)["refresh_token"],
            "scope": "openid",
        },
    ),
    "exchange": ("POST", "/oauth/token", _exchange),
    "poll": ("POST", "/oauth/token", _poll),
    "device": ("POST", device_code.PATH, lambda _: {"scope": "openid", "device_location": "A counter"}),
    "introspect": (
        "POST",
        "/oauth/introspect",
        lambda agency: {"token": agency.tokens()["access_token"], "token_type_hint": "access_token"},
    ),
    "revoke": (
        "POST",
        "/oauth/revoke",
        lambda agency: {"token": agency.tokens()["access_token"], "token_type_hint": "access_token"},
    ),
    "authorize": ("GET", "/oauth/authorize", lambda agency: agency.request()),
    "posted": ("POST", "/oauth/authorize", lambda agency: agency.request()),
    "userinfo": ("POST", "/oauth/userinfo", lambda agency: {"access_token": agency.tokens()["access_token"]}),
    "logout": (
        "GET",
        "/oauth/logout",
        lambda agency: {
            "id_token_hint": agency.tokens()["id_token"],
            "post_logout_redirect_uri": BYE,
            "client_id": agency.id,
            "state": "s",
        },
    ),
}
PROVED = {"push", "code", "credentials", "refresh", "exchange", "poll", "device", "introspect", "revoke"}
NAMES: dict[str, tuple[str, ...]] = {
    "push": (
        "client_id", "response_type", "redirect_uri", "scope", "state", "nonce", "code_challenge",
        "code_challenge_method",
    ),
    "code": ("grant_type", "code", "redirect_uri", "code_verifier"),
    "credentials": ("grant_type", "scope"),
    "refresh": ("grant_type", "refresh_token", "scope"),
    "exchange": ("grant_type", "subject_token", "subject_token_type", "audience"),
    "poll": ("grant_type", "device_code"),
    "device": ("scope", "device_location"),
    "introspect": ("token", "token_type_hint"),
    "revoke": ("token", "token_type_hint"),
    "authorize": ("client_id", "response_type", "redirect_uri", "scope", "state", "code_challenge"),
    "posted": ("client_id", "response_type", "redirect_uri", "scope", "state", "code_challenge"),
    "userinfo": ("access_token",),
    "logout": ("id_token_hint", "post_logout_redirect_uri", "client_id", "state"),
}  # fmt: skip
OF_THE_CLIENT = ("client_assertion", "client_assertion_type")
EACH = [
    (name, parameter)
    for name, parameters in NAMES.items()
    for parameter in (*parameters, *(OF_THE_CLIENT if name in PROVED else ()))
]
# What the request cannot do without, and what a request with nonsense in its place must never be given.
NEEDED = {
    "push": {"response_type", "redirect_uri", "code_challenge", "scope"},
    "code": {"grant_type", "code", "redirect_uri", "code_verifier"},
    "credentials": {"grant_type"},
    "refresh": {"grant_type", "refresh_token"},
    "exchange": {"grant_type", "subject_token", "subject_token_type", "audience"},
    "introspect": set[str](),
    "userinfo": {"access_token"},
}


def honest(agency: Agency, name: str) -> Form:
    form = ASKED[name][2](agency)
    return form | (agency.auth() if name in PROVED else {})


def sent(rim: Rim, name: str, form: Mapping[str, str] | str) -> Answer:
    method, path, _ = ASKED[name]
    text = form if isinstance(form, str) else urlencode(form)
    if method == "GET":
        return Answer(rim, method, path, QUERY_STRING=text)
    return Answer(rim, method, path, body=text.encode(), CONTENT_TYPE=FORM)


def outcome(answer: Answer) -> tuple[object, ...]:
    """What is told of a refusal; of a success, that it is one."""
    if answer.status < 400:
        return (answer.status,)
    if answer.headers["Content-Type"].startswith("text/html"):
        return answer.status, answer.body
    return answer.status, answer.json["error"], answer.json["error_description"]


@pytest.mark.parametrize("name", ASKED)
def test_an_honest_request_is_served(rim: Rim, agency: Agency, name: str) -> None:
    told = outcome(sent(rim, name, honest(agency, name)))
    if name == "poll":  # nobody has answered yet, and the device is told just that
        assert told[:2] == (400, "authorization_pending")
    else:
        assert told[0] in (200, 201, 303)


@pytest.mark.parametrize(("name", "parameter"), EACH)
def test_an_empty_parameter_counts_as_left_out(rim: Rim, agency: Agency, name: str, parameter: str) -> None:
    """RFC 6749 §3.1, §3.2."""
    without = honest(agency, name)
    without.pop(parameter)
    empty = honest(agency, name) | {parameter: ""}
    told = outcome(sent(rim, name, without))
    assert outcome(sent(rim, name, empty)) == told
    if parameter in NEEDED.get(name, ()) or parameter in OF_THE_CLIENT:
        assert told[0] in (400, 401, 303)


@pytest.mark.parametrize(("name", "parameter"), EACH)
def test_a_parameter_that_comes_twice_is_refused(rim: Rim, agency: Agency, name: str, parameter: str) -> None:
    form = honest(agency, name)
    told = outcome(sent(rim, name, urlencode([*form.items(), (parameter, form[parameter])])))
    assert told[0] == 400
    assert told[-1] in ("parameter_repeated", b"parameter_repeated")


@pytest.mark.parametrize(("name", "parameter"), EACH)
@pytest.mark.parametrize(
    "value", ["x" * 9_000, "\u202e\U0001f600", "a\r\nSet-Cookie: x=1", "../../etc/passwd", "[]", "-1"]
)
def test_nonsense_is_refused_or_of_no_matter(rim: Rim, agency: Agency, name: str, parameter: str, value: str) -> None:
    answer = sent(rim, name, honest(agency, name) | {parameter: value})
    assert answer.status < 500
    assert "Set-Cookie" not in answer.headers or "x=1" not in answer.headers["Set-Cookie"]
    if parameter in NEEDED.get(name, ()) or parameter in OF_THE_CLIENT:
        assert answer.status >= 400 or "error=" in answer.headers["Location"]
