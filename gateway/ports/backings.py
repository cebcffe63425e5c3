"""What a home, a session or a grant rests on at one client, found in one look: the hottest questions of a sign-in."""

from datetime import datetime
from typing import Protocol

from gateway.frozen import Frozen, Hidden
from gateway.identity.binding import Binding
from gateway.identity.consent import ConsentRecord
from gateway.identity.identifier import Identifier
from gateway.identity.session import Session
from gateway.oidc.grant import Grant
from gateway.oidc.sign_in import SignIn


class Backing(Frozen):
    """The active bindings, newest first (of a session only its own), and the claims consent that stands."""

    bindings: Hidden[tuple[Binding, ...]] = ()
    consent: ConsentRecord | None = None

    @property
    def binding(self) -> Binding | None:
        return self.bindings[0] if self.bindings else None


class Backings(Protocol):
    def of_home(self, home: Identifier, *, client: str) -> Backing:
        """What a session of this home identity would rest on where this client asks."""
        ...

    def of_sign_in(self, sign_in: str) -> tuple[SignIn, tuple[Session, Backing] | None] | None:
        """The sign-in, with what `of_session` says of its session where its client asks."""
        ...

    def of_session(self, session: str, *, client: str) -> tuple[Session, Backing] | None:
        """The session, ended or not, and what it rests on where this client asks."""
        ...

    def of_grant(self, grant: str, *, token: str, at: datetime) -> tuple[Grant, Backing] | None:
        """The grant, unless it is expired or revoked, or the token with this `jti` is; and what it rests on."""
        ...
