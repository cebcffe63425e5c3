"""A client that asks too often is told so in the standard's words, and when to come again; others notice nothing."""

from datetime import timedelta
from threading import Event, Lock, Thread, current_thread
from typing import cast

import pytest
import sqlalchemy as sa

from gateway.endpoints.wire import Response
from gateway.errors import RequestRefused
from gateway.flows.client_limits import PORTION_LIVES, ClientLimits, Portion
from gateway.settings import OidcSettings
from gateway.storage.unit_of_work import SqlUnit
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, body, make_world


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine, OidcSettings(client_requests_per_minute=6))


def token(agency: Agency) -> Response:
    return agency.world.post("/oauth/token", {"grant_type": "client_credentials"} | agency.auth())


class Counted:
    """Storage, and how often it was asked."""

    def __init__(self, world: World) -> None:
        self.world, self.asked = world, 0

    def __call__(self, *, write: bool) -> SqlUnit:
        self.asked += 1
        return self.world.work(write=write)


def test_too_many_requests_are_refused_with_the_time_to_come_again(world: World) -> None:
    agency, other = Agency(world).enrol(), Agency(world, id="ferry").enrol(agency="ferry-company")
    assert [token(agency).status for _ in range(6)] == [200] * 6
    for answer in (token(agency), agency.push(), world.post("/oauth/introspect", {"token": "x"} | agency.auth())):
        assert answer.status == 429
        assert body(answer)["error"] == "temporarily_unavailable"
        assert dict(answer.headers)["Retry-After"] == "10"
    assert token(other).status == 200
    world.clock.passes(seconds=0.5)
    assert dict(token(agency).headers)["Retry-After"] == "10"  # whole seconds, and never too early
    world.clock.passes(seconds=9.5)
    assert token(agency).status == 200
    assert token(agency).status == 429


def test_a_client_may_be_enrolled_with_a_number_of_its_own(world: World) -> None:
    busy = Agency(world, id="busy").enrol(requests_per_minute=20)
    assert [token(busy).status for _ in range(21)] == [200] * 20 + [429]


def test_who_cannot_prove_to_be_the_client_uses_nothing_of_it_up(world: World) -> None:
    agency = Agency(world).enrol()
    thief = Agency(world, key=Key.make(kid="agency-1"))
    assert {token(thief).status for _ in range(20)} == {401}
    assert token(agency).status == 200


def test_processes_count_together(sqlite_engine: sa.Engine, world: World) -> None:
    beside = make_world(sqlite_engine, world.parts.settings, beside=world)
    here = Agency(world).enrol()
    there = Agency(beside, key=here.key, numbers=here.numbers)
    answers = [token(agency).status for agency in (here, there) * 5]
    assert answers == [200] * 6 + [429] * 4


def test_a_busy_client_is_counted_in_portions_and_never_beyond_its_number(world: World) -> None:
    busy = Agency(world, id="busy").enrol(requests_per_minute=100)
    assert [token(busy).status for _ in range(101)] == [200] * 100 + [429]
    world.clock.passes(minutes=1)
    assert [token(busy).status for _ in range(3)] == [200] * 3
    world.clock.passes(seconds=11)  # what is left of the last portion is lost, and has come in anew meanwhile
    assert [token(busy).status for _ in range(101)] == [200] * 100 + [429]


def test_who_waits_for_another_to_take_a_portion_counts_that_one_down(world: World) -> None:
    """Many requests find nothing left at one moment; one of them asks storage, for all."""
    client = Agency(world).registration(requests_per_minute=60_000)
    now = world.clock()

    class Taken:
        """Held by another until it has taken a portion."""

        def __enter__(self) -> None:
            limit.portions[client.id] = Portion(4, 4, now + PORTION_LIVES)

        def __exit__(self, *_: object) -> None: ...

    limit = ClientLimits(clock=world.clock, per_minute=1, open_work=world.work, taking=cast("Lock", Taken()))
    limit(client)
    assert limit.portions[client.id].left == 3
    with world.work(write=False) as work:
        assert work.client_buckets.full_until(client.id) is None


def test_who_waits_to_write_holds_up_nobody_who_writes_already(world: World) -> None:
    """Several requests are answered in one transaction, each counted; one on a thread has come to wait for its end."""
    client = Agency(world).registration(requests_per_minute=60_000)
    has_come, counted = Event(), Event()

    def open_work(*, write: bool) -> SqlUnit:
        if current_thread() is waiting:
            has_come.set()
        return world.work(write=write)

    def count_two() -> None:
        with world.work.together():
            with world.work(write=True) as work:
                work.commit()
            waiting.start()
            assert has_come.wait(10)
            limit(client)
            limit(client)
        counted.set()

    limit = ClientLimits(clock=world.clock, per_minute=1, open_work=open_work)
    waiting = Thread(target=limit, args=(client,), daemon=True)
    Thread(target=count_two, daemon=True).start()
    assert counted.wait(10)
    waiting.join(10)
    assert limit.portions[client.id].left == 2  # of the second portion, four


def test_portions_grow_with_use_so_that_storage_is_seldom_asked_and_nothing_is_hoarded(world: World) -> None:
    client = Agency(world).registration(requests_per_minute=60_000)
    storage = Counted(world)
    limit = ClientLimits(clock=world.clock, per_minute=1, open_work=storage)
    for _ in range(10_000):
        limit(client)
    assert storage.asked == 9  # 1, 4, 16 … 3000, 3000, 3000
    world.clock.passes(seconds=11)
    for _ in range(2_000):
        limit(client)
    assert storage.asked == 10  # as much as it used of the last one
    world.clock.passes(seconds=11)
    limit(client)  # what it used before
    world.clock.passes(seconds=11)
    limit(client)  # and now, as it grew quiet
    with world.work(write=False) as work:
        full = work.client_buckets.full_until(client.id)
    assert full == world.clock() + timedelta(milliseconds=1)


def test_a_client_that_has_used_its_number_up_costs_storage_nothing_until_there_is_more(world: World) -> None:
    client = Agency(world).registration(requests_per_minute=6)
    storage = Counted(world)
    limit = ClientLimits(clock=world.clock, per_minute=1, open_work=storage)
    for _ in range(6):
        limit(client)
    before = storage.asked
    for _ in range(50):
        with pytest.raises(RequestRefused, match="too_many_requests"):
            limit(client)
    assert storage.asked == before + 1
    world.clock.passes(seconds=10)
    limit(client)
    assert storage.asked == before + 2
