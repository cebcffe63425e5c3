"""How parameters are read: once, whole, or not at all."""

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.endpoints.parameters import parse
from gateway.errors import RequestRefused

PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)


@given(st.dictionaries(PRINTABLE, PRINTABLE, max_size=20))
def test_what_was_written_is_read(parameters: dict[str, str]) -> None:
    assert parse(urlencode(parameters)) == parameters


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(RequestRefused):
        assert all(parse(text).values())


def test_empty_parameters_are_as_if_not_there() -> None:
    assert parse("a=&b=1&c&=x&&") == {"b": "1"}


@pytest.mark.parametrize("text", ["a=1&a=1", "a=&a=1", "a=1&%61=2"])
def test_a_repeated_name_is_refused_even_if_empty_or_disguised(text: str) -> None:
    with pytest.raises(RequestRefused, match="parameter_repeated"):
        parse(text)
