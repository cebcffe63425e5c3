"""The form that a request prefers is the one that it gets."""

import pytest

from trust.endpoints.accepting import chosen

OFFERED = ("application/json", "application/xml")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/xml", "application/xml"),
        ("Application/XML;q=0.3", "application/xml"),
        ("application/json;q=0.2, application/xml;q=0.9", "application/xml"),
        ("*/*, application/json;q=0", "application/xml"),
        ("text/html,application/xml;q=0.9,*/*;q=0.8", "application/xml"),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json;q=never", None),
        ("," * 5000, None),
    ],
)
def test_the_preferred_form_is_chosen(accept: str, expected: str | None) -> None:
    assert chosen(accept, OFFERED) == expected
