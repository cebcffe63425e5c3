"""Structures that OpenSSL alone makes: a token over an SM3 imprint, a list and an answer signed with SM2."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.trust.guomi.making import DEFAULT_ID, digest_of, run
from trust.guomi import certificate, crl, judging, ocsp, stamp
from trust.guomi.certificate import Certificate
from trust.guomi.revocation import Standing

SIGN = ("-sigopt", f"distid:{DEFAULT_ID}")
SECOND = timedelta(seconds=1)
INDEX = "R\t361231000000Z\t260101000000Z,keyCompromise\t0A\tunknown\t/CN=Revoked\n"
SETTINGS = """
[ca]
default_ca = sandbox
[sandbox]
database = {folder}/index.txt
crlnumber = {folder}/number
default_md = sm3
default_crl_days = 5
[tsa]
default_tsa = stamper
[stamper]
serial = {folder}/serial
default_policy = 1.2.3.4
digests = sm3
signer_digest = sha256
ess_cert_id_alg = sha256
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A folder with an SM2 authority and two certificates of it, numbers 10 (revoked) and 11."""
    (tmp_path / "settings").write_text(SETTINGS.format(folder=tmp_path))
    (tmp_path / "index.txt").write_text(INDEX + "V\t361231000000Z\t\t0B\tunknown\t/CN=Good\n")
    (tmp_path / "number").write_text("01\n")
    run("genpkey", "-algorithm", "SM2", "-out", tmp_path / "ca.key")
    own = ("-x509", "-key", tmp_path / "ca.key", "-subj", "/CN=Sandbox", "-days", "30", "-out", tmp_path / "ca.pem")
    run("req", *own, "-sm3", *SIGN)
    for name, number in (("revoked", "10"), ("good", "11")):
        run("genpkey", "-algorithm", "SM2", "-out", tmp_path / f"{name}.key")
        asked = ("-key", tmp_path / f"{name}.key", "-subj", f"/CN={name}", "-out", tmp_path / f"{name}.csr")
        run("req", "-new", *asked, "-sm3", *SIGN)
        by = ("-CA", tmp_path / "ca.pem", "-CAkey", tmp_path / "ca.key", "-set_serial", number, "-days", "20")
        request = ("-in", tmp_path / f"{name}.csr", "-vfyopt", f"distid:{DEFAULT_ID}")
        run("x509", "-req", *request, *by, "-sm3", *SIGN, "-out", tmp_path / f"{name}.pem")
    return tmp_path


def read(sandbox: Path, name: str) -> Certificate:
    return certificate.read(run("x509", "-in", sandbox / f"{name}.pem", "-outform", "DER"))


def test_a_list_by_openssl_is_read(sandbox: Path) -> None:
    by = ("-config", sandbox / "settings", "-cert", sandbox / "ca.pem", "-keyfile", sandbox / "ca.key")
    run("ca", "-gencrl", *by, *SIGN, "-out", sandbox / "list.pem")
    found = crl.read(run("crl", "-in", sandbox / "list.pem", "-outform", "DER"))
    issuer = read(sandbox, "ca")
    for name, standing in (("revoked", Standing.REVOKED), ("good", Standing.GOOD)):
        about = read(sandbox, name)
        asked = crl.Asked(found=found, certificate=about, issuer=issuer, at=found.this_update + SECOND)
        assert crl.objection(asked) is None
        assert found.tells(about).standing is standing
    assert found.tells(read(sandbox, "revoked")).reason == "key_compromise"


def test_an_answer_by_openssl_is_read(sandbox: Path) -> None:
    for name, standing in (("revoked", Standing.REVOKED), ("good", Standing.GOOD)):
        question = ("-issuer", sandbox / "ca.pem", "-cert", sandbox / f"{name}.pem", "-reqout", sandbox / "question")
        run("ocsp", *question, "-no_nonce")
        by = ("-index", sandbox / "index.txt", "-CA", sandbox / "ca.pem", "-rsigner", sandbox / "ca.pem")
        key = ("-rkey", sandbox / "ca.key", "-rmd", "sm3", "-rsigopt", f"distid:{DEFAULT_ID}", "-ndays", "1")
        run("ocsp", *by, *key, "-reqin", sandbox / "question", "-respout", sandbox / "answer")
        answer = ocsp.read((sandbox / "answer").read_bytes())
        about, issuer = read(sandbox, name), read(sandbox, "ca")
        asked = ocsp.Asked(answer=answer, certificate=about, issuer=issuer, at=answer.produced_at)
        assert ocsp.objection(asked) is None
        assert answer.tells(about, issuer).standing is standing


def test_a_token_by_openssl_over_an_sm3_imprint_is_read(sandbox: Path) -> None:
    run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", sandbox / "tsa.key")
    use = ("-addext", "extendedKeyUsage=critical,timeStamping", "-addext", "keyUsage=critical,digitalSignature")
    own = ("-x509", "-new", "-key", sandbox / "tsa.key", "-subj", "/CN=Stamper", "-out", sandbox / "tsa.pem")
    run("req", *own, *use)
    (sandbox / "data").write_bytes(b"hello")
    run("ts", "-query", "-data", sandbox / "data", "-sm3", "-cert", "-out", sandbox / "query")
    by = ("-config", sandbox / "settings", "-signer", sandbox / "tsa.pem", "-inkey", sandbox / "tsa.key")
    run("ts", "-reply", *by, "-queryfile", sandbox / "query", "-token_out", "-out", sandbox / "token")
    made = (sandbox / "token").read_bytes()
    seen = stamp.read(made, digest_of(b"hello"))
    assert judging.objection_to_stamp(seen) is None
    assert (seen.imprint_algorithm, seen.policy) == ("sm3", "1.2.3.4")
    assert judging.objection_to_stamp(stamp.read(made, digest_of(b"hallo"))) == "stamp_of_something_else"
