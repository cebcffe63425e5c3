"""What custody signs is what the OAuth side publishes and verifies."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.signers import PairwiseKeys, ReceiptSigner, TokenSigner
from gateway.oidc import base64url
from trust.custody.key_store import KeyStore
from trust.keys.key import Purpose, State

AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return KeyStore.open(tmp_path / "keys.json", b"m" * 32)


@pytest.mark.parametrize("algorithm", ["ES256", "PS256"])
def test_a_token_verifies_under_the_published_key_set(keys: KeyStore, algorithm: str) -> None:
    keys.ensure(Purpose.TOKEN, algorithm, at=AT)
    signer = TokenSigner(keys)

    token = signer.sign({"sub": "p"}, typ="at+jwt", algorithm=algorithm)

    head, body, signature = token.split(".")
    header = json.loads(base64url.decode(head))
    key = signer.key_set().find(header["kid"], algorithm)
    assert header["typ"] == "at+jwt"
    assert key is not None
    assert key.verifies(base64url.decode(signature), f"{head}.{body}".encode())
    assert not key.verifies(base64url.decode(signature), f"{head}.{body}x".encode())


def test_a_key_is_published_before_and_after_it_signs_and_not_once_retired(keys: KeyStore) -> None:
    first = keys.ensure(Purpose.TOKEN, "ES256", at=AT)
    signer = TokenSigner(keys)
    before = signer.key_set()
    assert signer.key_set() is before

    second = keys.generate(Purpose.TOKEN, "ES256", at=AT, state=State.PUBLISHED)
    assert [key.kid for key in signer.key_set().keys] == [first.kid, second.kid]
    assert json.loads(base64url.decode(signer.sign({}, typ="JWT").split(".")[0]))["kid"] == first.kid

    keys.set_state(second.kid, State.ACTIVE, at=AT)
    keys.set_state(first.kid, State.RETIRING, at=AT)
    assert json.loads(base64url.decode(signer.sign({}, typ="JWT").split(".")[0]))["kid"] == second.kid
    keys.set_state(first.kid, State.RETIRED, at=AT)
    assert [key.kid for key in signer.key_set().keys] == [second.kid]


def test_without_a_key_of_the_algorithm_nothing_is_signed(keys: KeyStore) -> None:
    with pytest.raises(LookupError):
        TokenSigner(keys).sign({}, typ="JWT", algorithm="PS256")


def test_a_receipt_is_signed_over_exactly_the_bytes_given(keys: KeyStore) -> None:
    keys.ensure(Purpose.RECEIPT, "ES256", at=AT)
    signer = ReceiptSigner(keys)

    head, body, _ = signer.sign(b'{"a": 1 }', typ="receipt+jwt").split(".")

    assert base64url.decode(body) == b'{"a": 1 }'
    assert json.loads(base64url.decode(head))["kid"] in dict(signer.keys())


def test_pairwise_keys_are_found_by_version(keys: KeyStore) -> None:
    keys.ensure(Purpose.PAIRWISE, "HS256", at=AT)
    pairwise = PairwiseKeys(keys)

    assert len(pairwise.secret(pairwise.newest)) == 32
    with pytest.raises(LookupError):
        pairwise.secret(99)
