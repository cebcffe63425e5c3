"""Sign a person out at an agency's word: at once when it proves whom it means, else when the person says so.

RP-Initiated Logout §2. What must be asked is sealed and carried by the browser, so nothing is stored and no address
or name is readable on the way.
"""

from collections.abc import Mapping

from gateway.errors import RequestRefused
from gateway.flows.find_client import FindClient
from gateway.flows.sessions import ResidentSessions
from gateway.frozen import Frozen
from gateway.oidc import base64url, compact_jws, id_token, logout, pairwise_id
from gateway.oidc.client import Client
from gateway.oidc.compact_jws import JwsRefused
from gateway.oidc.logout import LogoutRequest
from gateway.ports.clock import Clock
from gateway.ports.signing import TokenSigner
from gateway.ports.vault import Vault

LONGEST_HINT = 16_384  # characters


class Ask(Frozen):
    """The person decides; `request` is the sealed request, to come back with the answer."""

    request: str


class Gone(Frozen):
    """Nobody is signed in here any more; `url` is where the agency wants the browser, None: our own page."""

    url: str | None


class Hint(Frozen):
    """What a valid `id_token_hint` says."""

    client: str
    session: str | None


class SignOutFor(Frozen):
    issuer: str
    find_client: FindClient
    sessions: ResidentSessions
    signer: TokenSigner
    vault: Vault
    clock: Clock

    def __call__(self, parameters: Mapping[str, str], *, session: str | None, browser: str | None) -> Ask | Gone:
        """`session` and `browser` are the cookies. Raises RequestRefused: a page, never a redirect."""
        sealed = parameters.get("request")  # ours, from a post
        request = self._open(sealed) if sealed is not None else self._read(parameters)
        here = self.sessions.current(session, browser)
        if here is None:
            # without proof of who asks the browser is not sent anywhere (§3)
            return Gone(url=request.url if request.hinted else None)
        if request.client and request.session == pairwise_id.told_to(request.client, here.session):
            self.sessions.sign_out(session)
            return Gone(url=request.url)
        return Ask(request=sealed or self._seal(request))

    def park(self, parameters: Mapping[str, str]) -> str:
        """The request, sealed, to come back with the browser's cookies. Raises RequestRefused."""
        return self._seal(self._read(parameters))

    def _seal(self, request: LogoutRequest) -> str:
        return base64url.encode(self.vault.seal(logout.pack(request), context=logout.CONTEXT))

    def _read(self, parameters: Mapping[str, str]) -> LogoutRequest:
        hint = self._hint(parameters.get("id_token_hint"))
        named = parameters.get("client_id")
        if hint is not None and named not in (None, hint.client):
            raise RequestRefused("id_token_hint_of_another_client")
        client = self._client(hint.client if hint is not None else named)
        if problem := logout.objection(parameters, client):
            raise RequestRefused(problem)
        return LogoutRequest(
            client=None if client is None else client.id,
            hinted=hint is not None,
            session=None if hint is None else hint.session,
            return_to=parameters.get("post_logout_redirect_uri"),
            state=parameters.get("state"),
            expires_at=self.clock() + logout.QUESTION_LIVES,
        )

    def asker(self, sealed: str) -> Client | None:
        """Who asks, for the page. Raises RequestRefused when the request is none of ours or is over."""
        name = self._open(sealed).client
        return None if name is None else self._client(name)

    def answer(self, sealed: str, *, agree: bool, session: str | None) -> str | None:
        """End the session if the person agreed; where the agency wants the browser then, None: our own page."""
        request = self._open(sealed)
        if not agree:
            return None
        self.sessions.sign_out(session)
        client = self._client(request.client)
        registered = client is not None and request.return_to in client.post_logout_redirect_uris
        return request.url if registered else None

    def _open(self, sealed: str) -> LogoutRequest:
        try:
            bytes_ = base64url.decode(sealed[: logout.LONGEST])
            request = logout.unpack(self.vault.open(bytes_, context=logout.CONTEXT))
        except ValueError:
            raise RequestRefused("logout_request_unknown") from None
        if self.clock() >= request.expires_at:
            raise RequestRefused("logout_request_expired")
        return request

    def _client(self, name: str | None) -> Client | None:
        if name is None:
            return None
        known = self.find_client(name)
        if known is None:
            raise RequestRefused("client_unknown")
        return known.client

    def _hint(self, text: str | None) -> Hint | None:
        """Whose it is, expired or not; one that does not verify is no hint but an error."""
        if text is None:
            return None
        try:
            jws = compact_jws.take_apart(text, longest=LONGEST_HINT)
            compact_jws.verify(jws, self.signer.key_set())
            claims = compact_jws.read_claims(jws, longest=LONGEST_HINT)
        except JwsRefused:
            raise RequestRefused("id_token_hint_not_ours") from None
        client, session = claims.get("aud"), claims.get("sid")
        if not isinstance(client, str):
            raise RequestRefused("id_token_hint_not_ours")
        if problem := id_token.objection_to_hint(claims, jws.header.get("typ"), issuer=self.issuer, client=client):
            raise RequestRefused(problem)
        return Hint(client=client, session=session if isinstance(session, str) else None)
