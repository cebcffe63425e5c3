"""A seal stands within the page, at its foot as the reader sees it, and covers nothing if it can."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trust.signing.placement import HEIGHT, WIDTH, Box, place

A4 = Box(0, 0, 595, 842)


@given(
    width=some.floats(3, 20_000),
    height=some.floats(3, 20_000),
    left=some.floats(-500, 500),
    rotation=some.sampled_from([0, 90, 180, 270, -90, 450, 45]),
    unit=some.floats(0.1, 100),
)
def test_it_always_lies_within_the_page(width: float, height: float, left: float, rotation: int, unit: float) -> None:
    page = Box(left, left, left + width, left + height)
    box = place(page, rotation, unit).box
    slack = 1e-6 * (width + height + 1000)
    assert page.x0 - slack <= box.x0 < box.x1 <= page.x1 + slack
    assert page.y0 - slack <= box.y0 < box.y1 <= page.y1 + slack


@pytest.mark.parametrize(
    ("rotation", "corner"),
    [(0, "right foot"), (90, "right head"), (180, "left head"), (270, "left foot")],
)
def test_it_is_at_the_lower_right_as_seen_on_a_turned_page(rotation: int, corner: str) -> None:
    box = place(A4, rotation, 1).box
    across = "right" if box.x0 > A4.width / 2 else "left"
    up = "head" if box.y0 > A4.height / 2 else "foot"
    assert f"{across} {up}" == corner


def test_it_gives_way_to_what_is_there() -> None:
    first = place(A4, 0, 1).box
    second = place(A4, 0, 1, [first]).box
    assert not second.meets(first)
    assert place(A4, 0, 1, [A4]).box == first  # nothing is free: at the foot, on the right


def test_its_size_is_in_the_pages_units() -> None:
    drawn = place(Box(0, 0, 595, 842), 0, 10)
    assert (drawn.width, drawn.height) == pytest.approx((WIDTH / 10, HEIGHT / 10))
