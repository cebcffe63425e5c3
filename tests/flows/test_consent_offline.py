"""Coming back without the person: its own tick, kept in the consent's record, taken back with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.flows.stage_view import ClaimsQuestion
from gateway.identity.consent import Kind
from gateway.oidc.permission import Permission
from tests.fakes.resident_world import AGENCY, BROWSER, REQUEST, World, make_world, parameters

OFFLINE = replace(REQUEST, scope=("openid", "offline_access"))
TICKED = frozenset({"offline_access"})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    with made.open_work(write=True) as work:
        work.clients.save(replace(AGENCY, scopes=AGENCY.scopes | TICKED))
        work.commit()
    yield made
    made.engine.dispose()


def answered(world: World, cookie: str, ticked: frozenset[str]) -> Permission:
    sign_in = world.asked(OFFLINE, cookie)
    done = world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=ticked)
    assert parameters(done)["code"]
    granted = world.begin(OFFLINE, session=cookie)
    assert isinstance(granted, Permission), granted
    return granted


def may_return(world: World, granted: Permission) -> bool:
    return world.claims.may_return(account=granted.account, client=AGENCY)


def test_the_question_says_so_and_nobody_ticks_it_for_the_person(world: World) -> None:
    shown = world.view(world.asked(OFFLINE, world.bound()))
    assert isinstance(shown, ClaimsQuestion)
    item = next(one for one in shown.items if one.name == "offline_access")
    assert (item.essential, item.crosses_border, item.available) == (False, False, True)
    assert any("when you are not there" in block.text for block in shown.notice.blocks)


def test_without_the_tick_the_scope_is_not_granted(world: World) -> None:
    granted = answered(world, world.bound(), frozenset())
    assert granted.scope == ("openid",)
    assert not may_return(world, granted)


def test_with_the_tick_it_is_granted_kept_and_never_told_as_a_claim(world: World) -> None:
    granted = answered(world, world.bound(), TICKED)
    assert granted.scope == ("openid", "offline_access")
    assert may_return(world, granted)
    told = world.claims.release(account=granted.account, client=AGENCY, claims=granted.claims, consent=granted.consent)
    assert "offline_access" not in told


def test_withdrawing_the_consent_takes_it_back(world: World) -> None:
    granted = answered(world, world.bound(), TICKED)
    with world.open_work(write=False) as work:
        record = work.consents.standing(granted.account, Kind.CLAIMS, AGENCY.id)
    assert record is not None
    world.consents.withdraw(granted.account, record.id)
    assert not may_return(world, granted)


def test_it_ends_with_the_time_of_the_consent(world: World) -> None:
    granted = answered(world, world.bound(), TICKED)
    world.clock.passes(days=366)
    assert not may_return(world, granted)
