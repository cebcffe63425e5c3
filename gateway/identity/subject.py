"""Pairwise subjects: the same person is another value to every agency (OIDC Core §8.1).

The sector is the agency, not the client. Which key made an account's subjects is written in the account's own id,
so that a new key changes nobody's subject and no look-up is needed.
"""

import base64
import hashlib
import hmac
import re

ACCOUNT = re.compile(r"(\d{1,6})\.[A-Za-z0-9_-]{16,64}")


def account_id(key_version: int, token: str) -> str:
    """An id for a new account, under the newest key."""
    return f"{key_version}.{token}"


def key_version(account: str) -> int:
    """Which key makes this account's subjects. Raises ValueError for what is no account's id."""
    found = ACCOUNT.fullmatch(account)
    if found is None:
        raise ValueError("account_id_unclear")
    return int(found[1])


def pairwise(account: str, agency: str, *, secret: bytes) -> str:
    """The subject of this account at this agency: HMAC-SHA-256, 43 URL-safe characters."""
    # the length of the account stands first, so that no two pairs can read the same
    message = f"{len(account)}:{account}{agency}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, message, hashlib.sha256)).decode().rstrip("=")
