"""Canonical JSON is RFC 8785's, whichever way it is written."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity.canonical import canonical, digest

TEXTS = st.text(max_size=20)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_it_is_what_the_standard_says(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": (1, True, None), "a": "中"}, '{"a":"中","b":[1,true,null]}'),
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'),  # RFC 8785 §3.2.3: by UTF-16
        ([1e21, 1e-7, 5.0], "[1e+21,1e-7,5]"),  # §3.2.2.3
        ("\x7f\x1f\b\u2028", '"\x7f\\u001f\\b\u2028"'),  # §3.2.2.2
    ],
)
def test_the_corners_of_the_standard(value: object, written: str) -> None:
    assert canonical(value) == written.encode()


@pytest.mark.parametrize("value", ["\ud800", {"a": "\udfff"}, 2**53 + 1, [-(2**53) - 1], float("nan"), {1: "a"}])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical(value)


def test_a_hash_says_which_it_is() -> None:
    assert digest({}) == "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
