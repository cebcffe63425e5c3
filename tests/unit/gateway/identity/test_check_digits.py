"""Check digits, against vectors computed apart from this code."""

import pytest

from gateway.identity.check_digits import gb11643_check_digit, hkid_check_digit


@pytest.mark.parametrize(("body", "check"), [("A123456", "3"), ("G123456", "A"), ("AB987654", "3"), ("K034169", "A")])
def test_hkid(body: str, check: str) -> None:
    assert hkid_check_digit(body) == check


@pytest.mark.parametrize(
    ("body", "check"),
    [("11010519491231002", "X"), ("81000019900101001", "9"), ("82000019851231002", "9")],
)
def test_gb_11643(body: str, check: str) -> None:
    assert gb11643_check_digit(body) == check
