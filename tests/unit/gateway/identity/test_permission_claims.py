"""`offline_access` is a permission: asked like a claim, agreed to by a tick, and never told as one."""

from datetime import UTC, datetime

from gateway.identity.assertion import Attributes
from gateway.identity.binding import Profile
from gateway.identity.claim import CLAIMS, OFFLINE_ACCESS, SCOPE_CLAIMS, requested
from gateway.identity.claims_choice import available, chosen, weigh
from gateway.identity.region import Region
from gateway.identity.transfer import Allowed

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_it_is_no_claim_that_could_be_told() -> None:
    assert OFFLINE_ACCESS not in CLAIMS
    assert SCOPE_CLAIMS[OFFLINE_ACCESS] == ()


def test_it_is_asked_by_scope_and_cannot_be_made_essential() -> None:
    allowed = frozenset({OFFLINE_ACCESS})
    assert requested(("openid", OFFLINE_ACCESS), {}, allowed=allowed) == {OFFLINE_ACCESS: False}
    by_name = {"userinfo": {OFFLINE_ACCESS: {"essential": True}}}
    assert requested(("openid",), by_name, allowed=allowed) == {}
    assert requested((OFFLINE_ACCESS,), by_name, allowed=allowed) == {OFFLINE_ACCESS: False}
    assert requested((OFFLINE_ACCESS,), {}, allowed=frozenset()) == {}


def test_it_needs_a_tick_and_no_ground_for_a_transfer() -> None:
    weighed = weigh(
        {OFFLINE_ACCESS: False},
        home=Region.HONG_KONG,
        destination="CN-44",
        bases=(),
        last=None,
        at=NOW,
    )
    assert weighed[0].transfer == Allowed(None)
    assert available(weighed, Profile(home=Attributes())) == {OFFLINE_ACCESS}
    assert weighed[0].source == weighed[0].destination
    assert weighed.pending
    assert weighed.agreed == ()
    assert chosen(weighed, frozenset()) == ()
    assert chosen(weighed, frozenset({OFFLINE_ACCESS})) == (OFFLINE_ACCESS,)
