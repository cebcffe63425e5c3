"""A grant: what one redeemed code gives one client, until it ends."""

from datetime import datetime

from gateway.frozen import Frozen
from gateway.identity.further import Further
from gateway.oidc.permission import Permission


class Grant(Frozen):
    """Its id is the id of the code it came from, so that a code makes one grant at most.

    `permission.claims` holds all that was consented to; `userinfo_claims` names those of them asked for at userinfo.
    `key` is the thumbprint of the key that its tokens are bound to (RFC 9449 §6), `certificate` that of the certificate
    (RFC 8705 §3), if any.
    """

    id: str
    client: str
    agency: str  # the sector of its pairwise subjects
    permission: Permission
    userinfo_claims: tuple[str, ...] = ()
    userinfo_further: Further | None = None
    key: str | None = None
    certificate: str | None = None
    issued_at: datetime
    expires_at: datetime
