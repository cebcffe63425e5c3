"""A database that was restored: what somebody may have ended since is not in force because nobody remembers it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.flows.begin_anew import BeginAnew, BegunAnew
from gateway.flows.stage_view import ClaimsQuestion
from gateway.identity.consent import Kind, State
from tests.fakes.resident_world import AGENCY, BROWSER, REQUEST, World, make_world, parameters


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def test_people_are_asked_anew_and_keep_their_links(world: World) -> None:
    cookie = world.bound()
    sign_in = world.asked(REQUEST, cookie)
    assert parameters(world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset()))[
        "code"
    ]
    account = world.account(cookie)
    begin = BeginAnew(open_work=world.open_work, clock=world.clock)
    assert begin(operator="operator:alice") == BegunAnew(sessions=1, grants=0, consents=1)
    assert begin(operator="operator:alice") == BegunAnew(sessions=0, grants=0, consents=0)
    with world.open_work(write=False) as work:
        assert work.consents.standing(account, Kind.CLAIMS, AGENCY.id) is None
        record = work.consents.last_claims(account, AGENCY.id)
        assert record is not None
        assert (record.state, record.events[-1].by) == (State.INVALIDATED, "operator")
        assert [link.ended_at for link in work.bindings.of_account(account)] == [None]
    sign_in = world.asked(REQUEST, cookie)
    world.go(sign_in)
    assert isinstance(world.view(sign_in), ClaimsQuestion)
    kinds = [event.kind for event in world.journal.events]
    assert kinds.count("database.restored") == 2
    assert "consent.invalidated" in kinds
