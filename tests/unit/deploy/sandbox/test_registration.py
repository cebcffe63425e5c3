"""The gateway's registration at the simulators: made once, kept, never shown."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.sandbox.registration import FILE, registrations, secrets_in
from gateway.identity.document import DocumentType


def test_it_is_made_once_and_then_kept(tmp_path: Path) -> None:
    assert secrets_in(tmp_path) == secrets_in(tmp_path)


def test_two_who_start_at_once_end_with_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(secrets_in, [tmp_path] * 4))
    assert all(one == found[0] for one in found)
    assert [path.name for path in (tmp_path / "sandbox").iterdir()] == [FILE]


def test_two_sandboxes_share_no_secret(tmp_path: Path) -> None:
    assert secrets_in(tmp_path / "a") != secrets_in(tmp_path / "b")


def test_only_its_owner_can_read_it_and_nothing_prints_it(tmp_path: Path) -> None:
    held = secrets_in(tmp_path)
    assert (tmp_path / "sandbox" / FILE).stat().st_mode & 0o077 == 0
    settings = registrations(tmp_path, "http://localhost:8000", "http://localhost:8001")
    for printed in (repr(held), repr(settings)):
        assert held.hongkong_secret not in printed
        assert held.guangdong_secret not in printed
        assert "PRIVATE KEY" not in printed


def test_it_names_the_gateway_and_the_simulators(tmp_path: Path) -> None:
    settings = registrations(tmp_path, "https://g.example", "http://localhost:9001")
    assert settings.hongkong is not None
    assert settings.hongkong.redirect_uri == "https://g.example/regions/HK/callback"
    assert settings.macau is not None
    assert settings.macau.issuer == "http://localhost:9001/mo"
    assert settings.guangdong is not None
    assert set(settings.guangdong.document_types.values()) <= {type_.value for type_ in DocumentType}
    assert settings.face_check is not None
    assert settings.face_check.redirect_uri == "https://g.example/regions/check/callback"
