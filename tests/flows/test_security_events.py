"""Agencies that know a person hear, signed, of what changed for them; nobody else does (RFC 8417, RFC 8935)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.flows.deliver import Deliver
from gateway.flows.find_client import FindClient
from gateway.oidc import compact_jws
from gateway.oidc.client import Client
from gateway.oidc.delivery import Delivery, DeliveryState, Kind
from gateway.oidc.pairwise_id import told_to
from gateway.ports.egress import EgressFailed, Reply
from tests.fakes.oidc_signer import FakeSigner
from tests.fakes.resident_world import AGENCY, BROWSER, REQUEST, World, make_world

ISSUER = "https://gateway.example"
EVENTS = frozenset({"session_revoked", "consent_withdrawn", "link_undone", "account_closed"})
LINK_UNDONE = f"{ISSUER}/events/link-undone"
CONSENT_WITHDRAWN = f"{ISSUER}/events/consent-withdrawn"


def hearing(client: str, agency: str, **other: Any) -> Client:
    return Client(
        id=client,
        agency=agency,
        names={"en": client},
        region="CN-44",
        redirect_uris=("https://agency.example/callback",),
        scopes=AGENCY.scopes,
        **{"events_uri": f"https://{agency}.example/events", "events": EVENTS, **other},
    )


@dataclass
class Receivers:
    """Implements Egress: what each endpoint answers, and what it was sent."""

    answers: dict[str, Reply] = field(default_factory=dict)
    heard: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        if url not in self.answers:
            raise EgressFailed("no_answer")
        assert method == "POST"
        self.heard.append((url, headers or {}, body))
        return self.answers[url]

    def take(self, agency: str, status: int = 202, body: bytes = b"") -> None:
        self.answers[f"https://{agency}.example/events"] = Reply(status=status, headers={}, body=body)


@dataclass
class Stage:
    world: World
    receivers: Receivers
    signer: FakeSigner

    def deliver(self) -> int:
        work = self.world.open_work
        numbers = iter(range(10_000))
        return Deliver(
            issuer=ISSUER,
            open_work=work,
            find_client=FindClient(open_work=work, clock=self.world.clock, recheck=timedelta(0)),
            subjects=self.world.equipment.subjects,
            signer=self.signer,
            egress=self.receivers,
            new_token=lambda: f"token-{next(numbers)}",
            clock=self.world.clock,
        )()

    def enrol(self, *clients: Client) -> None:
        with self.world.open_work(write=True) as work:
            for client in clients:
                work.clients.save(client)
            work.commit()

    def knows(self, agency: str, account: str) -> None:
        """The agency was told its subject for this account."""
        with self.world.open_work(write=True) as work:
            work.known_subjects.remember(agency, self.world.equipment.subjects.of(account, agency), account)
            work.commit()

    def queued(self) -> tuple[Delivery, ...]:
        with self.world.open_work(write=False) as work:
            return work.deliveries.list(client=None, limit=100)

    def read(self, body: bytes) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        jws = compact_jws.take_apart(body.decode(), longest=10_000)
        compact_jws.verify(jws, self.signer.key_set())
        return jws.header, compact_jws.read_claims(jws, longest=10_000)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    world = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield Stage(world=world, receivers=Receivers(), signer=FakeSigner())
    world.engine.dispose()


def undo(stage: Stage, account: str) -> None:
    stage.world.links.undo(account, stage.world.links.list(account)[0].id)


def test_an_undone_link_is_told_to_who_knows_the_person_and_to_nobody_else(stage: Stage) -> None:
    account = stage.world.account(stage.world.bound())
    stage.enrol(
        hearing("registry", "registry-agency"),
        hearing("stranger", "stranger-agency"),
        hearing("deaf", "registry-agency", events_uri=None, events=frozenset()),
        hearing("choosy", "registry-agency", events=frozenset({"account_closed"})),
        hearing("disabled", "registry-agency", active=False),
    )
    stage.knows("registry-agency", account)
    undo(stage, account)
    assert [(one.client, one.kind) for one in stage.queued()] == [("registry", Kind.LINK_UNDONE)]
    stage.receivers.take("registry-agency")
    assert stage.deliver() == 1
    [(url, headers, body)] = stage.receivers.heard
    assert url == "https://registry-agency.example/events"
    assert headers["content-type"] == "application/secevent+jwt"
    assert "authorization" not in headers
    header, claims = stage.read(body)
    assert header["typ"] == "secevent+jwt"
    assert (claims["iss"], claims["aud"]) == (ISSUER, "registry")
    assert claims["sub_id"] == {
        "format": "iss_sub",
        "iss": ISSUER,
        "sub": stage.world.equipment.subjects.of(account, "registry-agency"),
    }
    assert list(claims["events"]) == [LINK_UNDONE]
    assert claims["events"][LINK_UNDONE]["initiating_entity"] == "user"
    assert claims.keys().isdisjoint({"sub", "exp", "nonce"})
    assert account not in str(claims)


def consented(stage: Stage) -> tuple[str, str]:
    """A person who let AGENCY know their name: the account, and the consent's id."""
    cookie = stage.world.bound()
    sign_in = stage.world.asked(REQUEST, cookie)
    stage.world.sign_ins.agree_claims(sign_in, BROWSER, stage.world.answer(sign_in), optional=frozenset())
    account = stage.world.account(cookie)
    consent = next(one for one in stage.world.consents.list(account) if one.agency is not None)
    return account, consent.id


