"""One name for a person at an agency: in every kind of token, through imports and through new keys."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from deploy.cli import gba
from deploy.database import make_engine
from deploy.prepare import prepare
from deploy.settings import load
from deploy.signers import PairwiseKeys
from gateway.flows.export_subjects import ExportSubjects
from gateway.flows.import_subjects import Imported, ImportSubjects
from gateway.flows.pairwise_subjects import PairwiseSubjects
from gateway.identity import subject_file
from gateway.identity.region import Region
from gateway.identity.subject import account_id
from gateway.oidc import compact_jws, token_exchange
from gateway.oidc.delivery import Kind
from gateway.oidc.grant import Grant
from gateway.oidc.permission import Permission
from gateway.ports.egress import Reply
from gateway.storage.metadata import metadata
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import ISSUER, Agency, body
from tests.fakes.oidc_world import World as ProviderWorld
from tests.fakes.oidc_world import make_world as make_provider
from tests.fakes.resident_world import AGENCY, BROWSER, REQUEST, World, make_world
from tests.fakes.signed_in import sign_in
from tests.fixtures.databases import make_tables
from trust.custody.key_store import KeyStore
from trust.keys.key import Purpose


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def take(world: World, *lines: Mapping[str, str], dry_run: bool = False) -> Imported:
    flow = ImportSubjects(open_work=world.open_work, subjects=world.equipment.subjects, clock=world.clock)
    entries = subject_file.read(json.dumps({"agency": AGENCY.agency, **line}) for line in lines)
    return flow(entries, operator="operator:test", dry_run=dry_run)


def known_as(world: World, account: str) -> str:
    return world.equipment.subjects.of(account, AGENCY.agency)


def reasons(done: Imported) -> list[str]:
    return [problem.reason for problem in done.problems]


def test_an_imported_name_is_what_the_agency_sees_from_then_on(world: World) -> None:
    account = world.account(world.bound())
    made_here = known_as(world, account)
    assert take(world, {"subject": "u-1", "account": account}, dry_run=True).added == 1
    assert known_as(world, account) == made_here  # a dry run keeps nothing
    assert take(world, {"subject": "u-1", "account": account}).added == 1
    assert known_as(world, account) == "u-1"
    again = take(world, {"subject": "u-1", "account": account})
    assert (again.added, again.unchanged, again.problems) == (0, 1, ())
    assert world.equipment.subjects.of(account, "another-agency") not in ("u-1", made_here)
    assert [event.subjects for event in world.journal.events if event.kind == "subject.imported"] == [
        (AGENCY.agency, account)
    ]


def test_a_name_waits_for_somebody_who_has_not_bound_yet(world: World) -> None:
    line = {"subject": "u-1", "issuer": "iam-smart", "identity": world.regions[Region.HONG_KONG].subject}
    done = take(world, line)
    assert (done.added, done.waiting) == (1, 1)
    account = world.account(world.bound())
    assert known_as(world, account) == "u-1"
    assert take(world, line).unchanged == 1


def test_a_name_for_an_identity_that_is_bound_already_is_the_accounts_at_once(world: World) -> None:
    account = world.account(world.bound())
    done = take(world, {"subject": "u-1", "issuer": "iam-smart", "identity": world.regions[Region.HONG_KONG].subject})
    assert (done.added, done.waiting) == (1, 0)
    assert known_as(world, account) == "u-1"


def test_what_the_agency_was_told_changes_only_if_the_line_names_it(world: World) -> None:
    account = world.account(world.bound())
    ours = known_as(world, account)
    with world.open_work(write=True) as work:
        work.grants.redeem(grant_of(account, world.clock()))
        work.known_subjects.remember(AGENCY.agency, ours, account)
        work.commit()
    assert reasons(take(world, {"subject": "u-1", "account": account})) == ["told_under_another_subject"]
    assert take(world, {"subject": "u-1", "our_subject": ours}).added == 1
    assert known_as(world, account) == "u-1"
    assert not live_grant(world)  # no token goes on under the name before
    with world.open_work(write=False) as work:  # what the agency holds under either name is found
        assert {work.known_subjects.account(AGENCY.agency, name) for name in (ours, "u-1")} == {account}


def grant_of(account: str, at: datetime) -> Grant:
    return Grant(
        id="grant-1",
        client=AGENCY.id,
        agency=AGENCY.agency,
        permission=Permission(
            account=account,
            session="session-1",
            home="HK",
            acr="urn:gba:acr:3",
            amr=("swk",),
            authenticated_at=at,
            scope=("openid",),
            claims=(),
            consent=None,
        ),
        issued_at=at,
        expires_at=at + timedelta(hours=1),
    )


def live_grant(world: World) -> Grant | None:
    with world.open_work(write=False) as work:
        return work.grants.live("grant-1", at=world.clock())


def test_an_id_token_from_before_the_import_still_hints_at_the_same_person(world: World) -> None:
    cookie = world.bound()
    sign_in = world.asked(REQUEST, cookie)
    world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset())
    account = world.account(cookie)
    ours = known_as(world, account)
    with world.open_work(write=True) as work:
        work.known_subjects.remember(AGENCY.agency, ours, account)
        work.commit()
    assert take(world, {"subject": "u-1", "our_subject": ours}).added == 1
    for hint in (ours, "u-1"):
        asking = replace(REQUEST, hinted_subject=hint, prompt=frozenset({"none"}))
        assert isinstance(world.begin(asking, session=cookie), Permission), hint
    stranger = replace(REQUEST, hinted_subject="u-2", prompt=frozenset({"none"}))
    assert not isinstance(world.begin(stranger, session=cookie), Permission)


def test_each_problem_is_listed_with_its_line_and_the_others_are_taken(world: World) -> None:
    account = world.account(world.bound())
    done = take(
        world,
        {"subject": "u-1", "account": "1.nobody-of-this-name"},
        {"agency": "unknown-agency", "subject": "u-1", "account": account},
        {"subject": "u-1", "our_subject": "never-told"},
        {"subject": "u-1", "account": account},
        {"subject": "u-2", "account": account},
        {"subject": "u-1", "issuer": "iam-smart", "identity": "somebody-else"},
    )
    assert [(problem.line, problem.reason) for problem in done.problems] == [
        (1, "account_unknown"),
        (2, "agency_unknown"),
        (3, "subject_never_told"),
        (5, "person_twice"),
        (6, "subject_of_another_person"),
    ]
    assert (done.added, known_as(world, account)) == (1, "u-1")
    assert reasons(take(world, {"subject": "u-3", "account": account})) == ["person_has_another"]


def test_a_dry_run_finds_what_would_clash_within_the_file(world: World) -> None:
    account = world.account(world.bound())
    lines = ({"subject": "u-1", "account": account}, {"subject": "u-1", "issuer": "iam-smart", "identity": "x"})
    assert reasons(take(world, *lines, dry_run=True)) == ["subject_twice"]


def test_no_identity_is_stored_in_the_clear(world: World, tmp_path: Path) -> None:
    take(world, {"subject": "u-1", "issuer": "iam-smart", "identity": "openid-of-the-example"})
    world.engine.dispose()
    assert b"openid-of-the-example" not in b"".join(path.read_bytes() for path in tmp_path.glob("gateway.db*"))


def test_what_was_imported_comes_out_again(world: World) -> None:
    account = world.account(world.bound())
    take(world, {"subject": "u-1", "account": account}, {"subject": "u-2", "issuer": "iam-smart", "identity": "x"})
    assert list(ExportSubjects(open_work=world.open_work, subjects=world.equipment.subjects)(AGENCY.agency)) == [
        {"agency": AGENCY.agency, "subject": "u-1", "account": account},
        {"agency": AGENCY.agency, "subject": "u-2", "waiting": True},
    ]


def test_a_new_key_makes_new_peoples_names_and_changes_nobodys(world: World, tmp_path: Path) -> None:
    store = KeyStore.open(tmp_path / "keys.json", b"m" * 32)
    store.generate(Purpose.PAIRWISE, "HS256", at=world.clock())
    keys = PairwiseKeys(store)

    def names() -> PairwiseSubjects:
        return PairwiseSubjects(keys=keys, open_work=world.open_work, clock=world.clock)

    old = account_id(keys.newest, "abcdefghijklmnop")
    before = names().of(old, "agency")
    world.clock.passes(seconds=1)
    store.generate(Purpose.PAIRWISE, "HS256", at=world.clock())
    assert keys.newest == 2
    new = account_id(keys.newest, "abcdefghijklmnop")
    assert names().of(old, "agency") == before
    assert names().of(new, "agency") not in (before, names().of(new, "other"))
    reopened = PairwiseKeys(KeyStore.open(tmp_path / "keys.json", b"m" * 32))
    assert PairwiseSubjects(keys=reopened, open_work=world.open_work, clock=world.clock).of(old, "agency") == before


def test_other_agencies_cost_no_look_up_and_an_import_is_noticed_in_time(world: World) -> None:
    account = world.account(world.bound())
    asked: list[bool] = []

    def counting(*, write: bool) -> Any:
        asked.append(write)
        return world.open_work(write=write)

    names = PairwiseSubjects(
        keys=world.equipment.pairwise_keys, open_work=counting, clock=world.clock, recheck=timedelta(seconds=1)
    )
    for _ in range(50):
        names.of(account, AGENCY.agency)
    assert asked == [False]
    take(world, {"subject": "u-1", "account": account})
    world.clock.passes(seconds=1)
    assert names.of(account, AGENCY.agency) == "u-1"


@dataclass
class Renamed:
    """Subjects as they are after an import: a name for the one account of the provider's world."""

    names: dict[str, str] = field(default_factory=lambda: {"registry-agency": "u-81231", "ferry-company": "f-1"})

    def of(self, account: str, agency: str, *, work: object = None) -> str:
        assert account == "account-1"
        return self.names[agency]


