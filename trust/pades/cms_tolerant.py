"""Signed messages in every form that may be met (RFC 5652 in BER), and what is wrong with those that do not hold."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, core, pdf, tsp, x509  # noqa: F401 - pdf names Adobe's attributes
from cryptography import x509 as pyca
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from trust.pades import cms_frame, guomi_reader
from trust.pades.content import Content
from trust.pades.digests import DIGESTS
from trust.validation.facts import CmsFacts, StampFacts

LARGEST = 4 * 1024 * 1024
_FOREIGN = frozenset({"algorithm_unsupported", "cms_malformed"})  # what the mainland's cryptography looks like here
MOST_CERTIFICATES = 200


def read(der: bytes, content: Content, sub_filter: str) -> CmsFacts:
    """The facts about a message over this content; whatever is wrong with it is a fact too."""
    try:
        facts = _read(der, content, sub_filter)
    except Unsupported as problem:
        facts = CmsFacts(problem=problem.reason)
    except Exception:  # a parser of foreign bytes: whatever it does, the message is malformed
        facts = CmsFacts(problem="cms_malformed")
    if facts.problem in _FOREIGN and sub_filter != "timestamp" and len(der) <= LARGEST:
        return guomi_reader.read(der, content) or facts
    return facts


def read_stamp(der: bytes, content: Content) -> StampFacts:
    """The facts about a token that claims to cover this content."""
    facts = _read_stamp(der, content)
    if facts.cms.problem in _FOREIGN and len(der) <= LARGEST:
        return guomi_reader.read_stamp(der, content) or facts
    return facts


def _read_stamp(der: bytes, content: Content) -> StampFacts:
    try:
        info = cms.ContentInfo.load(der)
        encapsulated = info["content"]["encap_content_info"]
        if encapsulated["content_type"].native != "tst_info":
            return StampFacts(cms=CmsFacts(problem="not_a_timestamp"))
        body = encapsulated["content"].contents
        told = tsp.TSTInfo.load(body)
        imprint = told["message_imprint"]
        algorithm = imprint["hash_algorithm"]["algorithm"].native
        same = hmac.compare_digest(imprint["hashed_message"].native, content.digest(algorithm))
        return StampFacts(
            cms=read(der, Content(body), "timestamp"),
            at=told["gen_time"].native.astimezone(UTC),
            covers=same,
            imprint=algorithm,
            policy=told["policy"].native,
        )
    except Exception:  # as above
        return StampFacts(cms=CmsFacts(problem="cms_malformed"))


class Unsupported(Exception):
    """Something that we know we cannot check; never a failure of the signature."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _read(der: bytes, content: Content, sub_filter: str) -> CmsFacts:
    if len(der) > LARGEST:
        raise Unsupported("cms_too_large")
    if sub_filter == "adbe.x509.rsa_sha1":
        raise Unsupported("format_unsupported")
    info = cms.ContentInfo.load(der)
    if info["content_type"].native != "signed_data":
        return CmsFacts(problem="cms_malformed")
    signed = info["content"]
    if len(signed["signer_infos"]) != 1:
        return CmsFacts(problem="cms_several_signers")  # ISO 32000-2 §12.8.3.3.2: exactly one
    signer = signed["signer_infos"][0]
    listed = signed["certificates"] if isinstance(signed["certificates"], cms.CertificateSet) else []
    certificates = [choice.chosen for choice in listed if choice.name == "certificate"][:MOST_CERTIFICATES]
    if cms_frame.objection(der, info, signer):
        return CmsFacts(problem="cms_malformed")
    certificate = _signer(signer["sid"], certificates)
    algorithm = signer["digest_algorithm"]["algorithm"].native
    if algorithm not in DIGESTS:
        raise Unsupported("algorithm_unsupported")
    attributes = {a["type"].native: a["values"] for a in _set(signer["signed_attrs"])}
    unsigned = {a["type"].native: a["values"] for a in _set(signer["unsigned_attrs"])}
    expected, intact = _content_digest(signed, content, sub_filter, algorithm)
    if attributes:
        intact = intact and hmac.compare_digest(attributes["message_digest"][0].native, expected)
        kinds = attributes.get("content_type")
        if kinds is None or kinds[0].native != signed["encap_content_info"]["content_type"].native:
            intact = False  # RFC 5652 §11.1
        over = [signer["signed_attrs"].untag().dump(), signer["signed_attrs"].untag().copy().dump(force=True)]
        digests = [hashlib.new(algorithm, text).digest() for text in over]
    else:
        digests = [expected]
    genuine = certificate is not None and any(_genuine(certificate, signer, d, algorithm) for d in digests)
    value = signer["signature"].native
    tokens = unsigned.get("signature_time_stamp_token") or []
    claimed = attributes.get("signing_time")
    ocsps, crls = _revocation(attributes, unsigned)
    return CmsFacts(
        problem="" if certificate is not None else "signer_certificate_missing",
        intact=intact,
        genuine=genuine,
        signer=certificate.dump() if certificate is not None else b"",
        certificates=tuple(found.dump() for found in certificates),
        names_signer=_names_signer(attributes, certificate),
        digest_algorithm=algorithm,
        signature_algorithm=signer["signature_algorithm"]["algorithm"].native,
        claimed_at=_instant(claimed[0].native) if claimed else None,
        ocsps=ocsps,
        crls=crls,
        stamps=tuple(read_stamp(token.dump(), Content(value)) for token in tokens),
    )


