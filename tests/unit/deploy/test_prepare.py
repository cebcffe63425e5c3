"""What is prepared before the start is made once, kept, and brought to the present."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from deploy.cli import gba, main
from deploy.composing.custody import open_keys
from deploy.database import make_engine
from deploy.prepare import prepare
from deploy.reading import SettingsRefused
from deploy.settings import Settings, load
from gateway.storage.clients import SqlClients
from trust.custody import key_file
from trust.errors import KeyStoreRefused

AGENCY = "kapok-bay-registry"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"GBA_DATA_DIR": str(tmp_path / "data")})


def client_version(settings: Settings) -> int | None:
    with make_engine(settings.database_url).connect() as connection:
        return SqlClients(connection).version(AGENCY)


def test_a_second_start_changes_nothing(settings: Settings) -> None:
    assert prepare(settings) == []
    keys = (settings.data_dir / "keys" / "keys.json").read_bytes()
    version = client_version(settings)
    assert prepare(settings) == []
    assert (settings.data_dir / "keys" / "keys.json").read_bytes() == keys
    assert client_version(settings) == version == 1


def test_a_client_that_is_not_as_it_should_be_is_put_right(settings: Settings) -> None:
    prepare(settings)
    with make_engine(settings.database_url).connect().execution_options(write=True) as connection:
        clients = SqlClients(connection)
        known = clients.find(AGENCY)
        assert known is not None
        clients.save(replace(known, scopes=frozenset({"openid"})))
        connection.commit()
    prepare(settings)
    with make_engine(settings.database_url).connect() as connection:
        mended = SqlClients(connection).find(AGENCY)
    assert mended is not None
    assert "documents:issue" in mended.scopes


def test_the_master_key_is_its_owner_s_alone_and_another_one_does_not_open_the_keys(settings: Settings) -> None:
    prepare(settings)
    master = settings.data_dir / "keys" / "master.key"
    assert master.stat().st_mode & 0o077 == 0
    master.write_bytes(b"x" * 64)
    with pytest.raises(KeyStoreRefused):
        prepare(settings)


def test_random_bytes_are_a_master_key_whatever_they_end_in(settings: Settings, tmp_path: Path) -> None:
    master = tmp_path / "master"
    master.write_bytes(b"\xff" * 31 + b"\n")
    open_keys(replace(settings, keys=replace(settings.keys, master_file=master)))
    master.write_bytes(b"a" * 31 + b"\n")  # a line of text, and too short
    with pytest.raises(KeyStoreRefused):
        open_keys(replace(settings, keys=replace(settings.keys, master_file=master)))


def test_production_does_not_start_on_a_directory_that_holds_a_sandbox(settings: Settings, tmp_path: Path) -> None:
    prepare(settings)
    master = tmp_path / "master"
    master.write_bytes((settings.data_dir / "keys" / "master.key").read_bytes())
    regions = replace(settings, mode="production", keys=replace(settings.keys, master_file=master))
    told = "\n".join(prepare(regions))
    assert "holds a sandbox" in told


def test_production_does_not_start_on_a_database_that_is_behind(tmp_path: Path) -> None:
    settings = load({"GBA_DATA_DIR": str(tmp_path / "data")})
    master = tmp_path / "master"
    master.write_bytes(b"m" * 64)
    production = replace(settings, mode="production", keys=replace(settings.keys, master_file=master))
    open_keys(production, new=True)
    assert "gba database upgrade" in "\n".join(prepare(production))


def test_the_worker_does_not_start_either_on_what_the_gateway_refuses(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(settings)
    master = tmp_path / "master"
    master.write_bytes((settings.data_dir / "keys" / "master.key").read_bytes())
    production = replace(settings, mode="production", keys=replace(settings.keys, master_file=master))
    monkeypatch.setattr("deploy.commands.work.load", lambda: production)
    refused = CliRunner().invoke(gba, ["work", "--once"])
    assert refused.exit_code == 1
    assert "holds a sandbox" in refused.output
    assert "does not start like this" in refused.output


def test_production_makes_no_keys_in_the_place_of_those_that_are_lost(tmp_path: Path) -> None:
    settings = load({"GBA_DATA_DIR": str(tmp_path / "data")})
    master = tmp_path / "master"
    master.write_bytes(b"m" * 64)
    production = replace(settings, mode="production", keys=replace(settings.keys, master_file=master))
    with pytest.raises(SettingsRefused, match="settings_refused") as refused:
        open_keys(production)
    assert "gba keys create" in refused.value.problems[0]
    made = open_keys(production, new=True).keys()
    assert open_keys(production).keys() == made


def test_production_makes_no_keys_where_the_file_goes_while_it_is_opened(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shared directory that is unmounted in that moment."""
    master = tmp_path / "master"
    master.write_bytes(b"m" * 64)
    production = replace(settings, mode="production", keys=replace(settings.keys, master_file=master))
    file = production.data_dir / "keys" / "keys.json"
    open_keys(production, new=True)
    opened = key_file.alone

    @contextmanager
    def unmounted(path: Path) -> Iterator[None]:
        file.unlink()
        with opened(path):
            yield

    monkeypatch.setattr(key_file, "alone", unmounted)
    with pytest.raises(KeyStoreRefused, match="key_file_missing"):
        open_keys(production)
    assert not file.exists()


def test_a_master_key_that_is_away_or_another_is_told_without_a_trace(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_keys(settings)
    monkeypatch.setattr("sys.argv", ["gba", "keys", "list"])
    monkeypatch.setenv("GBA_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("GBA_KEYS__MASTER_FILE", str(tmp_path / "master"))
    for content, told in ((None, "cannot read"), (b"short", "32 bytes"), (b"m" * 64, "another master key")):
        if content is not None:
            (tmp_path / "master").write_bytes(content)
        with pytest.raises(SystemExit, match="78"):
            main()
        assert told in capsys.readouterr().err
