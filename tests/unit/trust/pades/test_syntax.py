"""Literal strings are read as they are meant (ISO 32000-2 §7.3.4.2)."""

import pytest

from trust.pades.syntax import read_value

STRINGS = {
    rb"(\000\001a)": b"\x00\x01a",
    rb"(\(\)\\)": b"()\\",
    rb"(a(b)c)": b"a(b)c",
    rb"(\n\r\t\q)": b"\n\r\tq",
    b"(a\\\nb)": b"ab",
    b"(a\r\nb\rc)": b"a\nb\nc",
    rb"(\53\0053)": b"+\x053",
}


@pytest.mark.parametrize("written", STRINGS)
def test_a_literal_string(written: bytes) -> None:
    assert read_value(written, 0) == (STRINGS[written], len(written))