def test_a_withdrawn_consent_is_told_to_the_client_that_it_was_given_to_alone(stage: Stage) -> None:
    stage.enrol(hearing(AGENCY.id, AGENCY.agency), hearing("branch", AGENCY.agency), hearing("ferry", "ferry-company"))
    account, consent = consented(stage)
    stage.knows(AGENCY.agency, account)
    stage.knows("ferry-company", account)
    stage.world.consents.withdraw(account, consent)
    stage.world.consents.withdraw(account, consent)
    assert [(one.client, one.kind, one.about) for one in stage.queued()] == [
        (AGENCY.id, Kind.CONSENT_WITHDRAWN, consent)
    ]
    stage.receivers.take(AGENCY.agency)
    assert stage.deliver() == 1
    assert list(stage.read(stage.receivers.heard[0][2])[1]["events"]) == [CONSENT_WITHDRAWN]


def test_a_session_that_led_to_a_client_is_told_as_revoked_beside_the_logout(stage: Stage) -> None:
    stage.enrol(hearing("registry", "registry-agency"))
    cookie = stage.world.bound()
    who = stage.world.sessions.current(cookie, BROWSER)
    assert who is not None
    with stage.world.open_work(write=True) as work:
        work.logouts.remember(who.session, "registry", kind=Kind.SESSION_REVOKED, at=stage.world.clock())
        work.commit()
    stage.world.sessions.sign_out(cookie)
    stage.receivers.take("registry-agency")
    assert stage.deliver() == 1
    claims = stage.read(stage.receivers.heard[0][2])[1]
    [(event, told)] = claims["events"].items()
    assert event == "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
    assert claims["sub_id"]["format"] == "complex"
    assert claims["sub_id"]["session"] == {"format": "opaque", "id": told_to("registry", who.session)}
    assert claims["sub_id"]["user"]["sub"] == stage.world.equipment.subjects.of(who.account, "registry-agency")
    assert told["event_timestamp"] == int(stage.world.clock().timestamp())


def queued_one(stage: Stage) -> None:
    account = stage.world.account(stage.world.bound())
    stage.enrol(hearing("registry", "registry-agency"))
    stage.knows("registry-agency", account)
    undo(stage, account)


def test_the_credential_of_a_client_comes_along_and_lies_sealed(stage: Stage, tmp_path: Path) -> None:
    queued_one(stage)
    with stage.world.open_work(write=True) as work:
        work.deliveries.keep_credential("registry", "the-bearer-token-0123456789")
        work.commit()
    stage.receivers.take("registry-agency")
    assert stage.deliver() == 1
    assert stage.receivers.heard[0][1]["authorization"] == "Bearer the-bearer-token-0123456789"
    stage.world.engine.dispose()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("gateway.db*"))
    assert b"the-bearer-token" not in stored
    assert b"the-bearer-token" not in repr(stage.world.journal.events).encode()


def test_a_new_credential_takes_the_place_of_the_old_and_none_of_both(stage: Stage) -> None:
    with stage.world.open_work(write=True) as work:
        for credential in ("one", "another", None):
            work.deliveries.keep_credential("registry", credential)
            assert work.deliveries.credential("registry") == credential


FINAL: list[Callable[[], bytes]] = [
    lambda: json.dumps({"err": "invalid_request", "description": "Nein"}).encode(),
    lambda: json.dumps({"err": "invalid_audience"}).encode(),
]


