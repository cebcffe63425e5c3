"""The description of the API is served, and holding answers against it notices what is not as described."""

import httpx

from deploy.journey.stack import Stack
from tests.fixtures.described import Described, Witness


def test_the_description_is_served_and_asked_for_again_only_when_it_changed(running: Stack) -> None:
    told = httpx.get(f"{running.gateway}/api/v1/openapi.json")
    assert told.json()["servers"] == [{"url": running.gateway}]
    again = httpx.get(f"{running.gateway}/api/v1/openapi.json", headers={"if-none-match": told.headers["etag"]})
    assert again.status_code == 304


def test_what_is_not_described_is_noticed(running: Stack, answers_are_as_described: Witness) -> None:
    seen = answers_are_as_described.seen
    answer = httpx.post(f"{running.gateway}/api/v1/verifications", content=b"x", headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert answers_are_as_described.seen == seen + 1
    described = Described(httpx.get(f"{running.gateway}/api/v1/openapi.json").json())
    asked, problem, told = ("POST", "/api/v1/verifications"), "application/problem+json", answer.json()
    assert described.objection(*asked, 415, problem, lambda: told) is None
    assert described.objection(*asked, 415, "text/html", lambda: told)
    assert described.objection(*asked, 418, problem, lambda: told)
    assert described.objection(*asked, 415, problem, lambda: told | {"type": "/problems/another"})
    assert described.objection("GET", "/api/v1/nothing", 200, problem, lambda: told)
