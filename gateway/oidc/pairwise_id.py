"""An id of ours that hangs on a person, as one client or agency is told it.

A session's is its `sid` (OpenID Connect Back-Channel Logout 1.0 §2.1); a session's and a binding's stand in receipts.
"""

import hashlib

from gateway.oidc import base64url


def told_to(whom: str, own: str) -> str:
    """43 characters. Each of them hears another id: two agencies that compare theirs learn nothing of a person.

    `own` has 256 bits of chance, or is the hash of what has, and is told to nobody: so no key is needed.
    """
    return base64url.encode(hashlib.sha256(f"{own} {whom}".encode()).digest())
