"""A seal key comes into custody only with a certificate of its own that is valid now."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from msgspec.structs import replace

from deploy import in_production, seal_keys
from deploy.cli import gba
from deploy.composing.custody import open_keys
from deploy.database import make_engine
from deploy.sandbox.pki.authorities import Authorities
from deploy.seal_keys import SealKeyRefused
from deploy.settings import load
from tests.fixtures.databases import make_tables
from trust.custody.key_store import KeyStore
from trust.errors import KeyUnavailable
from trust.keys.key import Purpose, State
from trust.storage.tables import audit_entries, metadata

NOW = datetime.now(UTC)


def pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return Authorities.open(tmp_path_factory.mktemp("pki"), "http://localhost:1", lambda: NOW)


@pytest.fixture
def files(tmp_path: Path, authorities: Authorities, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setenv("GBA_DATA_DIR", str(tmp_path / "data"))
    make_tables(make_engine(f"sqlite:///{tmp_path}/data/gateway.db"), metadata)
    key = ec.generate_private_key(ec.SECP256R1())
    chain = authorities.enrol("CN-44", "A Seal", key.public_key())
    (tmp_path / "key.pem").write_bytes(private_pem(key))
    (tmp_path / "chain.pem").write_bytes(b"".join(map(pem, chain)))
    return tmp_path / "key.pem", tmp_path / "chain.pem"


def admit(*files: Path, territory: str = "CN-44") -> tuple[int, str]:
    return keys("admit-seal", *map(str, files), "--territory", territory)


def keys(*words: str) -> tuple[int, str]:
    told = CliRunner().invoke(gba, ["keys", *words])
    return told.exit_code, told.output


def certify(files: tuple[Path, Path], authorities: Authorities, *, name: str = "A Seal", anew: bool = True) -> None:
    """Another certificate in the files; for another key, if that is wished."""
    if anew:
        files[0].write_bytes(private_pem(ec.generate_private_key(ec.SECP256R1())))
    private = load_pem_private_key(files[0].read_bytes(), None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    files[1].write_bytes(b"".join(map(pem, authorities.enrol("CN-44", name, private.public_key()))))


def in_custody(tmp_path: Path) -> KeyStore:
    return open_keys(load({"GBA_DATA_DIR": str(tmp_path / "data")}))


def recorded(tmp_path: Path) -> list[str]:
    with make_engine(f"sqlite:///{tmp_path}/data/gateway.db").connect() as connection:
        entries = connection.execute(sa.select(audit_entries.c.text).order_by(audit_entries.c.number)).scalars()
        return [json.loads(entry)["kind"] for entry in entries]


def test_a_certified_key_makes_the_seals_of_its_territory(files: tuple[Path, Path], tmp_path: Path) -> None:
    code, told = admit(*files)
    assert code == 0, told
    kept = open_keys(load({"GBA_DATA_DIR": str(tmp_path / "data")})).current(Purpose.SEAL, owner="CN-44")
    assert kept.algorithm == "P-256"
    assert len(kept.chain) >= 2
    with make_engine(f"sqlite:///{tmp_path}/data/gateway.db").connect() as connection:
        [entry] = connection.execute(sa.select(audit_entries.c.text)).scalars()
    assert json.loads(entry)["kind"] == "key.admitted"
    assert json.loads(entry)["subjects"] == [kept.kid, "CN-44"]


def test_a_certificate_of_another_key_is_refused(files: tuple[Path, Path]) -> None:
    files[0].write_bytes(private_pem(ec.generate_private_key(ec.SECP256R1())))
    assert admit(*files) == (1, "Error: the first certificate is not that of the key\n")


def test_an_expired_certificate_is_refused(files: tuple[Path, Path], authorities: Authorities) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    past = (NOW - timedelta(days=3), NOW - timedelta(days=1))
    chain = authorities.enrol("CN-44", "Old", key.public_key(), not_before=past[0], not_after=past[1])
    files[0].write_bytes(private_pem(key))
    files[1].write_bytes(b"".join(map(pem, chain)))
    assert "not valid now" in admit(*files)[1]


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused_in_words(files: tuple[Path, Path], content: bytes) -> None:
    files[0].write_bytes(content)
    code, told = admit(*files)
    assert (code, "holds no private key" in told) == (1, True)


def test_a_kind_of_key_that_makes_no_seals_is_refused(files: tuple[Path, Path], authorities: Authorities) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    files[0].write_bytes(private_pem(key))
    files[1].write_bytes(b"".join(map(pem, authorities.enrol("CN-44", "Long", key.public_key()))))
    assert "only P-256, Ed25519, and RSA" in admit(*files)[1]


def test_a_key_is_of_one_territory_and_taken_in_once(files: tuple[Path, Path], tmp_path: Path) -> None:
    admit(*files)
    code, told = admit(*files, territory="HK")
    assert (code, "in custody already" in told) == (1, True)
    assert [key.owner for key in in_custody(tmp_path).keys() if key.purpose is Purpose.SEAL] == ["CN-44"]  # noqa: SIM118 - a store


def test_the_key_in_use_may_get_a_certificate_anew(
    files: tuple[Path, Path], authorities: Authorities, tmp_path: Path
) -> None:
    admit(*files)
    before = in_custody(tmp_path).current(Purpose.SEAL, owner="CN-44")
    certify(files, authorities, name="Renewed", anew=False)
    assert admit(*files)[0] == 0
    after = in_custody(tmp_path).current(Purpose.SEAL, owner="CN-44")
    assert (after.kid, after.generation, after.chain != before.chain) == (before.kid, before.generation, True)
    assert recorded(tmp_path) == ["key.admitted", "key.admitted"]


def test_production_takes_in_no_key_that_a_sandbox_certified(
    files: tuple[Path, Path], authorities: Authorities, tmp_path: Path
) -> None:
    store = KeyStore.open(tmp_path / "keys.json", bytes(32))
    with pytest.raises(SealKeyRefused, match="sandbox"):
        seal_keys.admit(store, *files, territory="CN-44", password=None, at=NOW, sandbox=False)
    assert not store.keys()


def test_certificates_in_another_order_are_refused(files: tuple[Path, Path], authorities: Authorities) -> None:
    leaf, *above = x509.load_pem_x509_certificates(files[1].read_bytes())
    assert len(above) == 2
    files[1].write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in (leaf, *reversed(above))))
    code, told = admit(*files)
    assert (code, "certificate 2 did not issue certificate 1" in told) == (1, True)


def test_a_seal_key_that_is_retired_makes_no_seal_and_never_comes_back(
    files: tuple[Path, Path], authorities: Authorities, tmp_path: Path
) -> None:
    admit(*files)
    kid = in_custody(tmp_path).current(Purpose.SEAL, owner="CN-44").kid
    code, told = keys("retire-seal", kid)
    assert (code, "No key makes the seals of CN-44" in told) == (0, True)
    with pytest.raises(KeyUnavailable, match="no_seal_key"):
        in_custody(tmp_path).current(Purpose.SEAL, owner="CN-44")
    assert in_custody(tmp_path).find(kid).state is State.RETIRED
    assert admit(*files)[0] == 1
    certify(files, authorities)
    assert admit(*files)[0] == 0
    assert recorded(tmp_path) == ["key.admitted", "key.retired", "key.admitted"]


def test_who_retires_a_seal_key_is_told_which_makes_the_seals_then(
    files: tuple[Path, Path], authorities: Authorities, tmp_path: Path
) -> None:
    admit(*files)
    first = in_custody(tmp_path).current(Purpose.SEAL, owner="CN-44").kid
    certify(files, authorities)
    admit(*files)
    second = in_custody(tmp_path).current(Purpose.SEAL, owner="CN-44").kid
    assert f"{first} makes the seals of CN-44" in keys("retire-seal", second)[1]


def test_only_seal_keys_are_retired_by_hand(files: tuple[Path, Path], tmp_path: Path) -> None:
    data = in_custody(tmp_path).current(Purpose.DATA)
    for kid in (data.kid, "-unknown", "--unknown"):  # an id may begin with any of its letters
        assert keys("retire-seal", kid) == (1, f"Error: {kid} is no seal key that is in use.\n")
    assert in_custody(tmp_path).find(data.kid).state is State.ACTIVE


def test_a_sandbox_key_that_is_retired_keeps_no_gateway_from_starting(files: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "master").write_bytes(b"m" * 64)
    settings = load({"GBA_DATA_DIR": str(tmp_path / "production")})
    production = replace(settings, mode="production", keys=replace(settings.keys, master_file=tmp_path / "master"))
    store = open_keys(production, new=True)
    kept = seal_keys.admit(store, *files, territory="CN-44", password=None, at=NOW, sandbox=True)
    assert "certified by the sandbox" in "\n".join(in_production.look(production))
    seal_keys.retire(store, kept.kid, at=NOW)
    assert "certified by the sandbox" not in "\n".join(in_production.look(production))
