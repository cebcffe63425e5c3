"""What operators do about partners at the command line, over a data directory of their own."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deploy import migrate
from deploy.cli import gba
from deploy.composing.custody import open_keys
from deploy.database import make_engine
from deploy.settings import load
from gateway.oidc.client import Client
from gateway.oidc.integration_error import IntegrationError, Sureness
from gateway.oidc.registration_request import RegistrationRequest, Wish
from gateway.ports.partners import KeptKeys
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_signer import Key
from trust.custody.vault import Vault
from trust.storage.audit_log import SqlAuditLog


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path))
    engine = make_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    migrate.upgrade(engine)
    engine.dispose()

    def call(*words: str, given: Any = None) -> Result:
        return CliRunner().invoke(gba, words, input=None if given is None else json.dumps(given))

    return call


INVITE = ("clients", "invite", "--agency", "ferry-company", "--region", "MO", "--host", "Ferry.example", "--json")


def test_an_invitation_is_made_listed_without_its_token_and_withdrawn(run: Any) -> None:
    made = run(*INVITE, "--scope", "openid", "--scope", "profile", "--uses", "3", "--expires", "12h")
    assert made.exit_code == 0, made.output
    told = json.loads(made.output)
    assert (told["profile"], told["scopes"], told["hosts"], told["uses"]) == (
        "fapi2",
        ["openid", "profile"],
        ["ferry.example"],
        3,
    )
    listed = run("clients", "invitations", "--json").output
    assert told["initial_access_token"] not in listed
    assert json.loads(listed)[0]["id"] == told["id"]
    assert "3 left" in run("clients", "invitations").output
    assert run("clients", "withdraw", told["id"]).exit_code == 0
    assert "withdrawn" in run("clients", "invitations").output
    assert run("clients", "withdraw", told["id"]).exit_code == 1


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (("--host", "*.example"), "host_malformed"),
        (("--scope", "everything"), "scope_unknown"),
        (("--uses", "0"), "uses_out_of_bounds"),
        (("--expires", "400d"), "lifetime_out_of_bounds"),
        (("--expires", "soon"), "duration"),
        (("--detail", "biometric_check"), "check_without_purpose"),
    ],
)
def test_an_invitation_beyond_what_is_offered_is_not_made(run: Any, more: tuple[str, ...], reason: str) -> None:
    refused = run(*INVITE, *more)
    assert refused.exit_code != 0
    assert reason in refused.output
    assert json.loads(run("clients", "invitations", "--json").output) == []


@pytest.fixture
def work(tmp_path: Path, run: Any) -> Iterator[SqlWork]:
    """The same database from within, as the server has it."""
    engine = make_engine(f"sqlite:///{tmp_path / 'gateway.db'}")
    keys = open_keys(load({"GBA_DATA_DIR": str(tmp_path)}))
    yield SqlWork(engine, vault=Vault(keys), audit=SqlAuditLog)
    engine.dispose()


def enrol(work: SqlWork, **other: Any) -> None:
    client = Client(
        id="ferry",
        agency="ferry-company",
        names={"en": "Ferry"},
        region="MO",
        redirect_uris=("https://ferry.example/cb",),
        **other,
    )
    with work(write=True) as unit:
        unit.clients.save(client)
        unit.commit()


def ask(work: SqlWork, key: Key) -> str:
    wish = Wish(
        organisation="Ferry Company",
        region="MO",
        contact="desk@ferry.example",
        purpose="Tickets",
        legal_basis="Consent",
        metadata={
            "client_name": "Ferry",
            "client_name#zh-Hant": "渡輪",
            "client_name#zh-Hans": "渡轮",
            "client_name#pt": "Barco",
            "redirect_uris": ["https://ferry.example/cb"],
            "scope": "openid profile",
            "jwks": {"keys": [key.jwk]},
        },
    )
    asked = RegistrationRequest(
        reference="2222-3333-4444-5555-6666", wish=wish, thumbprint="t", asked_at=datetime.now(UTC)
    )
    with work(write=True) as unit:
        unit.registration_requests.add(asked, source="s")
        unit.commit()
    return asked.reference


def test_a_request_is_listed_read_and_approved(run: Any, work: SqlWork) -> None:
    assert "Nobody asks." in run("clients", "requests", "list").output
    reference = ask(work, Key.make())
    assert "Ferry Company" in run("clients", "requests", "list").output
    assert "desk@" not in run("clients", "requests", "list", "--json").output
    shown = json.loads(run("clients", "requests", "show", reference.lower(), "--json").output)
    assert (shown["contact"], shown["client_metadata"]["scope"]) == ("desk@ferry.example", "openid profile")
    approved = run("clients", "requests", "approve", reference, "--agency", "ferry-company", "--scope", "openid")
    assert approved.exit_code == 0, approved.output
    client = json.loads(run("clients", "show", approved.output.strip(), "--json").output)
    assert (client["agency"], client["scopes"], client["require_dpop"]) == ("ferry-company", ["openid"], True)
    again = run("clients", "requests", "approve", reference, "--agency", "ferry-company")
    assert (again.exit_code, "registration_request_decided" in again.output) == (1, True)
    assert json.loads(run("clients", "requests", "list", "--json").output) == []
    assert "approved" in run("clients", "requests", "list", "--all").output


def test_a_request_is_refused_with_a_ground(run: Any, work: SqlWork) -> None:
    reference = ask(work, Key.make())
    assert run("clients", "requests", "refuse", reference, "--ground", "because").exit_code == 2
    assert run("clients", "requests", "refuse", reference, "--ground", "duplicate").exit_code == 0
    assert run("clients", "requests", "refuse", reference, "--ground", "duplicate").exit_code == 1
    for verb in (("show",), ("approve", "--agency", "a"), ("refuse", "--ground", "duplicate")):
        assert run("clients", "requests", verb[0], "AAAA", *verb[1:]).exit_code == 1


def test_an_operator_sees_a_partners_errors(run: Any, work: SqlWork) -> None:
    assert "Nothing was refused" in run("clients", "errors", "ferry").output
    error = IntegrationError(
        client="ferry",
        sureness=Sureness.CLAIMED,
        at=datetime.now(UTC),
        endpoint="POST /oauth/par",
        status=400,
        code="invalid_request",
        reason="code_challenge_missing",
        incident="i-1",
    )
    with work(write=True) as unit:
        unit.integration_errors.record(error, keep=5)
        unit.commit()
    [told] = json.loads(run("clients", "errors", "ferry", "--json").output)
    assert (told["reason"], told["clause"], told["sureness"]) == ("code_challenge_missing", "RFC 7636 §4.3", "claimed")
    assert "RFC 7636" in run("clients", "errors", "ferry").output


def test_keys_that_need_seeing_to_are_found(run: Any, work: SqlWork) -> None:
    good = Key.make().jwk
    enrol(work, jwks={"keys": [good]})
    assert run("clients", "check").exit_code == 0
    assert "good" in run("clients", "check", "ferry").output
    enrol(work, jwks={"keys": [good | {"exp": datetime.now(UTC).timestamp() + 86_400}]})
    soon = run("clients", "check", "--json")
    assert (soon.exit_code, json.loads(soon.output)[0]["troubles"]) == (1, ["key_expires_soon"])
    enrol(work, jwks={"keys": [good | {"exp": 1_700_000_000}]})
    assert "key_expired" in run("clients", "check").output
    enrol(work, jwks_uri="https://ferry.example/jwks")
    now = datetime.now(UTC)
    with work(write=True) as unit:
        unit.partner_keys.keep(
            KeptKeys(client="ferry", url="https://ferry.example/jwks", asked_at=now, problem="no_answer")
        )
        unit.commit()
    failing = json.loads(run("clients", "check", "--json").output)[0]
    assert failing["troubles"] == ["no_usable_key", "key_address_fails"]
    assert run("clients", "check", "nobody").exit_code == 1


def test_an_operator_gets_a_link_to_a_partners_page(run: Any, work: SqlWork) -> None:
    enrol(work)
    link = run("clients", "page", "ferry", "--language", "pt").output.strip()
    assert link.startswith("http://localhost:8000/pt/partners/enter/")
    assert run("clients", "page", "nobody").exit_code == 1
