"""CMS as PAdES wants it (EN 319 142-1 §5, RFC 5652, RFC 5035): built by hand, signed once."""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from asn1crypto import algos, cms, tsp, x509

TIMESTAMP_TOKEN_ROOM = 8192  # what a token may take; ours takes 2.1 kB, public ones up to 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAttributes:
    """What is signed: the attributes, and their digest."""

    der: bytes = field(repr=False)  # as a SET, the form that is hashed (RFC 5652 §5.4)
    digest: bytes


def attributes(message_digest: bytes, certificate: bytes) -> SignedAttributes:
    """Content type, message digest and signing certificate; no signing time (EN 319 142-1 §6.3: /M says it)."""
    essential = tsp.SigningCertificateV2(
        {"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate).digest()})]}
    )
    der = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [message_digest]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [essential]}),
        ]
    ).dump()
    return SignedAttributes(der=der, digest=hashlib.sha256(der).digest())


def assemble(
    signed: SignedAttributes,
    signature: bytes,
    *,
    chain: tuple[bytes, ...],
    algorithm: str,
    token: bytes | None,
) -> bytes:
    """The SignedData, detached, with the certificates below the root and the timestamp over the signature."""
    certificates = [_certificate(der) for der in chain]
    leaf = certificates[0]
    carried = [found for found in certificates if found is leaf or found.self_signed == "no"]
    info = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": leaf.issuer, "serial_number": leaf.serial_number}
                )
            }
        ),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "signed_attrs": cms.CMSAttributes.load(signed.der),
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
        "signature": signature,
    }
    if token is not None:
        stamp = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]})
        info["unsigned_attrs"] = cms.CMSAttributes([stamp])
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {"content_type": "data"},
            "certificates": carried,
            "signer_infos": [cms.SignerInfo(info)],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


def room(chain: tuple[bytes, ...], *, stamped: bool) -> int:
    """Bytes to reserve for the SignedData, so that nothing is signed twice to find out."""
    return sum(map(len, chain)) + 1536 + (TIMESTAMP_TOKEN_ROOM if stamped else 0)


def token_chain(token: bytes) -> tuple[bytes, ...]:
    """The certificates of a timestamp token, its signer's first, then by who issued whom."""
    signed = cms.ContentInfo.load(token)["content"]
    certificates = [choice.chosen for choice in signed["certificates"] if choice.name == "certificate"]
    sid = signed["signer_infos"][0]["sid"]
    first = [
        found
        for found in certificates
        if sid.name == "issuer_and_serial_number"
        and found.serial_number == sid.chosen["serial_number"].native
        and found.issuer == sid.chosen["issuer"]
    ]
    chain = first[:1] or certificates[:1]
    while chain and len(chain) <= len(certificates):
        above = [c for c in certificates if c.subject == chain[-1].issuer and c not in chain]
        if not above:
            break
        chain.append(above[0])
    return tuple(found.dump() for found in chain)


@lru_cache(maxsize=64)
def _certificate(der: bytes) -> x509.Certificate:
    return x509.Certificate.load(der)
