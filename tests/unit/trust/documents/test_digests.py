"""Digests that are supplied in place of a document are read strictly."""

import pytest

from trust.documents.digests import read
from trust.errors import DocumentRefused


def test_digests_are_read_from_hexadecimal_text() -> None:
    assert read({"sha256": "AB" * 32, "sm3": "01" * 32}) == {"sha256": b"\xab" * 32, "sm3": b"\x01" * 32}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (None, "digests_malformed"),
        ({}, "digests_malformed"),
        (["sha256"], "digests_malformed"),
        ({"sha256": "ab" * 31}, "digests_malformed"),
        ({"sha256": "zz" * 32}, "digests_malformed"),
        ({"sha256": 7}, "digests_malformed"),
        ({"sha256": "ab " * 21 + "a"}, "digests_malformed"),
        ({"sha256": " " * 64}, "digests_malformed"),
        ({"sha256": "ab" * 31 + "  "}, "digests_malformed"),
        ({"sha1": "ab" * 20}, "digest_algorithm_unknown"),
        ({"md5": "ab" * 16}, "digest_algorithm_unknown"),
    ],
)
def test_anything_else_is_refused(told: object, reason: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read(told)
    assert refused.value.reason == reason
