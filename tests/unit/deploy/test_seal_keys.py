"""A seal key comes into custody only with a certificate of its own that is valid now."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.cli import gba
from deploy.composing.custody import open_keys
from deploy.database import make_engine
from deploy.sandbox.pki.authorities import Authorities
from deploy.settings import load
from tests.fixtures.databases import make_tables
from trust.keys.key import Purpose
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


def admit(*files: Path) -> tuple[int, str]:
    words = ["keys", "admit-seal", *map(str, files), "--territory", "CN-44"]
    told = CliRunner().invoke(gba, words)
    return told.exit_code, told.output


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
