"""Keys are published before they sign, and stay while what they signed may be checked."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from gateway.oidc.key_rotation import RotationPolicy, SigningKey, State, Step, due

NOW = datetime(2026, 11, 21, tzinfo=UTC)
POLICY = RotationPolicy(publish_for=timedelta(minutes=20), sign_for=timedelta(days=90), check_for=timedelta(minutes=10))


def key(
    kid: str, state: State, age: timedelta, algorithm: str = "ES256", *, since: timedelta | None = None
) -> SigningKey:
    moved = NOW - (age if since is None else since)
    return SigningKey(kid=kid, algorithm=algorithm, state=state, created_at=NOW - age, since=moved)


def test_a_young_key_is_left_alone() -> None:
    assert due([key("a", State.ACTIVE, timedelta(days=1))], POLICY, NOW) == ()


def test_a_next_key_is_published_before_the_present_one_is_too_old() -> None:
    steps = due([key("a", State.ACTIVE, timedelta(days=90))], POLICY, NOW)
    assert steps == (Step(kid=None, algorithm="ES256", to=State.PUBLISHED),)


def test_a_published_key_signs_only_after_everybody_may_know_it() -> None:
    old, new = key("a", State.ACTIVE, timedelta(days=90)), key("b", State.PUBLISHED, timedelta(minutes=19))
    assert due([old, new], POLICY, NOW) == ()
    ready = replace(new, created_at=NOW - timedelta(minutes=20))
    assert due([old, ready], POLICY, NOW) == (
        Step(kid="b", algorithm="ES256", to=State.ACTIVE),
        Step(kid="a", algorithm="ES256", to=State.RETIRING),
    )


def test_a_retiring_key_stays_until_nothing_it_signed_is_alive() -> None:
    old = key("a", State.RETIRING, timedelta(days=90), since=timedelta(minutes=29))
    new = key("b", State.ACTIVE, timedelta(minutes=49), since=timedelta(minutes=29))
    assert due([old, new], POLICY, NOW) == ()
    later = NOW + timedelta(minutes=1)
    assert due([old, new], POLICY, later) == (Step(kid="a", algorithm="ES256", to=State.RETIRED),)


def test_a_key_that_was_relieved_late_stays_no_shorter() -> None:
    old, new = key("a", State.ACTIVE, timedelta(days=92)), key("b", State.PUBLISHED, timedelta(days=2))
    assert [(step.kid, step.to) for step in due([old, new], POLICY, NOW)] == [
        ("b", State.ACTIVE),
        ("a", State.RETIRING),
    ]
    relieved = [replace(old, state=State.RETIRING, since=NOW), replace(new, state=State.ACTIVE, since=NOW)]
    assert due(relieved, POLICY, NOW + POLICY.check_for) == ()


def test_each_algorithm_has_its_own_life() -> None:
    keys = [key("a", State.ACTIVE, timedelta(days=1)), key("r", State.ACTIVE, timedelta(days=91), "RS256")]
    assert due(keys, POLICY, NOW) == (Step(kid=None, algorithm="RS256", to=State.PUBLISHED),)


def test_a_whole_life_runs_by_itself_with_always_one_key_that_signs() -> None:
    keys = [key("k0", State.ACTIVE, timedelta(0))]
    at = NOW
    for _ in range(24 * 200):
        at += timedelta(hours=1)
        for step in due(keys, POLICY, at):
            if step.kid is None:
                keys.append(SigningKey(kid=f"k{len(keys)}", algorithm="ES256", state=step.to, created_at=at, since=at))
            else:
                keys = [replace(each, state=step.to, since=at) if each.kid == step.kid else each for each in keys]
        assert sum(each.state is State.ACTIVE for each in keys) == 1
    assert [each.state for each in keys] == [State.RETIRED, State.RETIRED, State.ACTIVE]
