"""What a session or a grant rests on, seen in one look, on SQLite and on PostgreSQL alike."""

import threading
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.errors import Outrun
from gateway.flows.end_account_sessions import end_account_sessions
from gateway.identity import consent
from gateway.identity.binding import Ended
from gateway.identity.consent import State
from gateway.identity.identifier import guangdong_account, home_subject
from gateway.oidc.grant import Grant
from gateway.oidc.permission import Permission
from gateway.ports.backings import Backing
from gateway.storage.tables_residents import sign_ins
from tests.contracts.test_storage_residents import ACCOUNT, BINDING, GIVEN, SESSION, SIGN_IN, world
from tests.fakes.oidc_world import START
from tests.fakes.resident_world import AGENCY, World

__all__ = ["world"]  # a fixture

GRANT = Grant(
    id="grant-1",
    client=AGENCY.id,
    agency="agency",
    permission=Permission(
        account=ACCOUNT.id,
        session=SESSION.id,
        home="HK",
        acr=SESSION.acr,
        amr=SESSION.amr,
        authenticated_at=START,
        scope=("openid",),
        claims=("name",),
        consent="consent-1",
    ),
    issued_at=START,
    expires_at=START + timedelta(minutes=5),
)


def test_what_a_session_and_a_grant_rest_on_is_seen_in_one_look_and_at_once(world: World) -> None:
    whole = Backing(bindings=(BINDING,), consent=GIVEN)
    with world.open_work(write=True) as work:
        assert work.backings.of_session(SESSION.id, client=AGENCY.id) is None
        work.bindings.insert_or_get(BINDING)
        work.sessions.add(SESSION)
        assert work.backings.of_session(SESSION.id, client=AGENCY.id) == (SESSION, replace(whole, consent=None))
        work.consents.add(GIVEN)
        work.grants.redeem(GRANT)
        assert work.backings.of_session(SESSION.id, client=AGENCY.id) == (SESSION, whole)
        home = BINDING.home_identity
        assert work.backings.of_home(home, client=AGENCY.id) == whole
        assert work.backings.of_home(home, client="another") == replace(whole, consent=None)
        assert work.backings.of_home(home_subject("iam-smart", "another"), client=AGENCY.id) == Backing()
        assert work.backings.of_session(SESSION.id, client="another") == (SESSION, replace(whole, consent=None))
        assert work.backings.of_grant(GRANT.id, token="token-1", at=START) == (GRANT, whole)
        withdrawn = consent.then(GIVEN, State.WITHDRAWN, at=START, by="person")
        work.consents.append(GIVEN, withdrawn.events[-1])
        work.bindings.end(BINDING.id, at=START, why=Ended.UNDONE)
        assert work.backings.of_session(SESSION.id, client=AGENCY.id) == (SESSION, Backing())
        assert work.backings.of_home(home, client=AGENCY.id) == Backing()
        assert work.backings.of_grant(GRANT.id, token="token-1", at=START) == (GRANT, Backing())
        assert work.backings.of_grant(GRANT.id, token="token-1", at=GRANT.expires_at) is None
        work.grants.revoke_token("token-1", expires_at=GRANT.expires_at)
        assert work.backings.of_grant(GRANT.id, token="token-1", at=START) is None
        work.grants.revoke(GRANT.id, at=START)
        assert work.backings.of_grant(GRANT.id, token="token-2", at=START) is None


def test_a_sign_in_is_seen_with_what_its_session_rests_on(world: World) -> None:
    whole = (SESSION, Backing(bindings=(BINDING,), consent=GIVEN))
    signed_in = replace(SIGN_IN, session=SESSION.id)
    with world.open_work(write=True) as work:
        assert work.backings.of_sign_in(SIGN_IN.id) is None
        work.sign_ins.add(SIGN_IN)
        assert work.backings.of_sign_in(SIGN_IN.id) == (SIGN_IN, None)
        saved = work.sign_ins.save(signed_in)
        assert saved is not None
        assert work.backings.of_sign_in(SIGN_IN.id) == (saved, None), "there is no such session"
        work.bindings.insert_or_get(BINDING)
        work.sessions.add(SESSION)
        work.consents.add(GIVEN)
        assert work.backings.of_sign_in(SIGN_IN.id) == (saved, whole)
        work.consents.append(GIVEN, consent.then(GIVEN, State.WITHDRAWN, at=START, by="person").events[-1])
        assert work.backings.of_sign_in(SIGN_IN.id) == (saved, (SESSION, replace(whole[1], consent=None)))