def test_every_kind_of_token_names_the_person_alike(tmp_path: Path) -> None:
    """ID token, access token, userinfo, introspection, logout token, security event, exchange."""
    provider = _provider(tmp_path)
    hear, events = "https://agency.example/hear", "https://agency.example/events"
    agency = Agency(provider).enrol(
        backchannel_logout_uri=hear,
        events_uri=events,
        events=frozenset({"session_revoked"}),
        scopes=frozenset({"openid", "profile", "verified_claims"}),
        may_call=frozenset({"ferry"}),
        grant_types=frozenset({"authorization_code", token_exchange.GRANT_TYPE}),
    )
    ferry = Agency(provider, id="ferry", key=Key.make(kid="ferry-1")).enrol(agency="ferry-company")
    provider.partners.answers |= {
        hear: Reply(status=200, headers={}, body=b""),
        events: Reply(status=202, headers={}, body=b""),
    }
    here = sign_in(provider)
    wish = {"verified_claims": {"verification": {"trust_framework": None}, "claims": {"name": None}}}
    tokens = agency.tokens(claims=json.dumps({"userinfo": wish, "id_token": wish}))
    identity, access = claims_of(provider, tokens["id_token"]), claims_of(provider, tokens["access_token"])
    info = body(agency.userinfo(tokens["access_token"]))
    seen = body(provider.post("/oauth/introspect", {"token": tokens["access_token"]} | agency.auth()))
    called = provider.post(
        "/oauth/token",
        {
            "grant_type": token_exchange.GRANT_TYPE,
            "subject_token": tokens["access_token"],
            "subject_token_type": token_exchange.ACCESS_TOKEN,
            "audience": ferry.id,
        }
        | agency.auth(),
    )
    exchanged = claims_of(provider, body(called)["access_token"])
    provider.provider.sessions.sign_out(here.secret)
    assert provider.provider.deliver() == 2
    sent = {url: text.decode() for url, text in provider.partners.told}
    logout = claims_of(provider, sent[hear].partition("logout_token=")[2])
    event = claims_of(provider, sent[events])
    assert "verified_claims" in identity.keys() & info.keys()
    assert {one["sub"] for one in (identity, access, info, seen, logout)} == {"u-81231"}
    assert event["sub_id"]["user"] == {"format": "iss_sub", "iss": ISSUER, "sub": "u-81231"}
    assert exchanged["sub"] == "f-1"  # as the other agency knows the person, and by no name of the first
    assert "u-81231" not in str(exchanged)
    assert Kind.SESSION_REVOKED.value in {one.kind.value for one in _deliveries(provider)}


