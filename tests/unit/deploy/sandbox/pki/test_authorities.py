"""The sandbox's authorities speak the real formats, come back after a restart, and are marked as worthless."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from deploy.sandbox.pki.authorities import TERRITORIES, Authorities
from deploy.sandbox.pki.marker import is_sandbox

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
QUERY = {"Content-Type": "application/timestamp-query"}


@pytest.fixture
def authorities(tmp_path: Path) -> Authorities:
    return Authorities.open(tmp_path, "http://sandbox.test", lambda: NOW)


def enrolled(authorities: Authorities) -> tuple[x509.Certificate, ...]:
    key = ec.generate_private_key(ec.SECP256R1())
    return tuple(x509.load_der_x509_certificate(der) for der in authorities.enrol("HK", "Seal", key.public_key()))


def asked(leaf: x509.Certificate, issuer: x509.Certificate) -> bytes:
    built = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA256()).build()
    return built.public_bytes(Encoding.DER)


def stamp_request(algorithm: str = "sha256", length: int = 32) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": bytes(length)}
    made = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": 99, "cert_req": True})
    return bytes(made.dump())


def test_they_are_the_same_after_a_restart(tmp_path: Path) -> None:
    first = Authorities.open(tmp_path, "http://a.test", lambda: NOW)
    assert Authorities.open(tmp_path, "http://b.test", lambda: NOW).anchors == first.anchors
    assert set(first.anchors) == set(TERRITORIES)


def test_keys_are_for_their_owner_alone(authorities: Authorities, tmp_path: Path) -> None:
    for file in tmp_path.rglob("*.pem"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_everything_is_marked(authorities: Authorities) -> None:
    for certificate in enrolled(authorities):
        assert is_sandbox(certificate.public_bytes(Encoding.DER))


def test_ocsp_says_good_then_revoked(authorities: Authorities) -> None:
    leaf, issuer, _ = enrolled(authorities)
    for expected in (ocsp.OCSPCertStatus.GOOD, ocsp.OCSPCertStatus.REVOKED):
        status, _, body = authorities.answer("POST", "/pki/HK/ocsp", {}, asked(leaf, issuer))
        assert (status, ocsp.load_der_ocsp_response(body).certificate_status) == (200, expected)
        authorities.revoke("HK", leaf.serial_number)


def test_ocsp_does_not_speak_for_another_branch(authorities: Authorities) -> None:
    leaf, issuer, _ = enrolled(authorities)
    _, _, body = authorities.answer("POST", "/pki/MO/ocsp", {}, asked(leaf, issuer))
    assert ocsp.load_der_ocsp_response(body).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_a_crl_lists_what_was_revoked(authorities: Authorities) -> None:
    leaf, issuer, _ = enrolled(authorities)
    authorities.revoke("HK", leaf.serial_number)
    _, _, body = authorities.answer("GET", "/pki/HK/issuing.crl", {}, b"")
    listed = x509.load_der_x509_crl(body)
    key = issuer.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert listed.is_signature_valid(key)
    assert listed.get_revoked_certificate_by_serial_number(leaf.serial_number) is not None


def test_a_stamp_answers_the_question_and_names_its_time(authorities: Authorities) -> None:
    _, _, body = authorities.answer("POST", "/pki/CN-44/tsa", QUERY, stamp_request())
    info = tsp.TimeStampResp.load(body)
    assert info["status"]["status"].native == "granted"
    told = info["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert (told["nonce"].native, told["gen_time"].native) == (99, NOW)


@pytest.mark.parametrize(
    "request_", [b"", b"\x30\x00", bytes(70_000), stamp_request("sha1", 20), stamp_request(length=20)]
)
def test_a_bad_stamp_request_is_refused_in_the_protocols_words(authorities: Authorities, request_: bytes) -> None:
    status, _, body = authorities.answer("POST", "/pki/CN-44/tsa", QUERY, request_)
    assert (status, tsp.PKIStatusInfo.load(body[2:])["status"].native) == (200, "rejection")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/pki/XX/ocsp", 404),
        ("GET", "/pki/HK/nothing", 404),
        ("GET", "/pki/HK/tsa", 405),
        ("POST", "/pki/HK/root.cer", 405),
        ("POST", "/pki/HK/tsa", 415),
    ],
)
def test_other_requests_get_http_errors(authorities: Authorities, method: str, path: str, expected: int) -> None:
    assert authorities.answer(method, path, {}, b"")[0] == expected
