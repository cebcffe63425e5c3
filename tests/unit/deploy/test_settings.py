"""Settings are read as a whole, and everything wrong is said at once."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from deploy.reading import SettingsRefused, read_value
from deploy.settings import Settings, load, objections
from deploy.showing import as_toml, example, in_force
from trust.settings import RemoteSealKey, TokenSealKey, TrustSettings


def problems(environment: dict[str, str]) -> str:
    with pytest.raises(SettingsRefused) as refused:
        load(environment)
    return "\n".join(refused.value.problems)


def test_without_any_setting_the_sandbox_starts() -> None:
    settings = load({})
    assert settings.sandbox
    assert settings.public_url == "http://localhost:8000"
    assert settings.sandbox_url == "http://localhost:8001"


def test_port_alone_moves_the_gateway_and_the_sandbox() -> None:
    settings = load({"PORT": "9100"})
    assert (settings.public_url, settings.sandbox_url) == ("http://localhost:9100", "http://localhost:9101")


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / "gba.toml"
    file.write_text('[server]\nport = 8100\nthreads = 2\n[egress]\ntimeout = "1500ms"\n')
    settings = load({"GBA_CONFIG": str(file), "GBA_SERVER__PORT": "8200"})
    assert (settings.server.port, settings.server.threads) == (8200, 2)
    assert settings.egress.timeout == timedelta(milliseconds=1500)


def test_every_problem_is_told_at_once() -> None:
    told = problems({"GBA_SERVER__PORT": "many", "GBA_COLOUR": "red", "GBA_SERVER__LOG_LEVEL": "loud"})
    assert "server.port: expected a whole number" in told
    assert "colour: unknown key" in told
    assert "server.log_level: expected one of" in told


def test_production_needs_https_and_a_master_key_of_its_own() -> None:
    told = problems({"GBA_MODE": "production"})
    assert "server.public_url: production needs https" in told
    assert "keys.master_file" in told


def test_production_needs_an_authority_for_time_and_a_seal_key_that_is_there_over_https(tmp_path: Path) -> None:
    file = tmp_path / "gba.toml"
    service = 'name = "s"\nservice = "HTTP://csc.example"\nclient_id = "c"\ncredential = "d"'
    file.write_text(f'mode = "production"\n[trust]\nseal_key = "another"\n[[trust.seal_services]]\n{service}\n')
    told = problems({"GBA_CONFIG": str(file)})
    assert "trust.timestamp_urls: production needs" in told
    assert "trust.seal_key: names neither" in told
    assert "trust.seal_services.s.service: production needs https" in told


def test_each_service_that_keeps_a_key_is_spoken_to_over_https() -> None:
    plain = RemoteSealKey(name="old", service="http://sign.example/csc/v2", client_id="c", credential="1")
    safe = replace(plain, name="new", service="https://sign.example/csc/v2")
    for services in ((plain, safe), (safe, plain)):
        settings = load({})
        settings = replace(settings, mode="production", trust=replace(settings.trust, seal_services=services))
        assert "trust.seal_services.old.service: production needs https" in objections(settings)


def test_names_of_seal_keys_are_told_apart() -> None:
    service = RemoteSealKey(name="seal", service="https://sign.example/csc/v2", client_id="c", credential="1")
    token = TokenSealKey(name="seal", module="/none.so", token="t", key="k")
    for trust in (
        TrustSettings(seal_services=(service, service)),
        TrustSettings(seal_services=(service,), seal_tokens=(token,)),
        TrustSettings(seal_tokens=(replace(token, name="file"),)),
    ):
        told = objections(replace(load({}), mode="production", trust=trust))
        assert "trust.seal_tokens, trust.seal_services: each needs a name of its own, and none is `file`" in told


def test_a_master_key_beside_what_it_protects_is_refused(tmp_path: Path) -> None:
    told = problems(
        {
            "GBA_MODE": "production",
            "GBA_SERVER__PUBLIC_URL": "https://gateway.example",
            "GBA_DATA_DIR": str(tmp_path),
            "GBA_KEYS__MASTER_FILE": str(tmp_path / "keys" / "master"),
        }
    )
    assert "lies in the data directory" in told


@pytest.mark.parametrize("text", ["server = 1\nport", "\x00"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    assert "bad.toml is not TOML" in problems({"GBA_CONFIG": str(file)})


def test_a_file_that_is_not_there_is_named() -> None:
    assert "cannot read" in problems({"GBA_CONFIG": "/nowhere/gba.toml"})


def test_settings_can_be_shown_and_an_example_lists_every_section() -> None:
    shown = dict(in_force(load({})))
    assert shown["server.port"] == "8000"
    text = "\n".join(example(Settings))
    assert "[server]" in text
    assert "# port = 8000" in text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("postgresql+psycopg://gba:pa/s:s@db.example/gba", '"postgresql+psycopg://gba:********@db.example/gba"'),
        (
            "postgresql+psycopg:///gba?password=s3cret&sslmode=x",
            '"postgresql+psycopg:///gba?password=********&sslmode=x"',
        ),
        ("postgresql+psycopg://gba@db.example:5432/gba", '"postgresql+psycopg://gba@db.example:5432/gba"'),
    ],
)
def test_a_password_in_the_database_s_address_is_not_shown(given: str, told: str) -> None:
    assert dict(in_force(load({"GBA_DATABASE__URL": given})))["database.url"] == told


def test_values_are_written_as_toml_reads_them() -> None:
    assert as_toml(('a"b',)) == '["a\\"b"]'
    assert as_toml(True) == "true"


@pytest.mark.parametrize("text", ["90d", "8h", "15m", "90s", "0s", "0.5s", "25h", "1440m"])
def test_a_duration_is_shown_as_one_that_means_the_same(text: str) -> None:
    shown = as_toml(read_value(timedelta, text))
    assert shown == f'"{"1d" if text == "1440m" else text}"'
    assert read_value(timedelta, shown.strip('"')) == read_value(timedelta, text)


def test_certificates_are_believed_from_nobody_in_particular_only_if_nobody_is_believed() -> None:
    secret = {"GBA_OIDC__MUTUAL_TLS__PROXY_SECRET": "x" * 32}
    with pytest.raises(SettingsRefused) as refused:
        load(secret)
    assert any("trusted_proxies" in problem for problem in refused.value.problems)
    near = load(secret | {"GBA_SERVER__TRUSTED_PROXIES": "10.0.0.5,fd00::/64"})
    assert near.oidc.mutual_tls.enabled
    with pytest.raises(SettingsRefused):
        load({"GBA_SERVER__TRUSTED_PROXIES": "the proxy"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SERVER__TRUSTED_PROXIES", "0.0.0.0/0"),
        ("SERVER__TRUSTED_PROXIES", "10.0.0.5,::/0"),
        ("SERVER__PUBLIC_URL", "https://gateway.example#part"),
        ("SERVER__PUBLIC_URL", "https://somebody:secret@gateway.example"),
        ("SERVER__PUBLIC_URL", "https://gateway.example:99999"),
        ("SERVER__PUBLIC_URL", "https://Gateway.example"),
        ("SERVER__PUBLIC_URL", "https://gateway.example\n"),
        ("SERVER__WORKERS", "--5"),
        ("SERVER__WORKERS", "\u00b2"),
        ("EGRESS__TIMEOUT", "-5s"),
        ("EGRESS__TIMEOUT", "0s"),
        ("EGRESS__TIMEOUT", "1e999"),
        ("EGRESS__CONNECTIONS", "0"),
        ("TRUST__READERS", "0"),
        ("TRUST__LARGEST_DOCUMENT", "-1"),
    ],
)
def test_what_would_open_too_much_or_stop_everything_is_refused(name: str, text: str) -> None:
    assert name.lower().replace("__", ".") in problems({f"GBA_{name}": text})


def test_a_section_that_is_given_as_a_value_is_told() -> None:
    assert "server: expected a section" in problems({"GBA_SERVER": "x", "GBA_SERVER__PORT": "8100"})


def test_a_list_in_a_variable_may_have_spaces_and_may_be_empty() -> None:
    given = {"GBA_SERVER__TRUSTED_PROXIES": "10.0.0.5, 10.0.0.6", "GBA_TRUST__TIMESTAMP_URLS": ""}
    settings = load(given)
    assert settings.server.trusted_proxies == ("10.0.0.5", "10.0.0.6")
    assert settings.trust.timestamp_urls == ()


def test_a_secret_that_is_empty_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("\n")
    guangdong = {"BASE": "https://tyrz.example", "CLIENT_ID": "us", "REDIRECT_URI": "https://gateway.example/back"}
    given = {f"GBA_REGIONS__GUANGDONG__{name}": text for name, text in guangdong.items()}
    secret = "GBA_REGIONS__GUANGDONG__CLIENT_SECRET"
    assert "secret is empty" in problems(given | {f"{secret}__FILE": str(tmp_path / "secret")})
    assert "regions.guangdong.client_secret: empty" in problems(given | {secret: ""})


def test_a_session_is_not_remembered_for_longer_than_the_page_about_privacy_says() -> None:
    assert "session_memory" in problems({"GBA_RESIDENTS__SESSION_MEMORY": "91d"})


def test_a_signer_is_not_remembered_for_longer_than_the_page_about_privacy_says() -> None:
    assert "signer_memory" in problems({"GBA_TRUST__SIGNER_MEMORY": "91d"})
