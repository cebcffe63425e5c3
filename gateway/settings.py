"""The gateway's settings: each section is frozen, typed, and checks itself when made."""

from dataclasses import dataclass
from datetime import timedelta

LONGEST_CODE_LIFE = timedelta(minutes=1)  # FAPI 2.0 Security Profile §5.3.2.1
LONGEST_REQUEST_LIFE = timedelta(minutes=10)  # the same: request_uri below 600 seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """How long the provider's things live. The issuer is the server's public URL."""

    code_lifetime: timedelta = timedelta(seconds=60)
    request_lifetime: timedelta = timedelta(seconds=120)  # of a pushed request, until the browser brings it
    access_token_lifetime: timedelta = timedelta(minutes=10)
    id_token_lifetime: timedelta = timedelta(minutes=10)
    key_set_cache: timedelta = timedelta(minutes=10)  # how long others may keep our key set; keys are published before
    client_recheck: timedelta = timedelta(seconds=1)  # a disabled client is out after this at the latest

    def __post_init__(self) -> None:
        if not timedelta(0) < self.code_lifetime <= LONGEST_CODE_LIFE:
            raise ValueError("code_lifetime: expected more than 0 and at most 60s")
        if not timedelta(seconds=5) <= self.request_lifetime < LONGEST_REQUEST_LIFE:
            raise ValueError("request_lifetime: expected 5s to 599s")
        if min(self.access_token_lifetime, self.id_token_lifetime) <= timedelta(0):
            raise ValueError("access_token_lifetime, id_token_lifetime: expected more than 0")
