"""A timestamp authority over the network (RFC 3161): asked with a nonce, believed only if it answers just that."""

import secrets

from asn1crypto import algos, cms, tsp

from trust.errors import StampUnavailable
from trust.ports.egress import Egress

LARGEST_TOKEN = 12_000


class RemoteTimestampAuthority:
    """Satisfies the TimestampAuthority port; several addresses are tried in order."""

    def __init__(self, egress: Egress, addresses: tuple[str, ...], *, policy: str = "") -> None:
        self._egress = egress
        self._addresses = addresses
        self._policy = policy

    def stamp(self, digest: bytes) -> bytes:
        """A token over the digest."""
        problem = "stamp_authority_missing"
        for address in self._addresses:
            try:
                return self._ask(address, digest)
            except StampUnavailable as refused:
                problem = refused.reason
        raise StampUnavailable(problem)

    def _ask(self, address: str, digest: bytes) -> bytes:
        nonce = secrets.randbits(63) | 1
        asked = {
            "version": 1,
            "message_imprint": tsp.MessageImprint(
                {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
            ),
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
        """The token, if it answers the question (RFC 3161 §2.4.2)."""
        try:
            response = tsp.TimeStampResp.load(body)
            granted = response["status"]["status"].native in ("granted", "granted_with_mods")
            if granted:
                token = response["time_stamp_token"]
                info = token["content"]["encap_content_info"]["content"].parsed
                imprint = info["message_imprint"]
                same = imprint["hashed_message"].native == digest and info["nonce"].native == nonce
                fits = not self._policy or info["policy"].native == self._policy
                der = token.dump()
        except Exception:  # a parser of foreign bytes
            raise StampUnavailable("stamp_unreadable") from None
        if not granted:
            raise StampUnavailable("stamp_authority_refused")
        if not same or not fits or len(der) > LARGEST_TOKEN or not isinstance(token, cms.ContentInfo):
            raise StampUnavailable("stamp_answers_another_question")
        return bytes(der)
