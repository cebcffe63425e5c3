"""A timestamp unit (RFC 3161, RFC 5816): request in, token out."""

import hashlib
import secrets
from datetime import UTC, datetime

from asn1crypto import tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.sandbox.pki.branch import Branch
from trust.pades.cms import (
    ALGORITHMS,
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SHA256,
    SIGNED_DATA,
    SIGNING_CERTIFICATE_V2,
    names_in,
)
from trust.pades.tlv import body, context, integer, octets, oid, sequence, set_of, tlv

POLICY = "2.25.209843561190746381947552030571912.2"
TST_INFO = oid("1.2.840.113549.1.9.16.1.4")
DIGESTS = {"sha256": 32, "sha384": 48, "sha512": 64}
LARGEST_REQUEST = 64 * 1024


def answer(branch: Branch, request: bytes, *, at: datetime) -> bytes:
    """The response to a timestamp request: a token, or the protocol's own refusal."""
    try:
        if len(request) > LARGEST_REQUEST:
            return _refused("bad_data_format")
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint = asked["message_imprint"]
        algorithm, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
        written = bytes(imprint.dump())
        policy, nonce = asked["req_policy"].native, asked["nonce"].native
        with_certificate = bool(asked["cert_req"].native)
    except Exception:
        return _refused("bad_data_format")
    if DIGESTS.get(algorithm) != len(digest):
        return _refused("bad_alg")
    if policy not in (None, POLICY):
        return _refused("unaccepted_policy")
    token = _token(branch, written, nonce, with_certificate=with_certificate, at=at)
    return sequence(sequence(integer(0)), token)  # granted


def _token(branch: Branch, imprint: bytes, nonce: int | None, *, with_certificate: bool, at: datetime) -> bytes:
    """Written by hand: a bench that seals must not measure the sandbox's authority."""
    names = names_in(branch.tsa.der)
    info = [
        integer(1),
        oid(POLICY),
        imprint,
        integer(secrets.randbits(127) | 1),
        tlv(0x18, f"{at.astimezone(UTC):%Y%m%d%H%M%S}Z".encode()),
        sequence(integer(1)),  # accuracy: a second
        integer(nonce) if nonce is not None else b"",
        context(0, context(4, names.subject)),
    ]
    content = sequence(*info)
    essential = sequence(sequence(sequence(octets(hashlib.sha256(branch.tsa.der).digest()))))
    signed = set_of(
        sequence(CONTENT_TYPE, set_of(TST_INFO)),
        sequence(MESSAGE_DIGEST, set_of(octets(hashlib.sha256(content).digest()))),
        sequence(SIGNING_CERTIFICATE_V2, set_of(essential)),
    )
    key = branch.tsa.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signer = sequence(
        integer(1),
        sequence(names.issuer, names.serial),
        sequence(SHA256),
        context(0, body(signed)),
        ALGORITHMS["sha256_ecdsa"],
        octets(key.sign(signed, ec.ECDSA(hashes.SHA256()))),
    )
    certificates = sorted((branch.tsa.der, branch.issuing.der)) if with_certificate else []
    data = sequence(
        integer(3),
        set_of(sequence(SHA256)),
        sequence(TST_INFO, context(0, octets(content))),
        context(0, b"".join(certificates)) if certificates else b"",
        set_of(signer),
    )
    return sequence(SIGNED_DATA, context(0, data))


def _refused(why: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}}).dump()
    # a response without a token (RFC 3161 §2.4.2); asn1crypto's own type insists on one
    return b"\x30" + bytes([len(status)]) + bytes(status)
