"""Encrypted content, against a vector computed apart from this code."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from gateway.regions.hongkong.content import ContentRefused, seal, unseal, unwrap, wrap
from gateway.settings import RsaPadding

KEY = bytes(range(32))
IV = bytes(range(12))
PLAIN = b'{"code":"AUTHCODE-1","grantType":"authorization_code"}'
CONTENT = (
    "AAAADAABAgMEBQYHCAkKCzwgtXShgOAhrwDC3/mqNynG+7YW3Fk4DlkJkdFkGWWQOzLPidupfeod3h6Z"
    "4ehGZ402BOh4qwZFher0JgCXMi1KDf4Xybc="
)
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def test_the_vector_both_ways() -> None:
    assert seal(PLAIN, KEY, iv=IV) == CONTENT
    assert unseal(CONTENT, KEY) == PLAIN


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (CONTENT[:-4] + "AAA=", "content_tampered"),
        ("!" + CONTENT[1:], "content_malformed"),
        (base64.b64encode(b"\x00\x00\x00\x10" + bytes(40)).decode(), "content_malformed"),
        (base64.b64encode(b"\x00\x00\x00\x0c").decode(), "content_malformed"),
        ("", "content_malformed"),
    ],
)
def test_what_does_not_open_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ContentRefused) as caught:
        unseal(text, KEY)
    assert str(caught.value) == reason


@given(st.text(max_size=200))
def test_anything_else_is_refused_without_another_exception(text: str) -> None:
    with pytest.raises(ContentRefused):
        unseal(text, KEY)


@pytest.mark.parametrize("padding", ["oaep-sha256", "oaep-sha1", "pkcs1v15"])
def test_a_key_is_wrapped_and_unwrapped(padding: RsaPadding) -> None:
    assert unwrap(wrap(KEY, PRIVATE.public_key(), padding), PRIVATE, padding) == KEY


def test_a_key_may_come_as_base64() -> None:
    """As seen in callbacks."""
    wrapped = wrap(base64.b64encode(KEY), PRIVATE.public_key(), "oaep-sha256")
    assert unwrap(wrapped, PRIVATE, "oaep-sha256") == KEY


@pytest.mark.parametrize("padding", ["oaep-sha1", "pkcs1v15"])
def test_another_padding_is_not_tried(padding: RsaPadding) -> None:
    if padding == "pkcs1v15":  # decryption under it may give pseudo-random bytes; what counts is that the key is not
        with pytest.raises(ContentRefused):
            unwrap(wrap(KEY, PRIVATE.public_key(), padding), PRIVATE, "oaep-sha256")
        return
    with pytest.raises(ContentRefused):
        unwrap(wrap(KEY, PRIVATE.public_key(), "oaep-sha256"), PRIVATE, padding)


@pytest.mark.parametrize("key", [b"short", bytes(31), b"*" * 44])
def test_a_key_of_another_length_is_refused(key: bytes) -> None:
    with pytest.raises(ContentRefused):
        unwrap(wrap(key, PRIVATE.public_key(), "oaep-sha256"), PRIVATE, "oaep-sha256")