@pytest.mark.parametrize("answer", FINAL)
def test_what_would_be_refused_for_ever_is_given_up_at_once_and_seen(stage: Stage, answer: Callable[[], bytes]) -> None:
    queued_one(stage)
    stage.receivers.take("registry-agency", 400, answer())
    assert stage.deliver() == 0
    [delivery] = stage.queued()
    assert (delivery.state, delivery.problem) == (DeliveryState.GIVEN_UP, f"err_{json.loads(answer())['err']}")
    assert "link_undone.given_up" in {event.kind for event in stage.world.journal.events}
    assert "Nein" not in repr(stage.queued()) + repr(stage.world.journal.events)


@pytest.mark.parametrize(
    ("status", "answer", "problem"),
    [
        (200, b"", "status_200"),  # RFC 8935 §2.2: accepted is 202 and nothing else
        (400, b'{"err": "invalid_key"}', "err_invalid_key"),
        (400, b'{"err": "authentication_failed"}', "err_authentication_failed"),
        (400, b'{"err": "of_their_own"}', "status_400"),
        (400, b"<html>", "status_400"),
        (400, b'{"err": ' + b'"x' * 10_000, "status_400"),
        (503, b"", "status_503"),
    ],
)
def test_what_may_be_well_the_next_time_is_told_again_under_the_same_id(
    stage: Stage, status: int, answer: bytes, problem: str
) -> None:
    queued_one(stage)
    stage.receivers.take("registry-agency", status, answer)
    assert stage.deliver() == 0
    [delivery] = stage.queued()
    assert (delivery.state, delivery.problem) == (DeliveryState.WAITING, problem)
    assert stage.deliver() == 0
    assert len(stage.receivers.heard) == 1  # not before its time
    stage.world.clock.passes(seconds=31)
    stage.receivers.take("registry-agency")
    assert stage.deliver() == 1
    first, second = (stage.read(body)[1] for _, _, body in stage.receivers.heard)
    assert first["jti"] == second["jti"]
    assert first["toe"] == second["toe"]
    assert first["iat"] < second["iat"]


def test_a_partner_that_never_answers_is_given_up_after_a_day(stage: Stage) -> None:
    queued_one(stage)
    for _ in range(60):
        stage.deliver()
        stage.world.clock.passes(hours=1)
    [delivery] = stage.queued()
    assert (delivery.state, delivery.problem) == (DeliveryState.GIVEN_UP, "no_answer")


def test_an_address_that_gives_no_answer_is_asked_once_and_keeps_nobody_waiting(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = stage.world.account(stage.world.bound())
    stage.enrol(hearing("dead", "dead-agency"), hearing("registry", "registry-agency"))
    with stage.world.open_work(write=True) as work:
        for number in range(5):
            work.deliveries.queue(Kind.LINK_UNDONE, f"link-{number}", "dead", account, at=stage.world.clock())
        stage.world.clock.passes(seconds=1)
        work.deliveries.queue(Kind.LINK_UNDONE, "link-9", "registry", account, at=stage.world.clock())
        work.commit()
    asked: list[str] = []
    answer = Receivers.__call__

    def slow(self: Receivers, method: str, url: str, **how: Any) -> Reply:
        asked.append(url)
        if "dead" in url:
            stage.world.clock.passes(seconds=19)  # nearly a turn
        return answer(self, method, url, **how)

    monkeypatch.setattr(Receivers, "__call__", slow)
    stage.receivers.take("registry-agency")
    assert stage.deliver() == 1
    assert asked == ["https://dead-agency.example/events", "https://registry-agency.example/events"]
    waiting = [one for one in stage.queued() if one.client == "dead"]
    assert sorted(one.attempts for one in waiting) == [0, 0, 0, 0, 1]
    assert all(one.next_at > stage.world.clock() for one in waiting)


def test_what_fails_as_nobody_foresaw_is_not_the_first_again_in_the_next_round(stage: Stage) -> None:
    queued_one(stage)
    stage.enrol(hearing("registry", "registry-agency"))
    stage.signer.sign = None  # type: ignore[assignment, method-assign]  # as if a key were gone
    pauses = []
    for _ in range(4):
        with pytest.raises(TypeError):
            stage.deliver()
        [one] = stage.queued()
        pauses.append((one.next_at - stage.world.clock()).total_seconds())
        stage.world.clock.passes(seconds=int(pauses[-1]))
    assert pauses == [60, 60, 60, 120]


def test_a_client_that_wants_no_more_is_not_told(stage: Stage) -> None:
    queued_one(stage)
    stage.enrol(hearing("registry", "registry-agency", events_uri=None, events=frozenset()))
    stage.receivers.take("registry-agency")
    assert stage.deliver() == 0
    assert stage.receivers.heard == []
    assert stage.queued()[0].problem == "client_wants_none"
