"""A key in custody: its public facts, and its secret material loaded once."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from trust.keys.key import CHECKS, MAKES, Purpose, State

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A key as its users see it; printing it never shows the secret."""

    kid: str
    purpose: Purpose
    algorithm: str
    owner: str  # whose seal it is; empty for the gateway's own keys
    generation: int  # counts up within purpose and owner
    state: State
    created_at: datetime
    since: datetime  # when it came into this state
    chain: tuple[bytes, ...]  # DER, leaf first; seals only
    material: PrivateKey | bytes = field(repr=False, compare=False)

    @property
    def private_key(self) -> PrivateKey:
        """The signing key; only asymmetric purposes have one."""
        assert not isinstance(self.material, bytes)
        return self.material

    @property
    def secret(self) -> bytes:
        """The symmetric key; only symmetric purposes have one."""
        assert isinstance(self.material, bytes)
        return self.material

    @property
    def makes(self) -> bool:
        """Whether new things may be made with it."""
        return self.state in MAKES

    @property
    def checks(self) -> bool:
        """Whether it is published, to check what it made or will make."""
        return self.state in CHECKS
