"""What the provider keeps, held to its ports' promises on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.errors import Outrun, RequestRefused
from gateway.flows.forget_replays import SKEW, ForgetReplays
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.client import Client
from gateway.oidc.delivery import DeliveryState
from gateway.oidc.grant import Grant
from gateway.oidc.permission import Permission
from gateway.storage.unit_of_work import SqlUnit, SqlWork
from tests.fakes.oidc_world import FakeVault, Journal

NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(hours=1)
CLIENT = Client(
    id="registry",
    agency="registry-agency",
    names={"zh-Hant": "登記處", "en": "Registry"},
    region="CN-44",
    redirect_uris=("https://agency.example/cb",),
    scopes=frozenset({"openid", "profile"}),
    check_purposes=frozenset({"business_registration"}),
)
REQUEST = AuthorizationRequest(
    client="registry",
    redirect_uri="https://agency.example/cb",
    scope=("openid",),
    code_challenge="c" * 43,
    state="s",
    prompt=frozenset({"login", "consent"}),
)
GRANT = Grant(
    id="grant-1",
    client="registry",
    agency="registry-agency",
    permission=Permission(
        account="account-1",
        session="session-1",
        home="HK",
        acr="urn:gba:acr:3",
        amr=("swk",),
        authenticated_at=NOW,
        scope=("openid",),
        claims=("name",),
        consent="consent-1",
    ),
    userinfo_claims=("name",),
    issued_at=NOW,
    expires_at=SOON,
)


@pytest.fixture
def work(engine: sa.Engine) -> SqlWork:
    return SqlWork(engine, vault=FakeVault(), audit=lambda _: Journal())


def test_a_client_comes_back_as_it_was_and_counts_its_changes(work: SqlWork) -> None:
    with work(write=True) as unit:
        assert unit.clients.version("registry") is None
        assert unit.clients.save(CLIENT).version == 1
        assert unit.clients.save(replace(CLIENT, active=False)).version == 2
        unit.commit()
    with work(write=False) as unit:
        assert unit.clients.find("registry") == replace(CLIENT, active=False, version=2)
        assert unit.clients.version("registry") == 2
        assert unit.clients.find("nobody") is None
        assert [client.id for client in unit.clients.list()] == ["registry"]


def test_who_holds_a_client_finds_it_as_the_one_before_left_it(work: SqlWork) -> None:
    """An operator disables it while its partner changes it: neither writes over what the other has not read."""
    with work(write=True) as unit:
        unit.clients.save(CLIENT)
        unit.commit()
    found: list[Client | None] = []

    def change() -> None:
        with work(write=True) as unit:
            found.append(unit.clients.hold("registry"))

    partner = Thread(target=change)
    with work(write=True) as unit:
        held = unit.clients.hold("registry")
        assert held is not None
        partner.start()
        partner.join(0.3)  # who did not wait would have found it by now
        unit.clients.save(replace(held, active=False))
        unit.commit()
    partner.join()
    assert found == [replace(CLIENT, active=False, version=2)]


def test_what_is_not_committed_is_not_kept(work: SqlWork) -> None:
    with work(write=True) as unit:
        unit.clients.save(CLIENT)
        unit.grants.redeem(GRANT)
    with work(write=False) as unit:
        assert unit.clients.find("registry") is None
        assert unit.grants.live("grant-1", token="t", at=NOW) is None


def test_a_pushed_request_lives_until_it_is_answered_or_over(work: SqlWork) -> None:
    with work(write=True) as unit:
        unit.pushed_requests.keep("a", REQUEST, expires_at=SOON)
        unit.pushed_requests.keep("b", REQUEST, expires_at=SOON)
        assert unit.pushed_requests.find("a", at=NOW) == REQUEST
        assert unit.pushed_requests.find("a", at=SOON) is None
        assert unit.pushed_requests.find("c", at=NOW) is None
        assert unit.pushed_requests.answer("a")
        assert not unit.pushed_requests.answer("a")
        assert not unit.pushed_requests.answer("c")
        assert unit.pushed_requests.find("a", at=NOW) is None
        assert unit.pushed_requests.purge(before=SOON) == 0
        assert unit.pushed_requests.purge(before=LATER) == 2
        assert not unit.pushed_requests.answer("b")


def redeem_now(unit: SqlUnit, grant: Grant) -> None:
    unit.grants.redeem(grant)
    unit.commit()


def test_a_grant_is_made_once_and_lives_until_it_ends(work: SqlWork) -> None:
    with work(write=True) as unit:
        unit.grants.redeem(GRANT)
        unit.commit()
    with work(write=True) as unit, pytest.raises(Outrun):
        redeem_now(unit, replace(GRANT, client="another"))
    with work(write=True) as unit:
        assert unit.grants.live("grant-1", token="t", at=NOW) == GRANT
        assert unit.grants.live("grant-1", token="t", at=SOON) is None
        unit.grants.revoke_token("t", expires_at=SOON)
        unit.grants.revoke_token("t", expires_at=SOON)
        assert unit.grants.is_revoked("t")
        assert not unit.grants.is_revoked("u")
        assert unit.grants.live("grant-1", token="t", at=NOW) is None
        assert unit.grants.live("grant-1", token="u", at=NOW) == GRANT
        assert unit.grants.revoke("grant-1", at=NOW)
        assert not unit.grants.revoke("grant-1", at=NOW)
        assert unit.grants.live("grant-1", token="u", at=NOW) is None
        assert unit.grants.purge(before=LATER) == 2


@pytest.mark.parametrize("trait", ["account", "client", "session", "consent"])
def test_grants_end_with_what_they_rest_on(work: SqlWork, trait: str) -> None:
    other = replace(
        GRANT,
        id="grant-2",
        client="another",
        permission=replace(GRANT.permission, account="another", session="another", consent=None),
    )
    value = {"account": "account-1", "client": "registry", "session": "session-1", "consent": "consent-1"}[trait]
    with work(write=True) as unit:
        unit.grants.redeem(GRANT)
        unit.grants.redeem(other)
        assert unit.grants.revoke_of(at=NOW, **{trait: value}) == 1
        assert unit.grants.revoke_of(at=NOW, **{trait: value}) == 0
        assert unit.grants.live("grant-1", token="t", at=NOW) is None
        assert unit.grants.live("grant-2", token="t", at=NOW) == other
        with pytest.raises(ValueError, match="no_trait_named"):
            unit.grants.revoke_of(at=NOW)


def test_a_value_counts_once_for_each_kind_and_issuer(work: SqlWork) -> None:
    with work(write=True) as unit:
        assert unit.replays.first("dpop", "ab", "c", expires_at=SOON)
        assert not unit.replays.first("dpop", "ab", "c", expires_at=LATER)
        assert unit.replays.first("dpop", "a", "bc", expires_at=SOON)
        assert unit.replays.first("client_assertion", "ab", "c", expires_at=SOON)
        assert unit.replays.first("dpop", "ab", "\ud800", expires_at=LATER)
        assert unit.replays.purge(before=SOON + timedelta(microseconds=1)) == 3
        assert unit.replays.first("dpop", "ab", "c", expires_at=SOON)


def test_a_unit_that_spends_what_was_spent_before_keeps_nothing(work: SqlWork) -> None:
    def spend(value: str, reference: str) -> None:
        with work(write=True) as unit:
            unit.pushed_requests.keep(reference, REQUEST, expires_at=SOON)
            unit.replays.spend("dpop", "key", value, expires_at=SOON, otherwise=lambda: RequestRefused("spent"))
            unit.replays.spend("dpop", "key", "b", expires_at=SOON, otherwise=lambda: RequestRefused("b was spent"))
            unit.commit()

    spend("a", "1")
    with pytest.raises(RequestRefused, match=r"^spent$"):
        spend("a", "2")
    with pytest.raises(RequestRefused, match=r"^b was spent$"):
        spend("c", "3")
    with work(write=True) as unit:
        assert unit.replays.first("dpop", "key", "c", expires_at=SOON)
        kept = [unit.pushed_requests.find(reference, at=NOW) for reference in ("1", "2", "3")]
    assert kept == [REQUEST, None, None]


def test_spent_values_are_forgotten_part_by_part_and_none_that_may_come_again(work: SqlWork) -> None:
    over = SOON + SKEW + timedelta(microseconds=1)
    forget = ForgetReplays(open_work=work, clock=lambda: over)
    with work(write=True) as unit:
        for number in range(60):
            assert unit.replays.first("dpop", "key", f"{number}", expires_at=SOON if number % 3 else LATER)
        unit.commit()
    early = ForgetReplays(open_work=work, clock=lambda: over - timedelta(microseconds=1))
    assert early() == 0  # another machine's clock may be behind
    assert forget() == 40
    assert forget() == 0
    with work(write=True) as unit:
        first = [unit.replays.first("dpop", "key", f"{number}", expires_at=SOON) for number in range(60)]
    assert first == [bool(number % 3) for number in range(60)]


def test_what_could_tell_of_a_person_is_not_readable_in_the_tables(work: SqlWork, engine: sa.Engine) -> None:
    secret = replace(REQUEST, state="private-state", login_hint="private-hint", nonce="private-nonce")
    detail = {"type": "biometric_check", "application": "private-number"}
    with work(write=True) as unit:
        unit.pushed_requests.keep("private-reference", secret, expires_at=SOON)
        unit.grants.redeem(replace(GRANT, permission=replace(GRANT.permission, authorization_details=(detail,))))
        unit.replays.first("dpop", "k", "private-jti", expires_at=SOON)
        unit.commit()
    with engine.connect() as connection:
        kept = [
            str(row)
            for table in ("pushed_requests", "grants", "replays")
            for row in connection.execute(sa.text(f"select * from {table}"))
        ]
    assert len(kept) == 3
    assert "private" not in " ".join(kept)


def test_a_refresh_token_is_used_up_once_and_names_its_grant_ever_after(work: SqlWork, engine: sa.Engine) -> None:
    with work(write=True) as unit:
        unit.refresh_tokens.keep("private-token", "grant-1", expires_at=SOON)
        assert unit.refresh_tokens.grant_of("private-token") == "grant-1"
        assert unit.refresh_tokens.grant_of("another") is None
        assert not unit.refresh_tokens.use("private-token", at=SOON)
        assert unit.refresh_tokens.use("private-token", at=NOW)
        assert not unit.refresh_tokens.use("private-token", at=NOW)
        assert unit.refresh_tokens.grant_of("private-token") == "grant-1"
        unit.commit()
    with engine.connect() as connection:
        assert "private" not in str(connection.execute(sa.text("select * from refresh_tokens")).all())
    with work(write=True) as unit:
        assert unit.refresh_tokens.purge(before=SOON) == 0
        assert unit.refresh_tokens.purge(before=LATER) == 1


def test_a_sessions_end_is_queued_once_for_each_client_that_was_told_of_it(work: SqlWork) -> None:
    with work(write=True) as unit:
        for client in ("registry", "ferry", "registry"):
            unit.logouts.remember("session-1", client, at=NOW)
        unit.logouts.remember("session-2", "registry", at=NOW)
        assert unit.logouts.queue("session-1", "account-1", at=NOW) == 2
        assert unit.logouts.queue("session-1", "account-1", at=NOW) == 0
        assert unit.logouts.queue("session-3", "account-1", at=NOW) == 0
        unit.commit()
    with work(write=True) as unit:
        first, second = unit.deliveries.due(at=NOW, limit=10)
        assert {first.client, second.client} == {"registry", "ferry"}
        taken = unit.deliveries.claim(first, until=SOON)
        assert taken is not None
        assert unit.deliveries.claim(first, until=SOON) is None
        assert unit.deliveries.due(at=NOW, limit=10) == (second,)
        unit.deliveries.settle(taken, DeliveryState.DELIVERED, next_at=NOW, problem=None)
        assert unit.deliveries.claim(taken, until=SOON) is None
        assert {one.state.value for one in unit.deliveries.list(client=None, limit=10)} == {"delivered", "waiting"}
        assert unit.deliveries.list(client=second.client, limit=10) == (second,)
        assert unit.logouts.purge(before=SOON) == 3
        assert unit.deliveries.purge(before=SOON) == 1
        assert unit.deliveries.list(client=None, limit=10) == (second,)