@pytest.mark.parametrize("hints", [(None, None), ("another", SESSION.id), (AGENCY.id, "session-2")])
def test_what_a_sign_in_is_joined_with_is_what_its_sealed_value_says(
    world: World, hints: tuple[str | None, str | None]
) -> None:
    """A version before this one kept no such columns, and goes on beside this one while it is replaced."""
    signed_in = replace(SIGN_IN, session=SESSION.id)
    with world.open_work(write=True) as work:
        work.sign_ins.add(signed_in)
        work.bindings.insert_or_get(BINDING)
        work.sessions.add(SESSION)
        work.sessions.add(replace(SESSION, id="session-2", acr="urn:gba:acr:4"))
        work.consents.add(GIVEN)
        work.commit()
    with world.engine.begin() as connection:
        connection.execute(sign_ins.update().values(client=hints[0], session=hints[1]))
    with world.open_work(write=False) as work:
        assert work.backings.of_sign_in(SIGN_IN.id) == (
            signed_in,
            (SESSION, Backing(bindings=(BINDING,), consent=GIVEN)),
        )


def test_what_another_binding_of_the_account_says_is_the_grants_and_not_the_sessions(world: World) -> None:
    newer = replace(
        BINDING,
        id="binding-2",
        home_identity=home_subject("one-account", "macau-chan"),
        guangdong_identity=guangdong_account("tyrz", "gd-chan-2"),
        bound_at=START + timedelta(days=1),
    )
    with world.open_work(write=True) as work:
        for one in (BINDING, newer):
            work.bindings.insert_or_get(one)
        work.sessions.add(SESSION)
        work.grants.redeem(GRANT)
        assert work.backings.of_session(SESSION.id, client=AGENCY.id) == (SESSION, Backing(bindings=(BINDING,)))
        found = work.backings.of_grant(GRANT.id, token="token-1", at=START)
        assert found == (GRANT, Backing(bindings=(newer, BINDING)))


def test_a_code_whose_session_was_ended_or_consent_taken_back_makes_no_grant(world: World) -> None:
    unasked = replace(GRANT, permission=replace(GRANT.permission, consent=None))
    elsewhere = replace(unasked, permission=replace(unasked.permission, session="session-2"))
    with world.open_work(write=True) as work:
        work.consents.add(GIVEN)
        work.consents.append(GIVEN, consent.then(GIVEN, State.WITHDRAWN, at=START, by="person").events[-1])
        work.bindings.insert_or_get(BINDING)
        work.sessions.add(SESSION)
        work.sessions.end(SESSION.id, at=START, why="signed_out")
        work.commit()

    def redeem(grant: Grant) -> None:
        with world.open_work(write=True) as work:
            work.grants.redeem(grant)
            work.commit()

    for refused in (GRANT, unasked):
        with pytest.raises(Outrun):
            redeem(refused)
    redeem(elsewhere)
    with pytest.raises(Outrun):
        redeem(elsewhere)


def test_who_ends_a_session_while_a_code_is_redeemed_ends_what_comes_of_it_and_has_it_told(world: World) -> None:
    with world.open_work(write=True) as work:
        work.bindings.insert_or_get(BINDING)
        work.sessions.add(SESSION)
        work.commit()

    def sign_out() -> None:
        with world.open_work(write=True) as work:
            end_account_sessions(work, ACCOUNT.id, at=START, why="account_closed")
            work.grants.revoke_of(at=START, account=ACCOUNT.id)
            work.commit()

    with world.open_work(write=True) as work:
        work.grants.redeem(GRANT)
        work.logouts.remember(SESSION.id, AGENCY.id, at=START)
        assert work.grants.live(GRANT.id, token="token-1", at=START) is not None  # so that it has been sent
        other = threading.Thread(target=sign_out)
        other.start()
        other.join(timeout=0.2)  # without a hold it is over by now, and saw nothing to end
        work.commit()
    other.join(timeout=10)
    with world.open_work(write=False) as work:
        assert work.grants.live(GRANT.id, at=START) is None
        assert [one.client for one in work.deliveries.list(client=None, limit=9)] == [AGENCY.id]
