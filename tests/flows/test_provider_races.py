"""Many at once: one code gives one token, one assertion one answer, one proof one use, on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from deploy.serving.server import MOST_TOGETHER
from gateway.endpoints.wire import Page, Response
from gateway.oidc.dpop import token_hash
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import CALLBACK, VERIFIER, Agency, World, body, make_world

T = TypeVar("T")

AT_ONCE = 50


@pytest.fixture
def world(engine: sa.Engine) -> World:
    return make_world(engine)


Together = Callable[[list[Callable[[], Any]]], list[Any]]


def on_threads(acts: list[Callable[[], T]]) -> list[T]:
    """Run them all at once, as far as threads can."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture(params=["on threads", "in rounds beside them"])
def together(request: pytest.FixtureRequest, world: World) -> Together:
    """All at once: each by itself, or half of them in rounds that are kept by one commit, as the server does it."""

    def in_rounds(acts: list[Callable[[], T]]) -> list[T]:
        half, answers = len(acts) // 2, []
        with ThreadPoolExecutor(1) as beside:
            others = beside.submit(on_threads, acts[:half])
            for first in range(half, len(acts), MOST_TOGETHER):
                with world.work.together():
                    answers += [act() for act in acts[first : first + MOST_TOGETHER]]
            return [*answers, *others.result()]

    return on_threads if request.param == "on threads" else in_rounds


def test_of_fifty_that_redeem_one_code_one_gets_tokens(world: World, together: Together) -> None:
    agency = Agency(world).enrol()
    code = agency.code()
    forms = [
        {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        | agency.auth()
        for _ in range(AT_ONCE)
    ]
    answers = together([lambda form=form: world.post("/oauth/token", form) for form in forms])  # type: ignore[misc]
    assert sorted(answer.status for answer in answers) == [200, *[400] * (AT_ONCE - 1)]
    won = next(answer for answer in answers if answer.status == 200)
    # the others may be thieves: what the one got has ended (RFC 6749 §4.1.2)
    assert agency.userinfo(body(won)["access_token"]).status == 401


def test_of_fifty_that_send_one_assertion_one_is_heard(world: World, together: Together) -> None:
    agency = Agency(world).enrol()
    form = agency.request() | agency.auth()
    answers = together([lambda: world.post("/oauth/par", form) for _ in range(AT_ONCE)])
    assert sorted(answer.status for answer in answers) == [201, *[401] * (AT_ONCE - 1)]


def test_of_fifty_that_answer_one_request_one_gives_a_code(world: World, together: Together) -> None:
    agency = Agency(world).enrol()
    world.person.at_once = False
    agency.bring(agency.pushed())
    request = world.person.parked[0]

    def answer() -> str:
        with world.work(write=True) as work:
            response = world.parts.issue_code()(request, world.person.permits(request), work=work, at=world.clock())
            work.commit()
        return "code" if "code" in dict(response.parameters) else "refused"

    assert sorted(together([answer for _ in range(AT_ONCE)])) == ["code", *["refused"] * (AT_ONCE - 1)]


def test_of_twenty_that_show_one_proof_one_is_served(world: World, together: Together) -> None:
    agency = Agency(world, dpop_key=Key.make(kid="proof")).enrol()
    token = agency.tokens()["access_token"]
    proof = agency.proof("/oauth/userinfo", method="GET", ath=token_hash(token))

    def ask() -> Response | Page:
        return world.get("/oauth/userinfo", authorization=f"DPoP {token}", dpop=proof)

    answers = together([ask for _ in range(20)])
    assert sorted(answer.status for answer in answers) == [200, *[401] * 19]
