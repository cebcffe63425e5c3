"""The signed message round a signature that a person's key made elsewhere (RFC 5652, EN 319 142-1)."""

import hashlib

from trust.pades import cms


class PersonMessages:
    """Satisfies the Messages port."""

    def attributes(self, digest: bytes, certificate: bytes | None, algorithm: str) -> bytes:
        """What is signed: the signed attributes, in DER. Their SHA-256 digest goes to the key."""
        return cms.attributes(digest, certificate, algorithm).der

    def message(self, attributes: bytes, signature: bytes, *, chain: tuple[bytes, ...], algorithm: str) -> bytes:
        """The signed message."""
        signed = cms.SignedAttributes(der=attributes, digest=hashlib.sha256(attributes).digest())
        return cms.assemble(signed, signature, chain=chain, algorithm=algorithm, token=None)