def _set(value: Any) -> Any:
    return value if isinstance(value, core.SetOf) else ()


def _signer(sid: Any, certificates: list[x509.Certificate]) -> x509.Certificate | None:
    for found in certificates:
        if sid.name == "issuer_and_serial_number":
            named = sid.chosen
            if found.serial_number == named["serial_number"].native and _same_issuer(found.issuer, named["issuer"]):
                return found
        elif found.key_identifier == sid.chosen.native:
            return found
    return None


def _same_issuer(name: Any, told: Any) -> bool:
    """The same name in the same letters, in whatever type of string.

    RFC 5280 §7.1 takes letters of another case for the same name; but signers copy it, so such were changed on the way.
    """
    return bool(name == told and name.native == told.native)


def _content_digest(signed: Any, content: Content, sub_filter: str, algorithm: str) -> tuple[bytes, bool]:
    """What the message signs, and whether that is the content."""
    encapsulated = signed["encap_content_info"]["content"]
    carried = encapsulated.contents if isinstance(encapsulated, core.Asn1Value) else None
    if sub_filter == "timestamp":
        return content.digest(algorithm), True
    if sub_filter == "adbe.pkcs7.sha1":
        # ISO 32000-1 §12.8.3.3.1: the message carries the SHA-1 of the byte range
        body = encapsulated.native if carried is not None else b""
        return hashlib.new(algorithm, body).digest(), hmac.compare_digest(body, content.digest("sha1"))
    # detached: content inside would be something else than the byte range
    return content.digest(algorithm), not carried


def _genuine(certificate: x509.Certificate, signer: Any, digest: bytes, algorithm: str) -> bool:
    try:
        key = pyca.load_der_x509_certificate(certificate.dump()).public_key()
    except (UnsupportedAlgorithm, ValueError):
        raise Unsupported("algorithm_unsupported") from None
    value, stated = signer["signature"].native, signer["signature_algorithm"]
    try:
        kind = stated.signature_algo
    except ValueError:
        raise Unsupported("algorithm_unsupported") from None
    if _other_digest(stated, algorithm):
        raise Unsupported("algorithm_unsupported")  # RFC 5754 §3: the digest is the same in both places
    try:
        if isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pkcs1v15":
            key.verify(value, digest, padding.PKCS1v15(), Prehashed(DIGESTS[algorithm]))
        elif isinstance(key, rsa.RSAPublicKey) and kind == "rsassa_pss":
            given = stated["parameters"]
            mask = given["mask_gen_algorithm"]["parameters"]["algorithm"].native
            salt = given["salt_length"].native
            key.verify(value, digest, padding.PSS(padding.MGF1(DIGESTS[mask]), salt), Prehashed(DIGESTS[algorithm]))
        elif isinstance(key, ec.EllipticCurvePublicKey) and kind == "ecdsa":
            key.verify(value, digest, ec.ECDSA(Prehashed(DIGESTS[algorithm])))
        elif (isinstance(key, ed25519.Ed25519PublicKey) and kind == "ed25519") or (
            isinstance(key, ed448.Ed448PublicKey) and kind == "ed448"
        ):
            key.verify(value, signer["signed_attrs"].untag().dump())
        else:
            raise Unsupported("algorithm_unsupported")
    except InvalidSignature:
        return False
    return True


def _other_digest(stated: Any, algorithm: str) -> bool:
    """Whether the algorithm of a signature names a digest, and another than the message does."""
    if stated.signature_algo not in ("rsassa_pkcs1v15", "ecdsa"):
        return False
    try:
        return bool(stated.hash_algo != algorithm)
    except ValueError:  # it names none
        return False


def _names_signer(attributes: dict[str, Any], certificate: x509.Certificate | None) -> str:
    """RFC 5035: whether the signed attributes name this certificate and no other."""
    if certificate is None:
        return ""
    der = certificate.dump()
    if (newer := attributes.get("signing_certificate_v2")) is not None:
        first = newer[0]["certs"][0]
        digest = hashlib.new(first["hash_algorithm"]["algorithm"].native, der).digest()
    elif (older := attributes.get("signing_certificate")) is not None:
        first = older[0]["certs"][0]
        digest = hashlib.sha1(der, usedforsecurity=False).digest()
    else:
        return ""
    return "matches" if hmac.compare_digest(first["cert_hash"].native, digest) else "differs"


def _revocation(attributes: dict[str, Any], unsigned: dict[str, Any]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Adobe's archive of revocation data (ISO 32000-2 §12.8.3.3.2), met in older files."""
    ocsps: list[bytes] = []
    crls: list[bytes] = []
    for holder in (attributes, unsigned):
        for archive in holder.get("adobe_revocation_info_archival") or ():
            ocsps += [item.dump() for item in _items(archive["ocsp"])]
            crls += [item.dump() for item in _items(archive["crl"])]
    return tuple(ocsps), tuple(crls)


def _items(value: Any) -> Any:
    return value if isinstance(value, core.SequenceOf) else ()


def _instant(value: Any) -> datetime | None:
    return value.astimezone(UTC) if isinstance(value, datetime) else None
