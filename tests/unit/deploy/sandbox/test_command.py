"""`gba sandbox`: who lives there, for people and for programs."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.commands.sandbox import command
from deploy.sandbox.people import PEOPLE


def test_programs_get_everybody_with_region_and_words() -> None:
    got = CliRunner().invoke(command, ["people", "--json"])
    assert got.exit_code == 0
    listed = json.loads(got.output)
    assert [one["id"] for one in listed] == [one.id for one in PEOPLE]
    for one in listed:
        assert {"region", "login", "password", "story"} <= one.keys()
        assert {"en", "zh-Hant"} == one["story"].keys()


def test_people_get_words_and_stories() -> None:
    got = CliRunner().invoke(command, ["people"])
    assert got.exit_code == 0
    for one in PEOPLE:
        assert f"{one.login} / {one.password}" in got.output
        assert one.story in got.output


PRODUCTION = """
mode = "production"
[server]
public_url = "https://gateway.example"
[trust]
timestamp_urls = ["https://tsa.example"]
[operator]
phone = "+86 20 0000 0000"
[operator.name]
zh-Hant = "營運者"
zh-Hans = "运营者"
en = "Operator"
pt = "Operador"
[regions.hongkong]
api_base = "https://hk.example/api/v1"
client_id = "c"
client_secret = "s"
encipherment_key = "k"
redirect_uri = "https://gateway.example/regions/HK/callback"
[regions.guangdong]
base = "https://gd.example"
client_id = "c"
client_secret = "s"
redirect_uri = "https://gateway.example/regions/CN-44/callback"
document_types = { 41 = "hmt_permit" }
"""


def test_the_sandbox_is_refused_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "master").write_bytes(bytes(range(32)))
    (tmp_path / "gateway.toml").write_text(PRODUCTION, encoding="utf-8")
    monkeypatch.setenv("GBA_CONFIG", str(tmp_path / "gateway.toml"))
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GBA_KEYS__MASTER_FILE", str(tmp_path / "master"))
    got = CliRunner().invoke(command, ["serve"])
    assert got.exit_code == 1
    assert "refused in production" in got.output
    assert not (tmp_path / "data" / "sandbox").exists()
