"""OCSP answers (RFC 6960) signed with SM2 or other keys: as facts, and whether one speaks for a certificate."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from asn1crypto import core, ocsp

from trust.frozen import Frozen, Hidden
from trust.guomi import certificate as certificates
from trust.guomi import der, path, signature, sm2, sm3
from trust.guomi.certificate import Certificate, bits, same_name
from trust.guomi.der import Malformed
from trust.guomi.instant import instant
from trust.guomi.path import Path, Purpose
from trust.guomi.revocation import Standing, Told

MOST_CERTIFICATES = 20
MOST_SINGLES = 200
NONCE = "1.3.6.1.5.5.7.48.1.2"


class Single(Frozen):
    """What the answer says of one certificate."""

    digest: str  # by which the issuer is named; "" for one that we do not know
    issuer_name: Hidden[bytes]
    issuer_key: Hidden[bytes]
    serial: Hidden[int]
    told: Told
    unknown_critical: bool = False


class Answer(Frozen):
    """A basic OCSP response as facts."""

    signed: Hidden[bytes]
    algorithm: str
    signature: Hidden[bytes]
    responder: Hidden[str]  # its name, or the digest of its key in hexadecimal
    responder_by_key: bool
    produced_at: datetime
    singles: tuple[Single, ...]
    certificates: tuple[Certificate, ...] = ()
    unknown_critical: bool = False

    def tells(self, certificate: Certificate, issuer: Certificate) -> Told:
        """What the answer says of a certificate; UNKNOWN if it does not speak of it."""
        return next((s.told for s in self.singles if _about(s, certificate, issuer)), Told(standing=Standing.UNKNOWN))


class Asked(Frozen):
    """An answer, and the certificate, issuer and time that it is asked about."""

    answer: Answer
    certificate: Certificate
    issuer: Certificate
    at: datetime
    identity: bytes = sm2.DISTINGUISHED_ID

    @property
    def single(self) -> Single | None:
        """The part that is about the certificate."""
        return next((s for s in self.answer.singles if _about(s, self.certificate, self.issuer)), None)

    @property
    def signer(self) -> Certificate | None:
        """Who is named as having signed: the issuer, or somebody whose certificate is in the answer."""
        return next((c for c in (self.issuer, *self.answer.certificates) if _is(self.answer, c)), None)


def _all_understood(asked: Asked) -> bool:
    return not asked.answer.unknown_critical and not (asked.single and asked.single.unknown_critical)


def _delegated(asked: Asked) -> bool:
    """RFC 6960 §4.2.2.2: the issuer itself, or one whom this very issuer certified for it."""
    signer, issuer = asked.signer, asked.issuer
    if signer is None or signer.der == issuer.der:
        return signer is not None
    if signer.issuer != issuer.subject or not path.signed_by(signer, issuer, identity=asked.identity):
        return False
    delegated = Path(certificates=(signer, issuer), anchored=True)
    return path.objection(delegated, asked.answer.produced_at, Purpose.STATUS) is None


def _signed(asked: Asked) -> bool:
    signer, answer = asked.signer, asked.answer
    if signer is None:
        return False
    value, message = answer.signature, answer.signed
    return signature.objection(signer.key, answer.algorithm, message, value, identity=asked.identity) is None


def _begun(asked: Asked) -> bool:
    single = asked.single
    return single is not None and single.told.this_update is not None and single.told.this_update <= asked.at


def _fresh(asked: Asked) -> bool:
    # without a next update, newer information is always to be had (§2.4): the answer speaks for its own time only
    single = asked.single
    return single is not None and asked.at <= (single.told.next_update or asked.answer.produced_at)


# RFC 6960 §3.2; the first broken rule wins.
RULES: dict[str, Callable[[Asked], bool]] = {
    "ocsp_of_another_certificate": lambda asked: asked.single is not None,
    "critical_extension_unknown": _all_understood,
    "ocsp_signer_missing": lambda asked: asked.signer is not None,
    "ocsp_signer_not_delegated": _delegated,
    "ocsp_signature_wrong": _signed,
    "ocsp_not_yet_valid": _begun,
    "ocsp_stale": _fresh,
}


def objection(asked: Asked) -> str | None:
    """Why the answer does not speak for this certificate at this time, or None if it does."""
    return next((name for name, holds in RULES.items() if not holds(asked)), None)


def _is(answer: Answer, candidate: Certificate) -> bool:
    if answer.responder_by_key:
        return sm3.named("sha1", candidate.key_bits) == bytes.fromhex(answer.responder)  # §4.2.1: always SHA-1
    return candidate.subject == answer.responder


def _about(single: Single, certificate: Certificate, issuer: Certificate) -> bool:
    return (
        single.serial == certificate.serial
        and certificate.issuer == issuer.subject
        and single.issuer_name == sm3.named(single.digest, issuer.subject_der)
        and single.issuer_key == sm3.named(single.digest, issuer.key_bits)
    )


def read(data: bytes) -> Answer:
    """The facts of one answer; raises Malformed, also for an answer that is an error."""
    if problem := der.objection(data):
        raise Malformed(problem)
    try:
        return _read(data)
    except Malformed:
        raise
    except Exception as mishap:  # a parser of foreign bytes: whatever it raises, this is no answer
        raise Malformed("ocsp_malformed") from mishap


def _read(data: bytes) -> Answer:
    whole = ocsp.OCSPResponse.load(data, strict=True)
    if whole["response_status"].native != "successful":
        raise Malformed("ocsp_refused")
    basic = whole.basic_ocsp_response
    told = basic["tbs_response_data"]
    responder = told["responder_id"]
    if len(told["responses"]) > MOST_SINGLES:
        raise Malformed("too_many_parts")
    by_key = responder.name == "by_key"
    listed = basic["certs"] if isinstance(basic["certs"], core.SequenceOf) else ()
    return Answer(
        signed=told.dump(),
        algorithm=basic["signature_algorithm"]["algorithm"].dotted,
        signature=bits(basic["signature"]),
        responder=responder.chosen.native.hex() if by_key else same_name(responder.chosen),
        responder_by_key=by_key,
        produced_at=instant(told["produced_at"].native),
        singles=tuple(_single(item) for item in told["responses"]),
        certificates=tuple(certificates.read(item.dump()) for item in list(listed)[:MOST_CERTIFICATES]),
        unknown_critical=_unknown_critical(told["response_extensions"]),
    )


def _single(item: Any) -> Single:
    named, status = item["cert_id"], item["cert_status"]
    next_update = item["next_update"].native
    standing = Standing(status.name)
    revoked = status.chosen if standing is Standing.REVOKED else None
    return Single(
        digest=sm3.NAMES.get(named["hash_algorithm"]["algorithm"].dotted, ""),
        issuer_name=named["issuer_name_hash"].native,
        issuer_key=named["issuer_key_hash"].native,
        serial=named["serial_number"].native,
        unknown_critical=_unknown_critical(item["single_extensions"]),
        told=Told(
            standing=standing,
            revoked_at=instant(revoked["revocation_time"].native) if revoked is not None else None,
            reason=str(revoked["revocation_reason"].native or "") if revoked is not None else "",
            this_update=instant(item["this_update"].native),
            next_update=instant(next_update) if next_update else None,
        ),
    )


def _unknown_critical(listed: Any) -> bool:
    if not isinstance(listed, core.SequenceOf):
        return False
    return any(item["critical"].native and item["extn_id"].dotted != NONCE for item in listed)
