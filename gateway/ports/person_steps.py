"""What a person must still do before an authorization request can be answered."""

from datetime import datetime
from typing import Protocol

from gateway.frozen import Frozen
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.permission import Permission
from gateway.ports.work import Work


class SignInStarted(Frozen):
    """Something must be asked: send the browser to /{lang}/sign-in/{sign_in}."""

    sign_in: str
    locale: str | None  # what the agency's ui_locales suggest; None: negotiate


class Missing(Frozen):
    """Nothing may be asked (prompt=none) or no asking would help: answer the client with this error code."""

    code: str
    reason: str


class PersonSteps(Protocol):
    def begin(
        self, request: AuthorizationRequest, *, browser: str, session: str | None, work: Work, at: datetime
    ) -> Permission | SignInStarted | Missing:
        """`browser` and `session` are the cookies' values. `work` was opened to read; where something is to be asked,
        a sign-in is parked in it and committed.
        """
        ...
