"""Timestamp authorities over the network (RFC 3161): asked with a nonce, believed only if they answer just that.

Several are tried in order. One that failed is asked last for a while, so that a bulk run does not wait for it at every
document. What it failed with is told, authority by authority.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from asn1crypto import algos, cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from trust.errors import StampUnavailable
from trust.guomi.der import part
from trust.ports.egress import Egress

LARGEST_TOKEN = 12_000
GRANTED, GRANTED_WITH_MODIFICATIONS = 0, 1
# A seal shows the time of our clock and proves the authority's: where they differ so much, one of them is wrong
APART = timedelta(minutes=5)
ASIDE = timedelta(minutes=1)  # for how long one that failed is asked last
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
IMPRINT = algos.DigestAlgorithm({"algorithm": "sha256"})


class RemoteTimestampAuthority:
    """Satisfies the TimestampAuthority port; several addresses are tried in order."""

    def __init__(
        self,
        egress: Egress,
        addresses: tuple[str, ...],
        *,
        policy: str = "",
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._egress = egress
        self._addresses = addresses
        self._policy = policy
        self._clock = clock
        self._lock = threading.Lock()
        self._failed: dict[str, datetime] = {}

    def stamp(self, digest: bytes) -> bytes:
        """A token over the digest. Raises StampUnavailable, which tells what each authority failed with."""
        failures: list[tuple[str, str]] = []
        for address in self._in_order():
            try:
                token = self._ask(address, digest)
            except StampUnavailable as refused:
                failures.append((urlsplit(address).hostname or "", refused.reason))
                self._remember(address)
            else:
                with self._lock:
                    self._failed.pop(address, None)
                return token
        raise StampUnavailable(failures[-1][1] if failures else "stamp_authority_missing", failures=tuple(failures))

    def _in_order(self) -> list[str]:
        if self._clock is None or not self._failed:
            return list(self._addresses)
        with self._lock:
            now = self._clock()
            self._failed = {address: until for address, until in self._failed.items() if now < until}
            return sorted(self._addresses, key=lambda address: address in self._failed)

    def _remember(self, address: str) -> None:
        if self._clock is not None:
            with self._lock:
                self._failed[address] = self._clock() + ASIDE

    def _ask(self, address: str, digest: bytes) -> bytes:
        nonce = secrets.randbits(63) | 1
        asked = {
            "version": 1,
            "message_imprint": tsp.MessageImprint({"hash_algorithm": IMPRINT, "hashed_message": digest}),
            "nonce": nonce,
            "cert_req": True,
        }
        if self._policy:
            asked["req_policy"] = self._policy
        try:
            reply = self._egress(
                "POST",
                address,
                headers={"Content-Type": "application/timestamp-query"},
                body=tsp.TimeStampReq(asked).dump(),
            )
        except Exception:  # whichever way it failed, there is no stamp
            raise StampUnavailable("stamp_authority_unreachable") from None
        if reply.status != 200:
            raise StampUnavailable("stamp_authority_refused")
        return self._read(reply.body, digest, nonce)

    def _read(self, body: bytes, digest: bytes, nonce: int) -> bytes:
        """The token, if it answers the question (RFC 3161 §2.4.2) and is signed by whom it names."""
        try:
            granted = _status(body) in (GRANTED, GRANTED_WITH_MODIFICATIONS)
            if granted:
                response = tsp.TimeStampResp.load(body)
                token = response["time_stamp_token"]
                content = token["content"]["encap_content_info"]["content"]
                info = content.parsed
                imprint = info["message_imprint"]
                same = (
                    imprint["hash_algorithm"]["algorithm"].native == "sha256"
                    and imprint["hashed_message"].native == digest
                    and info["nonce"].native == nonce
                )
                moment = info["gen_time"].native
                other_policy = bool(self._policy) and info["policy"].native != self._policy
                der = bytes(token.dump())
                signed = _is_signed(token["content"], bytes(content))
        except Exception:  # a parser of foreign bytes
            raise StampUnavailable("stamp_unreadable") from None
        if not granted:
            raise StampUnavailable("stamp_authority_refused")
        if not same or len(der) > LARGEST_TOKEN or not isinstance(token, cms.ContentInfo):
            raise StampUnavailable("stamp_answers_another_question")
        if self._clock is not None and abs(moment - self._clock()) > APART:
            raise StampUnavailable("stamp_at_another_time")
        if other_policy:
            raise StampUnavailable("stamp_under_another_policy")
        if not signed:
            raise StampUnavailable("stamp_signature_wrong")
        return der


def _status(body: bytes) -> int:
    """PKIStatus; read by hand, since a refusal has no token and asn1crypto insists on one (§2.4.2)."""
    whole = part(body, 0, len(body))
    stated = part(body, whole.body, whole.end)
    number = part(body, stated.body, stated.end)
    return int.from_bytes(body[number.body : number.end], "big")


def _is_signed(data: cms.SignedData, content: bytes) -> bool:
    """Whether the certificate in the token, one for timestamps, signed it. Whom to believe is the verifier's matter."""
    signer = data["signer_infos"][0]
    sid = signer["sid"].chosen
    by = [
        found.chosen
        for found in data["certificates"]
        if found.name != "certificate"
        or signer["sid"].name != "issuer_and_serial_number"
        or (found.chosen.serial_number == sid["serial_number"].native)
    ]
    certificate = x509.load_der_x509_certificate(by[0].dump())
    usage = certificate.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
    if not isinstance(usage, x509.ExtendedKeyUsage) or ExtendedKeyUsageOID.TIME_STAMPING not in usage:
        return False
    name = signer["digest_algorithm"]["algorithm"].native
    stated = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    if stated["message_digest"][0].native != hashlib.new(name, content).digest():
        return False
    signed = signer["signed_attrs"].untag().dump()
    return _holds(certificate.public_key(), signer, signed, HASHES[name])


def _holds(key: object, signer: cms.SignerInfo, signed: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    signature = signer["signature"].native
    if isinstance(key, ec.EllipticCurvePublicKey):
        check = partial(key.verify, signature, signed, ec.ECDSA(algorithm))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        check = partial(key.verify, signature, signed)
    elif isinstance(key, rsa.RSAPublicKey) and signer["signature_algorithm"]["algorithm"].native == "rsassa_pss":
        check = partial(
            key.verify, signature, signed, padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO), algorithm
        )
    elif isinstance(key, rsa.RSAPublicKey):
        check = partial(key.verify, signature, signed, padding.PKCS1v15(), algorithm)
    else:
        return False
    try:
        check()
    except InvalidSignature:
        return False
    return True
