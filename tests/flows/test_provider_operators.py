"""What operators do at the command line: clients and keys, over a data directory of their own."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deploy.cli import gba
from deploy.database import make_engine
from gateway.storage.tables_oidc import clients
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import FakeVault, Journal
from tests.fixtures.databases import make_tables
from trust.storage.tables import metadata as trust_tables

NAMES = {"zh-Hant": "登記處", "zh-Hans": "登记处", "en": "Registry", "pt": "Registo"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path))
    engine = make_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    make_tables(engine, clients.metadata, trust_tables)
    engine.dispose()

    def call(*words: str, given: Any = None) -> Result:
        return CliRunner().invoke(gba, words, input=None if given is None else json.dumps(given))

    return call


def registration(**other: Any) -> dict[str, Any]:
    return {
        "id": "registry",
        "agency": "registry-agency",
        "names": NAMES,
        "region": "CN-44",
        "redirect_uris": ["https://agency.example/callback"],
        "jwks": {"keys": [Key.make().jwk]},
        "scopes": ["openid", "profile"],
    } | other


def test_a_client_is_enrolled_shown_and_kept_from_acting(run: Any) -> None:
    added = run("clients", "add", "-", "--json", given=registration())
    assert added.exit_code == 0, added.output
    assert json.loads(added.output)["version"] == 1
    assert run("clients", "disable", "registry").exit_code == 0
    shown = json.loads(run("clients", "show", "registry", "--json").output)
    assert (shown["active"], shown["version"], shown["scopes"]) == (False, 2, ["openid", "profile"])
    assert json.loads(run("clients", "list", "--json").output)[0]["id"] == "registry"
    assert "disabled" in run("clients", "list").output
    assert run("clients", "show", "nobody").exit_code == 1


@pytest.mark.parametrize(
    "other",
    [
        {"jwks": {}, "jwks_uri": "http://localhost:9200/_all"},
        {"backchannel_logout_uri": "http://127.0.0.1:9200/_all"},
        {"events_uri": "https://[::1]/", "events": ["link_undone"]},
    ],
)
def test_no_partner_has_a_public_gateway_call_on_its_own_machine(
    run: Any, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any]
) -> None:
    assert run("clients", "add", "-", given=registration(**other)).exit_code == 0  # a sandbox's partners live here
    monkeypatch.setenv("GBA_SERVER__PUBLIC_URL", "https://gateway.example")
    assert run("clients", "add", "-", given=registration(**other)).exit_code == 1


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"id": "a b"}, "client_id_malformed"),
        ({"agency": ""}, "agency_missing"),
        ({"names": {"en": "Registry"}}, "names_missing"),
        ({"names": {**NAMES, "en": "Registry\n2031-01-01 UTC+8"}}, "names_missing"),
        ({"names": {**NAMES, "pt": "\u202eotsigeR"}}, "names_missing"),
        ({"redirect_uris": []}, "redirect_uri_missing"),
        ({"redirect_uris": ["http://agency.example/cb"]}, "redirect_uri_malformed"),
        ({"redirect_uris": ["https://agency.example/cb#f"]}, "redirect_uri_malformed"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "redirect_uri_malformed"),
        ({"redirect_uris": ["https://user@agency.example/cb"]}, "redirect_uri_malformed"),
        ({"redirect_uris": ["https://agency.example:99999/cb"]}, "redirect_uri_malformed"),
        ({"jwks": {"keys": []}}, "keys_not_admitted"),
        ({"require_dpop": False}, "tokens_not_bound"),  # half of FAPI 2.0 is none
        ({"require_mtls": True}, "mutual_tls_not_configured"),
        ({"userinfo_signed_response_alg": "RS256"}, "userinfo_algorithm_not_offered"),
        ({"jwks": {}}, "keys_not_admitted"),
        ({"jwks_uri": "https://agency.example/jwks"}, "keys_not_admitted"),  # both: nobody knows which counts
        ({"jwks": {}, "jwks_uri": "http://agency.example/jwks"}, "keys_not_admitted"),
        ({"backchannel_logout_uri": "http://agency.example/x"}, "backchannel_logout_uri_malformed"),
        ({"events_uri": "http://agency.example/x", "events": ["link_undone"]}, "events_uri_malformed"),
        ({"events_uri": "https://agency.example/x"}, "events_without_address"),
        ({"events": ["link_undone"]}, "events_without_address"),
        ({"events_uri": "https://agency.example/x", "events": ["logout"]}, "event_unknown"),
        ({"scopes": ["openid", "offline_access"]}, "refresh_without_offline_access"),
        ({"may_call": ["ferry"]}, "exchange_without_targets"),
        ({"requests_per_minute": 0}, "requests_per_minute_not_positive"),
        ({"scopes": ["openid", "everything"]}, "scope_unknown"),
        ({"grant_types": ["password"]}, "grant_type_unknown"),
        ({"detail_types": ["payment"]}, "detail_type_unknown"),
        ({"detail_types": ["biometric_check"]}, "check_without_purpose"),
    ],
)
def test_a_client_that_cannot_be_trusted_is_not_enrolled(run: Any, other: dict[str, Any], reason: str) -> None:
    refused = run("clients", "add", "-", given=registration(**other))
    assert refused.exit_code == 1
    assert reason in refused.output
    assert json.loads(run("clients", "list", "--json").output) == []


def test_what_became_of_telling_an_agency_is_seen(run: Any, tmp_path: Path) -> None:
    assert json.loads(run("clients", "deliveries", "--json").output) == []
    engine = make_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    with SqlWork(engine, vault=FakeVault(), audit=lambda _: Journal())(write=True) as work:
        work.logouts.remember("session-1", "registry", at=at)
        assert work.logouts.queue("session-1", "account-1", at=at) == 1
        work.commit()
    engine.dispose()
    [told] = json.loads(run("clients", "deliveries", "--client", "registry", "--json").output)
    assert (told["client"], told["state"], told["attempts"]) == ("registry", "waiting", 0)
    assert "waiting" in run("clients", "deliveries").output
    assert json.loads(run("clients", "deliveries", "--client", "ferry", "--json").output) == []


def test_where_a_client_takes_events_is_settled_and_its_credential_is_never_shown(run: Any, tmp_path: Path) -> None:
    run("clients", "add", "-", given=registration())
    secret = tmp_path / "credential"
    secret.write_text("a-bearer-token-0123456789\n")
    hook = ("--endpoint", "https://agency.example/events", "--event", "link_undone", "--credential", str(secret))
    done = run("clients", "events", "registry", *hook)
    assert done.exit_code == 0, done.output
    shown = run("clients", "show", "registry", "--json").output
    assert json.loads(shown)["events"] == ["link_undone"]
    assert "a-bearer-token" not in done.output + shown
    assert run("clients", "events", "registry", "--none").output == "registry: no events\n"
    assert run("clients", "events", "nobody", "--none").exit_code == 1
    assert run("clients", "events", "registry").exit_code == 2
    secret.write_text("two words")
    refused = run("clients", "events", "registry", *hook)
    assert refused.exit_code == 1
    assert "event_credential_malformed" in refused.output


def test_a_file_that_is_no_client_is_said_to_be_none(run: Any) -> None:
    attempts: list[Any] = [{"id": "x"}, [], registration(secret="s")]
    for given in attempts:
        refused = run("clients", "add", "-", given=given)
        assert refused.exit_code == 1
        assert "Traceback" not in refused.output


def test_subjects_are_made_under_a_new_key_beside_the_old_one(run: Any) -> None:
    run("keys", "list")
    before = {key["kid"] for key in json.loads(run("keys", "list", "--json").output) if key["purpose"] == "pairwise"}
    made = json.loads(run("keys", "renew-subjects", "--json").output)
    assert made["generation"] == len(before) + 1
    after = [key for key in json.loads(run("keys", "list", "--json").output) if key["purpose"] == "pairwise"]
    assert {key["state"] for key in after} == {"active"}
    assert {key["kid"] for key in after} == before | {made["kid"]}


def test_what_is_kept_of_people_is_sealed_under_a_new_key_beside_the_old_one(run: Any) -> None:
    def data_keys() -> list[dict[str, Any]]:
        return [key for key in json.loads(run("keys", "list", "--json").output) if key["purpose"] == "data"]

    before = data_keys()
    made = json.loads(run("keys", "renew-data", "--json").output)
    assert data_keys()[:-1] == before
    assert (data_keys()[-1]["kid"], made["generation"]) == (made["kid"], len(before) + 1)
    assert "Back up the key file" in run("keys", "renew-data").output


def test_keys_are_listed_without_secrets_and_rotated(run: Any) -> None:
    before = json.loads(run("keys", "list", "--json").output)
    assert {key["purpose"] for key in before} >= {"token", "data", "index"}
    begun = json.loads(run("keys", "rotate", "--json").output)
    assert begun["state"] == "published"
    assert json.loads(run("keys", "rotate", "--json").output) == begun  # once begun, it is not begun again
    assert run("keys", "advance").output == "Nothing is due.\n"
    replaced = json.loads(run("keys", "rotate", "--compromised", "--json").output)
    states = {
        key["kid"]: key["state"]
        for key in json.loads(run("keys", "list", "--json").output)
        if key["purpose"] == "token"
    }
    assert states.pop(replaced["kid"]) == "active"
    assert set(states.values()) == {"retired"}


def test_no_table_is_undone_before_somebody_said_yes(run: Any) -> None:
    run("clients", "add", "-", given=registration())
    asked = run("database", "downgrade", "base")
    assert (asked.exit_code, "is lost" in asked.output) == (1, True)
    assert "registry" in run("clients", "list").output
