"""What the tokens and userinfo ask about a person: claims, released anew each time, and the pairwise subject."""

from typing import Protocol

from gateway.identity.further import Further
from gateway.oidc.client import Client
from gateway.ports.backings import Backing
from gateway.ports.work import Work


class Claims(Protocol):
    def release(
        self,
        *,
        account: str,
        client: Client,
        claims: tuple[str, ...],
        consent: str | None,
        further: Further | None = None,
        scope: frozenset[str] | None = None,
        backing: Backing | None = None,
    ) -> dict[str, object]:
        """The values of those of `claims` that may be told now: consented and not withdrawn, allowed to the client,
        lawful to transfer, known. Reads; never raises for a person who has withdrawn everything (an empty answer).

        `further` adds verified claims, and the reasons of what is withheld; `scope` is that of a narrowed token,
        `backing` what was found a moment ago, in the unit of this request."""
        ...

    def may_know(self, *, account: str, client: Client) -> bool:
        """Whether the person's consent that this client knows them stands now."""
        ...

    def may_return(self, *, account: str, client: Client) -> bool:
        """Whether the person's consent lets this client come back without them now (`offline_access`)."""
        ...


class Subjects(Protocol):
    def of(self, account: str, agency: str, *, work: Work | None = None) -> str:
        """The subject of this account at this agency; the same in every kind of token. Seldom reads; inside a unit of
        work it is given that one, so that it sees what was written there."""
        ...


class PairwiseKeys(Protocol):
    """The keys that subjects are made under, by version (custody)."""

    @property
    def newest(self) -> int: ...

    def secret(self, version: int) -> bytes:
        """Raises LookupError when that key is not there."""
        ...
