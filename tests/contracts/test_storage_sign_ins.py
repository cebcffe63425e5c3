"""Sign-ins that are under way: found as they were, changed by one, and their returns taken by one."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.errors import Outrun
from gateway.identity.region import Region
from gateway.oidc.sign_in import Stage
from tests.contracts.test_storage_residents import BINDING, SESSION, SIGN_IN, world
from tests.fakes.oidc_world import START
from tests.fakes.resident_world import World

__all__ = ["world"]


def test_a_sign_in_comes_back_as_it_was_and_by_what_it_is_found_by(world: World) -> None:
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
        work.commit()
    with world.open_work(write=False) as work:
        assert work.sign_ins.find(SIGN_IN.id) == SIGN_IN
        assert work.sign_ins.departed("state-1") == SIGN_IN
        assert work.sign_ins.away("b" * 64, "HK") == SIGN_IN
        assert work.sign_ins.away("b" * 64, "MO") is None
        assert work.sign_ins.departed("state-2") is None


def test_a_sign_in_is_found_with_whether_its_browser_was_signed_in_from_a_home_before(world: World) -> None:
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
        assert work.sign_ins.find_with_home(SIGN_IN.id, Region.HONG_KONG) == (SIGN_IN, False)
        work.bindings.insert_or_get(BINDING)
        work.sessions.add(replace(SESSION, browser="another"))
        assert work.sign_ins.find_with_home(SIGN_IN.id, Region.HONG_KONG) == (SIGN_IN, False)
        work.sessions.add(replace(SESSION, id="session-2", browser=SIGN_IN.browser))
        assert work.sign_ins.find_with_home(SIGN_IN.id, Region.HONG_KONG) == (SIGN_IN, True)
        assert work.sign_ins.find_with_home(SIGN_IN.id, Region.MACAU) == (SIGN_IN, False)
        assert work.sign_ins.find_with_home("another", Region.HONG_KONG) is None


def test_of_two_changes_to_one_sign_in_one_is_kept(world: World) -> None:
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
        assert work.sign_ins.save(replace(SIGN_IN, stage=Stage.LINK)) is not None
        assert work.sign_ins.save(replace(SIGN_IN, stage=Stage.CLAIMS)) is None
        work.commit()
    with world.open_work(write=False) as work:
        kept = work.sign_ins.find(SIGN_IN.id)
    assert kept is not None
    assert (kept.stage, kept.revision) == (Stage.LINK, 1)


def test_a_unit_that_is_nothing_without_a_change_keeps_nothing_where_another_was_first(world: World) -> None:
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
        work.commit()
    with world.open_work(write=True) as work:
        kept = work.sign_ins.keep(replace(SIGN_IN, stage=Stage.LINK))
        work.sign_ins.add(replace(SIGN_IN, id="with it", last_state=None))
        work.commit()

    def late() -> None:
        with world.open_work(write=True) as work:
            work.sign_ins.add(replace(SIGN_IN, id="without it", last_state=None))
            work.sign_ins.keep(replace(SIGN_IN, stage=Stage.CLAIMS))
            work.commit()

    with pytest.raises(Outrun, match="sign_in_changed_meanwhile"):
        late()
    with world.open_work(write=False) as work:
        assert work.sign_ins.find(SIGN_IN.id) == kept
        assert kept.revision == 1
        assert work.sign_ins.find("with it") is not None
        assert work.sign_ins.find("without it") is None


@pytest.mark.parametrize("stage", [Stage.AWAY, Stage.CLAIMS])
def test_a_change_is_kept_whether_or_not_its_departure_moved(world: World, stage: Stage) -> None:
    later = replace(SIGN_IN, stage=stage, expires_at=SIGN_IN.expires_at + timedelta(minutes=1), last_state="state-9")
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
        again = work.sign_ins.keep(replace(SIGN_IN, stage=stage))
        kept = work.sign_ins.keep(replace(later, revision=again.revision))
        work.commit()
    with world.open_work(write=False) as work:
        assert work.sign_ins.departed("state-9") == kept == replace(later, revision=2)


def test_a_return_is_claimed_by_one_until_the_sign_in_is_saved_or_the_claim_lapses(world: World) -> None:
    later = START + timedelta(minutes=1)
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
        work.sign_ins.add(replace(SIGN_IN, id="another", last_state="state-0"))
        assert work.sign_ins.deliver("state-0", {"another's": "code"}, at=START)
        assert work.sign_ins.claimed_at(SIGN_IN.id) is None
        assert work.sign_ins.claim(SIGN_IN, at=START, lapsed=START - timedelta(minutes=1)) == {}
        assert work.sign_ins.claimed_at(SIGN_IN.id) == START
        assert work.sign_ins.claim(SIGN_IN, at=later, lapsed=START - timedelta(seconds=1)) is None
        assert work.sign_ins.deliver("state-1", {"a": "b"}, at=START)
        assert work.sign_ins.claim(SIGN_IN, at=later, lapsed=START) == {"a": "b"}
        saved = work.sign_ins.save(replace(SIGN_IN, stage=Stage.LINK))
        assert work.sign_ins.claim(SIGN_IN, at=later, lapsed=later) is None  # it changed since it was read
        assert saved is not None
        assert work.sign_ins.claimed_at(SIGN_IN.id) is None
        assert work.sign_ins.claim(saved, at=later, lapsed=START) == {"a": "b"}


def test_a_sign_in_that_is_over_is_kept_until_its_new_end(world: World) -> None:
    later = SIGN_IN.expires_at + timedelta(days=1)
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
        assert work.sign_ins.save(replace(SIGN_IN, expires_at=later)) is not None
        assert work.sign_ins.expired(before=SIGN_IN.expires_at, limit=2) == ()
        assert len(work.sign_ins.expired(before=later, limit=2)) == 1


def test_a_delivery_is_parked_once_and_only_for_somebody_who_is_away(world: World) -> None:
    with world.open_work(write=True) as work:
        work.sign_ins.add(SIGN_IN)
        assert work.sign_ins.deliver("state-1", {"a": "b"}, at=START)
        assert not work.sign_ins.deliver("state-1", {"a": "c"}, at=START)
        assert not work.sign_ins.deliver("state-2", {"a": "d"}, at=START)
        assert work.sign_ins.delivery("state-1") == {"a": "b"}
        assert work.sign_ins.delivery("state-2") is None
        assert work.sign_ins.purge_deliveries(before=START - timedelta(seconds=1)) == 0
        work.sign_ins.forget_delivery("state-1")
        assert work.sign_ins.delivery("state-1") is None
        assert work.sign_ins.deliver("state-1", {"a": "b"}, at=START)
        work.sign_ins.remove(SIGN_IN.id)
        assert work.sign_ins.delivery("state-1") is None


def test_expired_sign_ins_are_found_in_portions(world: World) -> None:
    with world.open_work(write=True) as work:
        for number in range(3):
            work.sign_ins.add(replace(SIGN_IN, id=f"s-{number}", last_state=None, departure=None, stage=Stage.LINK))
        late = SIGN_IN.expires_at
        assert len(work.sign_ins.expired(before=late, limit=2)) == 2
        assert work.sign_ins.expired(before=late - timedelta(seconds=1), limit=2) == ()
