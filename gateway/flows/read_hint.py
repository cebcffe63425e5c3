"""Read an `id_token_hint`: an ID token of ours, given back to say whom a client expects (OIDC Core §3.1.2.1)."""

from collections.abc import Mapping

from gateway.errors import RequestRefused
from gateway.frozen import Frozen
from gateway.oidc import compact_jws, id_token
from gateway.oidc.client import Client
from gateway.oidc.compact_jws import JwsRefused
from gateway.ports.signing import TokenSigner

LONGEST = 8192  # characters


class ReadHint(Frozen):
    issuer: str
    signer: TokenSigner

    def __call__(self, parameters: Mapping[str, str], client: Client) -> str | None:
        """The subject it names, or None without a hint. An expired one is still a hint. Raises RequestRefused."""
        hint = parameters.get("id_token_hint")
        if hint is None:
            return None
        try:
            jws = compact_jws.take_apart(hint, longest=LONGEST)
            compact_jws.verify(jws, self.signer.key_set())
            claims = compact_jws.read_claims(jws, longest=LONGEST)
        except JwsRefused:
            raise RequestRefused("id_token_hint_not_ours") from None
        if problem := id_token.objection_to_hint(claims, jws.header.get("typ"), issuer=self.issuer, client=client.id):
            raise RequestRefused(problem)
        return str(claims["sub"])
