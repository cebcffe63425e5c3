"""Back from a region over the wire: cookies, redirects, and refusals that tell nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.endpoints import region_callback
from gateway.endpoints.authorize import CookieNames
from gateway.endpoints.oauth_errors import Answer, Handler
from gateway.endpoints.wire import Page, Request, Response
from gateway.identity.region import Region
from tests.fakes.resident_world import BROWSER, PHONE, World, make_world

COOKIES = CookieNames.on("https://gateway.example")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def handlers(world: World) -> dict[tuple[str, str], Handler]:
    return region_callback.routes(
        world.sign_ins, cookies=COOKIES, page=lambda locale, sign_in: f"/{locale}/sign-in/{sign_in}"
    )


def returned(world: World, query: str, *, browser: str | None = BROWSER, to: str = "HK") -> Answer:
    headers = {} if browser is None else {"cookie": f"{COOKIES.browser}={browser}"}
    request = Request(method="GET", path=f"/regions/{to}/callback", query=query, headers=headers)
    return handlers(world)["GET", region_callback.CALLBACK](request)


def away(world: World) -> str:
    sign_in = world.sign_ins.begin(BROWSER, locale="pt").sign_in
    world.sign_ins.choose_region(sign_in, BROWSER, region="HK", locale="pt", user_agent=PHONE)
    return sign_in


def state(world: World) -> str:
    return world.regions[Region.HONG_KONG].trips[-1].state


def test_the_first_return_leads_to_the_page_of_the_stage_without_a_session(world: World) -> None:
    sign_in = away(world)
    answer = returned(world, f"state={state(world)}&code=c")
    assert isinstance(answer, Response)
    headers = dict(answer.headers)
    assert (answer.status, headers["Location"]) == (303, f"/pt/sign-in/{sign_in}")
    assert "Set-Cookie" not in headers


def test_a_bound_person_gets_a_session_cookie_that_scripts_and_other_sites_cannot_use(world: World) -> None:
    world.bound()
    away(world)
    answer = returned(world, f"state={state(world)}&code=c")
    assert isinstance(answer, Response)
    cookie = dict(answer.headers)["Set-Cookie"]
    assert cookie.startswith("__Host-gba_session=")
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=Lax; Secure")
    value = cookie.partition("=")[2].partition(";")[0]
    assert world.sessions.current(value, BROWSER) is not None


@pytest.mark.parametrize("browser", [None, "", "another"])
def test_without_the_browsers_own_cookie_nothing_is_there(world: World, browser: str | None) -> None:
    away(world)
    answer = returned(world, f"state={state(world)}&code=c", browser=browser)
    assert isinstance(answer, Page)
    assert (answer.status, answer.reason) == (404, "departure_unknown")


@pytest.mark.parametrize("query", ["", "state=unknown", "state=" + "x" * 9000, "code=c&code=d", "a=%zz", "state=%00"])
@pytest.mark.parametrize("to", ["HK", "XX", "check"])
def test_garbage_is_a_page_and_never_an_accident(world: World, query: str, to: str) -> None:
    answer = returned(world, query, to=to)
    assert isinstance(answer, Page)
    assert 400 <= answer.status < 500


def test_a_return_under_another_regions_name_changes_nothing(world: World) -> None:
    sign_in = away(world)
    answer = returned(world, f"state={state(world)}&code=c", to="MO")
    assert isinstance(answer, Response)
    assert dict(answer.headers)["Location"].endswith(sign_in)
    assert type(world.view(sign_in)).__name__ == "Away"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/regions/HK/receive/profile", b"no-such-state", 404),
        ("/regions/HK/receive/nonsense", b"", 400),
        ("/regions/XX/receive/profile", b"", 404),
    ],
)
def test_a_delivery_that_does_not_hold_is_refused_with_a_reason(
    world: World, path: str, body: bytes, status: int
) -> None:
    answer = handlers(world)["POST", region_callback.RECEIVE](Request(method="POST", path=path, body=body))
    assert isinstance(answer, Response)
    assert answer.status == status


def test_a_delivery_that_holds_is_parked(world: World) -> None:
    world.regions[Region.HONG_KONG].way = "wait"
    away(world)
    returned(world, f"state={state(world)}&code=c")
    request = Request(method="POST", path="/regions/HK/receive/profile", body=state(world).encode())
    answer = handlers(world)["POST", region_callback.RECEIVE](request)
    assert isinstance(answer, Response)
    assert answer.status == 200
