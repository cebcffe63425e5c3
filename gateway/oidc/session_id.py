"""The id of a session as one client is told it (`sid`; OpenID Connect Back-Channel Logout 1.0 §2.1)."""

import hashlib

from gateway.oidc import base64url


def told_to(client: str, session: str) -> str:
    """43 characters. Each client hears another id: two agencies that compare them learn nothing of a person.

    Our own id has 256 bits of chance and is told to nobody, so no key is needed. What is told of other such ids of a
    person, where an agency may come to see it, is told in the same way.
    """
    return base64url.encode(hashlib.sha256(f"{session} {client}".encode()).digest())
