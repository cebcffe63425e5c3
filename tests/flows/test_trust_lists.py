"""Trust lists from their source to a verdict: published, opened, refreshed; what fails closes, and says so."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from deploy import health, migrate
from deploy.cli import gba
from deploy.composing.world import World
from deploy.sandbox.pki.authorities import Authorities
from deploy.settings import load
from deploy.trust_lists.opening import SnapshotInForce, TrustLists
from gateway.endpoints.wire import Request
from tests.fakes.outside import SetClock
from tests.fakes.trust_lists import AT, OPERATOR, device, signed, table
from trust.anchors.recognition import Conclusion, assess
from trust.anchors.snapshot import Snapshot
from trust.anchors.trust_list import ListState
from trust.custody.key_store import KeyStore
from trust.errors import TrustListRefused
from trust.flows.open_snapshot import OpenSnapshot
from trust.flows.refresh_trust_lists import Place, Refreshed, RefreshTrustLists
from trust.keys.key import Purpose
from trust.trust_lists.files import XmlLists
from trust.trust_lists.shelf import FolderShelf


@dataclass
class Outside:
    """Places that publish lists, and an operator who listens."""

    shelf: FolderShelf
    clock: SetClock = field(default_factory=lambda: SetClock(AT))
    answers: dict[str, bytes | Exception] = field(default_factory=dict)
    rung: list[tuple[str, str]] = field(default_factory=list)

    def refresh(self, territory: str = "HK") -> Refreshed:
        flow = RefreshTrustLists(
            shelf=self.shelf,
            reader=XmlLists(),
            alarm=lambda territory, reason: self.rung.append((territory, reason)),
            clock=self.clock,
        )
        [outcome] = flow([Place(territory=territory, fetch=self._fetch, signers=OPERATOR.chain)])
        return outcome

    def _fetch(self) -> bytes:
        answer = self.answers["HK"]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def open(self, expected: tuple[str, ...] = ("HK",), signers: tuple[bytes, ...] = OPERATOR.chain) -> Snapshot:
        return OpenSnapshot(shelf=self.shelf, reader=XmlLists(), signers=lambda _: signers, expected=expected)()


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(FolderShelf(tmp_path / "snapshots"))


FIRST = signed()
SECOND = signed(table(territory="HK"), at=AT + timedelta(days=1))


def second_issue() -> bytes:
    """What the operator publishes a day later, numbered on."""
    listed = XmlLists().read(FIRST, OPERATOR.chain)
    later = listed.issued_at + timedelta(days=1)
    return XmlLists().write(
        replace(listed, sequence=2, issued_at=later, next_update=later + timedelta(days=180), digest=""), OPERATOR
    )


def test_a_list_that_is_fetched_is_in_force_under_a_new_snapshot(outside: Outside) -> None:
    outside.answers["HK"] = FIRST
    assert outside.refresh() == Refreshed(territory="HK", taken=True, sequence=1)
    snapshot = outside.open()
    assert [anchor.entry for anchor in snapshot.anchors] == ["example-root"]
    kept = outside.shelf.present()
    assert kept is not None
    assert kept.id == snapshot.id
    assert outside.refresh() == Refreshed(territory="HK", taken=False, sequence=1)
    assert outside.rung == []


def test_the_next_issue_is_taken_and_the_former_snapshot_can_still_be_opened(outside: Outside) -> None:
    outside.answers["HK"] = FIRST
    outside.refresh()
    before = outside.open()
    outside.clock.move(timedelta(days=1))
    outside.answers["HK"] = second_issue()
    assert outside.refresh().sequence == 2
    again = OpenSnapshot(shelf=outside.shelf, reader=XmlLists(), signers=lambda _: OPERATOR.chain, expected=("HK",))
    assert again(before.id).id == before.id
    assert outside.open().id != before.id


FAILURES: dict[str, tuple[bytes | Exception, timedelta, str]] = {
    "nobody answers": (ConnectionError(), timedelta(), "unreachable"),
    "a page comes instead": (b"<html/>", timedelta(), "not_a_trust_list"),
    "somebody else signed": (signed(by=device(), at=AT + timedelta(days=1)), timedelta(days=1), "signature_invalid"),
    "it is another territory's": (signed(table(territory="MO")), timedelta(), "territory_differs"),
    "it is past its next update": (FIRST, timedelta(days=181), "list_expired"),
    "it comes from the future": (second_issue(), timedelta(), "list_not_yet"),
    "its number was used before": (SECOND, timedelta(days=1), "sequence_reused"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_the_last_good_list_stays_and_the_bell_rings_when(what: str, outside: Outside) -> None:
    answer, wait, reason = FAILURES[what]
    outside.answers["HK"] = FIRST
    outside.refresh()
    before = outside.shelf.present()
    outside.clock.move(wait)
    outside.answers["HK"] = answer
    assert outside.refresh() == Refreshed(territory="HK", taken=False, problem=reason, sequence=1)
    assert outside.rung == [("HK", reason)]
    assert outside.shelf.present() == before


def test_an_older_issue_never_comes_back(outside: Outside) -> None:
    outside.clock.move(timedelta(days=1))
    outside.answers["HK"] = second_issue()
    outside.refresh()
    outside.answers["HK"] = FIRST
    assert outside.refresh().problem == "older_than_known"


def test_a_list_that_does_not_verify_gives_no_anchors_and_says_why(outside: Outside) -> None:
    outside.shelf.keep({"HK": FIRST})
    snapshot = outside.open(expected=("HK", "MO"), signers=device().chain)
    assert snapshot.anchors == ()
    assert [(each.territory, each.state, each.reason) for each in snapshot.standings(AT)] == [
        ("HK", ListState.UNVERIFIED, "signature_invalid"),
        ("MO", ListState.MISSING, "no_list"),
    ]


def test_one_list_that_fails_leaves_the_others(outside: Outside) -> None:
    outside.shelf.keep({"HK": FIRST, "MO": b"garbage"})
    snapshot = outside.open(expected=("HK", "MO"))
    assert [anchor.territory for anchor in snapshot.anchors] == ["HK"]
    assert [each.state for each in snapshot.standings(AT)] == [ListState.CURRENT, ListState.UNREADABLE]


def test_a_list_under_another_territorys_name_is_not_read(outside: Outside) -> None:
    outside.shelf.keep({"MO": FIRST})
    assert outside.open(expected=()).anchors == ()


def test_a_shelf_that_was_tampered_with_gives_nothing(outside: Outside, tmp_path: Path) -> None:
    kept = outside.shelf.keep({"HK": FIRST})
    (tmp_path / "snapshots" / kept.id.removeprefix("sha256:") / "MO.xml").write_bytes(FIRST)
    snapshot = outside.open()
    assert snapshot.anchors == ()
    assert [(each.state, each.reason) for each in snapshot.standings(AT)] == [
        (ListState.UNREADABLE, "snapshot_changed")
    ]


@dataclass
class Gateway:
    """One data directory with its keys and its sandbox."""

    home: Path
    clock: SetClock

    def lists(self, *, folder: Path | None = None) -> TrustLists:
        authorities = Authorities.open(self.home / "pki", "http://sandbox.test", self.clock)
        keys = KeyStore.open(self.home / "keys.json", bytes(32))
        more: dict[str, Any] = {"folder": folder} if folder else {}
        return TrustLists(self.home, keys, authorities=authorities, now=self.clock, **more)

    def leaf(self, territory: str) -> tuple[bytes, ...]:
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - one key

        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        return Authorities.open(self.home / "pki", "http://sandbox.test", self.clock).enrol(territory, "Seal", key)


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    return Gateway(tmp_path, SetClock(AT))


def test_the_products_own_sources_hold_and_become_three_lists(gateway: Gateway) -> None:
    lists = gateway.lists()
    outcomes = lists.publish()
    assert [(each.territory, each.sequence, each.published) for each in outcomes] == [
        ("HK", 1, True),
        ("MO", 1, True),
        ("CN-44", 1, True),
    ]
    assert {each.state for each in lists.snapshot().standings(AT)} == {ListState.CURRENT}
    assert "hongkong-post-root-ca-2" in outcomes[0].source.to_be_supplied
    assert {anchor.entry for anchor in lists.snapshot().anchors} == {
        "sandbox-hk-root",
        "sandbox-mo-root",
        "sandbox-cn-44-root",
    }


def test_without_the_sandbox_no_authority_is_made_up(tmp_path: Path) -> None:
    keys = KeyStore.open(tmp_path / "keys.json", bytes(32))
    lists = TrustLists(tmp_path, keys, now=SetClock(AT))
    lists.publish()
    assert lists.snapshot().anchors == ()


def test_nothing_is_published_again_until_it_changes_or_runs_out(gateway: Gateway) -> None:
    gateway.lists().publish()
    name = gateway.lists().snapshot().id
    assert not any(each.published for each in gateway.lists().publish())
    assert gateway.lists().snapshot().id == name
    gateway.clock.move(timedelta(days=125))
    assert all(each.published and each.sequence == 2 for each in gateway.lists().publish())


def test_a_key_that_expired_is_replaced_and_what_it_signed_is_still_read(gateway: Gateway) -> None:
    lists = gateway.lists()
    lists.publish()
    first = lists.snapshot().id
    gateway.clock.move(timedelta(days=1900))
    lists.publish()
    assert len(lists.signers("HK")) == 2
    assert len(lists.snapshot(first).lists) == 3
    assert {each.state for each in lists.snapshot().standings(gateway.clock())} == {ListState.CURRENT}


def test_a_last_issue_that_does_not_hold_stops_the_next(gateway: Gateway) -> None:
    lists = gateway.lists()
    lists.publish()
    kept = lists.shelf.present()
    assert kept is not None
    lists.shelf.keep({**kept.lists, "HK": FIRST})
    with pytest.raises(TrustListRefused, match="signature_invalid"):
        lists.publish()


@pytest.mark.parametrize(
    ("territory", "conclusion"),
    [("HK", Conclusion.RECOGNISED), ("CN-44", Conclusion.RECOGNISED), ("MO", Conclusion.NOT_LISTED)],
)
def test_seals_of_the_sandbox_are_recognised_as_the_lists_say(
    territory: str, conclusion: Conclusion, gateway: Gateway
) -> None:
    lists = gateway.lists()
    lists.publish()
    snapshot = lists.snapshot()
    found = assess(
        gateway.leaf(territory), territory=territory, at=AT, lists=snapshot.lists, standings=snapshot.standings(AT)
    )
    assert found.conclusion is conclusion


def test_each_list_is_signed_by_a_key_of_its_own_purpose(gateway: Gateway) -> None:
    gateway.lists().publish()
    keys = KeyStore.open(gateway.home / "keys.json", bytes(32)).keys()
    assert {(key.purpose, key.owner) for key in keys} == {
        (Purpose.TRUST_LIST, territory) for territory in ("HK", "MO", "CN-44")
    }


def test_a_place_of_others_needs_a_signer(gateway: Gateway, tmp_path: Path) -> None:
    from trust.anchors.source import SourceRefused  # noqa: PLC0415 - one test

    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "remote.toml").write_text('[[place]]\nterritory = "HK"\naddress = "http://x"\nsigners = []\n')
    with pytest.raises(SourceRefused) as refused:
        gateway.lists(folder=folder).remote()
    assert len(refused.value.problems) == 3


def test_a_list_of_others_is_fetched_through_the_one_way_out(gateway: Gateway, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "remote.toml").write_text(
        '[[place]]\nterritory = "PT"\naddress = "https://list.example/pt.xml"\nsigners = ["pt.der"]\n'
    )
    (gateway.home / "trust" / "certificates").mkdir(parents=True)
    (gateway.home / "trust" / "certificates" / "pt.der").write_bytes(OPERATOR.chain[0])
    asked = []

    @dataclass(frozen=True)
    class Reply:
        status: int = 200
        body: bytes = signed(table(territory="PT"))

    def egress(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        asked.append((method, url))
        return Reply()

    lists = gateway.lists(folder=folder)
    assert lists.refresh(egress) == (Refreshed(territory="PT", taken=True, sequence=1),)
    assert asked == [("GET", "https://list.example/pt.xml")]
    assert "PT" in {anchor.territory for anchor in lists.snapshot().anchors}


def run(home: Path, *words: str) -> Result:
    return CliRunner().invoke(gba, ["trustlist", *words], env={"GBA_DATA_DIR": str(home)}, catch_exceptions=False)


def test_the_command_line_leads_from_nothing_to_a_snapshot_in_force(tmp_path: Path) -> None:
    assert run(tmp_path, "check").exit_code == 1
    built = run(tmp_path, "build", "--json", "--out", str(tmp_path / "out"))
    assert built.exit_code == 0
    name = json.loads(built.stdout)["snapshot"]
    told = json.loads(run(tmp_path, "check", "--json").stdout)
    assert told["holds"]
    open_points = {row["what"]: row["open"] for row in told["checked"]}
    assert any("to be supplied by the operator" in point for point in open_points["source HK"])
    assert run(tmp_path, "diff").exit_code == 0
    shown = json.loads(run(tmp_path, "show", "--json").stdout)
    assert shown["snapshot"] == name
    assert {each["state"] for each in shown["lists"]} == {"current"}
    assert run(tmp_path, "show", name[7:15], "--lang", "pt").exit_code == 0
    assert run(tmp_path, "check", str(tmp_path / "out" / "HK.xml")).exit_code == 0
    assert json.loads(run(tmp_path, "show", "--all", "--json").stdout) == [name]


def test_the_command_line_shows_what_a_changed_source_would_change(tmp_path: Path) -> None:
    assert run(tmp_path, "build").exit_code == 0
    sources = tmp_path / "sources"
    sources.mkdir()
    own = Path(__file__).resolve().parents[2] / "deploy" / "trust_lists"
    for territory in ("HK", "MO", "CN-44"):
        text = (own / f"{territory}.toml").read_text("utf-8")
        (sources / f"{territory}.toml").write_text(text.replace("2008.810.2", "2008.810.3"), "utf-8")
    done = run(tmp_path, "diff", "--sources", str(sources), "--json")
    assert done.exit_code == 1
    [changed] = json.loads(done.stdout)
    assert (changed["territory"], changed["entry"]) == ("HK", "hongkong-post-e-cert-ca-2-15")
    assert "2008.810.3" in changed["after"]


def test_the_command_line_tells_every_problem_of_a_source_and_publishes_nothing(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    for territory in ("HK", "MO", "CN-44"):
        (sources / f"{territory}.toml").write_text(f'territory = "{territory}"\n')
    done = run(tmp_path, "build", "--sources", str(sources))
    assert done.exit_code == 1
    assert "scheme: expected a table" in done.stderr
    assert run(tmp_path, "show", "--all").stdout.strip() == ""


def test_a_file_that_somebody_changed_is_told_by_its_reason(tmp_path: Path) -> None:
    run(tmp_path, "build", "--out", str(tmp_path / "out"))
    file = tmp_path / "out" / "HK.xml"
    file.write_bytes(file.read_bytes().replace(b"Hongkong Post Root", b"Hongkong Past Root"))
    done = run(tmp_path, "check", str(file))
    assert done.exit_code == 1
    assert "signature_invalid" in done.stdout


@pytest.mark.parametrize("words", [[], ["build"], ["check"], ["diff"], ["show"], ["refresh"]])
def test_every_command_explains_itself(words: list[str], tmp_path: Path) -> None:
    done = run(tmp_path, *words, "--help")
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) > 5


def test_the_snapshot_in_force_is_opened_once_and_again_when_another_is_present(gateway: Gateway) -> None:
    lists = gateway.lists()
    in_force = SnapshotInForce(lists)
    assert {each.state for each in in_force().standings(AT)} == {ListState.MISSING}
    lists.publish()
    first = in_force()
    assert in_force() is first
    assert {each.state for each in first.standings(AT)} == {ListState.CURRENT}
    gateway.clock.move(timedelta(days=125))
    lists.publish()
    assert in_force().id != first.id


def test_readiness_tells_how_each_list_stands_and_does_not_stop_the_gateway(tmp_path: Path) -> None:
    world = World.open(load({"GBA_DATA_DIR": str(tmp_path)}))
    try:
        migrate.upgrade(world.engine)
        ready = health.routes(world)[("GET", "/readyz")]
        request = Request(method="GET", path="/readyz", headers={})
        before = ready(request)
        assert json.loads(before.body)["trust_lists"] == dict.fromkeys(("HK", "MO", "CN-44"), "missing: no_list")
        TrustLists(tmp_path, world.keys).publish()
        after = ready(request)
        assert json.loads(after.body)["trust_lists"] == dict.fromkeys(("HK", "MO", "CN-44"), "current")
        assert (before.status, after.status) == (200, 200)
    finally:
        world.engine.dispose()
        world.egress.close()