def _provider(tmp_path: Path) -> ProviderWorld:
    engine = make_engine(f"sqlite:///{tmp_path / 'provider.db'}")
    make_tables(engine, metadata)
    return make_provider(engine, subjects=Renamed())


def _deliveries(provider: ProviderWorld) -> Any:
    with provider.work(write=False) as work:
        return work.deliveries.list(client=None, limit=10)


def claims_of(provider: ProviderWorld, token: str) -> dict[str, Any]:
    jws = compact_jws.take_apart(token, longest=20_000)
    compact_jws.verify(jws, provider.signer.key_set())
    return dict(compact_jws.read_claims(jws, longest=20_000))


def test_the_command_imports_exports_and_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path))
    assert prepare(load({"GBA_DATA_DIR": str(tmp_path)})) == []

    def run(*words: str, given: str = "") -> Any:
        return CliRunner().invoke(gba, ("clients", *words), input=given)

    client = {
        "id": "registry",
        "agency": "registry-agency",
        "names": dict.fromkeys(("zh-Hant", "zh-Hans", "en", "pt"), "Registry"),
        "region": "CN-44",
        "redirect_uris": ["https://agency.example/callback"],
        "jwks": {"keys": [Key.make().jwk]},
        "scopes": ["openid"],
    }
    assert run("add", "-", given=json.dumps(client)).exit_code == 0
    lines = "agency,subject,issuer,identity\nregistry-agency,u-1,urn:hk:iamsmart,x\nnobody,u-1,urn:hk:iamsmart,y\n"
    tried = run("subjects", "import", "-", "--dry-run", "--json", given=lines)
    assert tried.exit_code == 1
    assert json.loads(tried.stdout)["problems"] == [{"line": 3, "reason": "agency_unknown"}]
    assert run("subjects", "export", "registry-agency").output == ""
    done = run("subjects", "import", "-", given=lines.rpartition("nobody")[0])
    assert done.exit_code == 0, done.output
    assert "1 added (1 of them wait" in done.stdout
    assert json.loads(run("subjects", "export", "registry-agency").output)["subject"] == "u-1"


def test_a_closed_account_takes_no_name(world: World) -> None:
    account = world.account(world.bound())
    world.close_account(account)
    assert reasons(take(world, {"subject": "u-1", "account": account})) == ["account_unknown"]
