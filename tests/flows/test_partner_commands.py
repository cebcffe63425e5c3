"""What operators do about partners at the command line, over a data directory of their own."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deploy import migrate
from deploy.cli import gba
from deploy.database import make_engine


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
