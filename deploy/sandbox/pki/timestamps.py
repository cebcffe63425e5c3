"""A timestamp unit (RFC 3161, RFC 5816): request in, token out."""

import hashlib
import secrets
from datetime import UTC, datetime

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.sandbox.pki.branch import Branch

POLICY = "2.25.209843561190746381947552030571912.2"
DIGESTS = {"sha256": 32, "sha384": 48, "sha512": 64}
LARGEST_REQUEST = 64 * 1024


def answer(branch: Branch, request: bytes, *, at: datetime) -> bytes:
    """The response to a timestamp request: a token, or the protocol's own refusal."""
    try:
        if len(request) > LARGEST_REQUEST:
            return _refused("bad_data_format")
        asked = tsp.TimeStampReq.load(request, strict=True)
        imprint = asked["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        digest = imprint["hashed_message"].native
        policy, nonce = asked["req_policy"].native, asked["nonce"].native
        with_certificate = bool(asked["cert_req"].native)
    except Exception:
        return _refused("bad_data_format")
    if DIGESTS.get(algorithm) != len(digest):
        return _refused("bad_alg")
    if policy not in (None, POLICY):
        return _refused("unaccepted_policy")
    token = _token(branch, imprint, nonce, with_certificate=with_certificate, at=at)
    response = tsp.TimeStampResp({"status": tsp.PKIStatusInfo({"status": "granted"}), "time_stamp_token": token})
    return bytes(response.dump())


def _token(
    branch: Branch, imprint: tsp.MessageImprint, nonce: int | None, *, with_certificate: bool, at: datetime
) -> cms.ContentInfo:
    certificate = x509.Certificate.load(branch.tsa.der)
    info = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": imprint,
        "serial_number": secrets.randbits(127) | 1,
        "gen_time": core.GeneralizedTime(at.astimezone(UTC).replace(microsecond=0)),
        "accuracy": tsp.Accuracy({"seconds": 1}),
        "tsa": x509.GeneralName(name="directory_name", value=certificate.subject),
    }
    if nonce is not None:
        info["nonce"] = nonce
    content = tsp.TSTInfo(info).dump()
    essential = tsp.SigningCertificateV2(
        {"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(branch.tsa.der).digest()})]}
    )
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(content).digest()]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [essential]}),
        ]
    )
    key = branch.tsa.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        }
    )
    signed = {
        "version": "v3",
        "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
        "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
        "signer_infos": [signer],
    }
    if with_certificate:
        issuing = x509.Certificate.load(branch.issuing.der)
        signed["certificates"] = [certificate, issuing]
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _refused(why: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}}).dump()
    # a response without a token (RFC 3161 §2.4.2); asn1crypto's own type insists on one
    return b"\x30" + bytes([len(status)]) + bytes(status)
