"""What CRLs and OCSP answers come to: a standing, with where it comes from."""

from datetime import datetime
from enum import StrEnum

from trust.frozen import Frozen


class Standing(StrEnum):
    """What an issuer says of a certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # the issuer does not speak of it


class Told(Frozen):
    """One statement of standing; it counts for nothing until its source has no objection."""

    standing: Standing
    revoked_at: datetime | None = None
    reason: str = ""
    this_update: datetime | None = None
    next_update: datetime | None = None
