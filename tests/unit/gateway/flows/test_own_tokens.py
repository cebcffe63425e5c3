"""Access tokens of ours: what is remembered of them, and what is never taken from memory."""

import pytest

from gateway.flows.own_tokens import OwnTokens
from gateway.oidc.compact_jws import JwsRefused
from tests.fakes.oidc_signer import FakeSigner, Key

ISSUER = "https://gateway.example"
CLAIMS = {
    "iss": ISSUER,
    "aud": ISSUER,
    "sub": "person",
    "client_id": "registry",
    "jti": "1",
    "iat": 1,
    "exp": 2,
    "scope": "openid",
    "authorization_details": ({"type": "a"},),
}


def test_what_was_signed_reads_as_it_would_after_verifying() -> None:
    signer = FakeSigner()
    tokens = OwnTokens(issuer=ISSUER, signer=signer)
    text = tokens.sign(CLAIMS)
    assert tokens.read(text) == OwnTokens(issuer=ISSUER, signer=signer).read(text)


def test_a_key_that_is_gone_ends_what_was_remembered() -> None:
    signer = FakeSigner()
    tokens = OwnTokens(issuer=ISSUER, signer=signer)
    text = tokens.sign(CLAIMS)
    assert tokens.read(text).subject == "person"
    signer.keys[:] = [Key.make(kid="ours-2")]
    with pytest.raises(JwsRefused):
        tokens.read(text)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_token_is_not_taken_for_one_that_is_remembered(place: int) -> None:
    tokens = OwnTokens(issuer=ISSUER, signer=FakeSigner())
    parts = tokens.sign(CLAIMS).split(".")
    part = parts[place]
    parts[place] = part[:4] + ("A" if part[4] != "A" else "B") + part[5:]
    with pytest.raises(JwsRefused):
        tokens.read(".".join(parts))


def test_what_our_keys_signed_besides_is_no_access_token() -> None:
    signer = FakeSigner()
    tokens = OwnTokens(issuer=ISSUER, signer=signer)
    with pytest.raises(JwsRefused, match="token_of_another_kind"):
        tokens.read(signer.sign(CLAIMS, typ="JWT"))
    with pytest.raises(JwsRefused, match="token_of_another_issuer"):
        tokens.read(signer.sign({**CLAIMS, "iss": "https://other.example"}, typ="at+jwt"))
