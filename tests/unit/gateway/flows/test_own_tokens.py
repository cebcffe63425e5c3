"""Access tokens of ours: what is remembered of them, and what is never taken from memory."""

import pytest

from gateway.flows.own_tokens import OwnTokens
from gateway.oidc.compact_jws import JwsRefused
from tests.fakes.oidc_signer import FakeSigner, Key

CLAIMS = {"sub": "person", "scope": "openid", "authorization_details": ({"type": "a"},)}


def test_what_was_signed_reads_as_it_would_after_verifying() -> None:
    signer = FakeSigner()
    tokens = OwnTokens(signer=signer)
    text = tokens.sign(CLAIMS)
    assert tokens.read(text) == OwnTokens(signer=signer).read(text)


def test_a_key_that_is_gone_ends_what_was_remembered() -> None:
    signer = FakeSigner()
    tokens = OwnTokens(signer=signer)
    text = tokens.sign(CLAIMS)
    assert tokens.read(text).claims["sub"] == "person"
    signer.keys[:] = [Key.make(kid="ours-2")]
    with pytest.raises(JwsRefused):
        tokens.read(text)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_token_is_not_taken_for_one_that_is_remembered(place: int) -> None:
    tokens = OwnTokens(signer=FakeSigner())
    parts = tokens.sign(CLAIMS).split(".")
    part = parts[place]
    parts[place] = part[:4] + ("A" if part[4] != "A" else "B") + part[5:]
    with pytest.raises(JwsRefused):
        tokens.read(".".join(parts))
