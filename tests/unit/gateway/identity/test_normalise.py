"""What a region writes is read, or is None."""

from datetime import date

import pytest

from gateway.identity.assertion import Sex
from gateway.identity.normalise import read_date, read_sex


@pytest.mark.parametrize("text", ["1990-02-28", "19900228", " 19900228 "])
def test_a_day_is_read(text: str) -> None:
    assert read_date(text) == date(1990, 2, 28)


@pytest.mark.parametrize("text", ["28-02-1990", "1990-0228", "1990-02-30", "", "199002281", "１９９００２２８"])
def test_what_is_not_plainly_a_day_is_none(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(("text", "sex"), [("M", Sex.MALE), ("f", Sex.FEMALE), ("1", Sex.MALE), ("2", Sex.FEMALE)])
def test_a_sex_is_read(text: str, sex: Sex) -> None:
    assert read_sex(text) is sex


@pytest.mark.parametrize("text", ["", "X", "0", "9"])
def test_what_is_no_stated_sex_is_none(text: str) -> None:
    assert read_sex(text) is None
