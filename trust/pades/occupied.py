"""Where a page already shows something, roughly: text, images, forms and fields, so that a seal can stand aside.

A guess is enough: it decides between places at the page's edge. What covers most of the page is background.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any

import pikepdf

from trust.pades.sig_fields import get
from trust.signing.placement import Box

LARGEST = 400_000  # bytes of content that are looked at
MOST = 5000
BACKGROUND = 0.5  # of the page's area
AVERAGE_WIDTH = 0.55  # of a letter, in ems
HIDDEN = 0.8  # of what is drawn: from here on it counts as hidden
LARGEST_MARK = 0.25  # of the page's area

Matrix = tuple[float, float, float, float, float, float]
UNIT: Matrix = (1, 0, 0, 1, 0, 0)


def occupied(page: Any, shown: Box) -> list[Box]:
    """Boxes in the page's own coordinates; empty where the page cannot be understood."""
    try:
        boxes = _fields(page) + _Content(page).read()
    except Exception:  # only a nicety hangs on it, and a foreign page may do anything
        return []
    area = shown.width * shown.height
    return [box for box in boxes if box.width * box.height < BACKGROUND * area]


def covers_content(page: Any, rect: Any) -> bool:
    """Whether a mark in this place hides something that the page shows, or simply much of it."""
    try:
        mark, whole = Box.ordered(*(float(side) for side in rect)), _media(page)
        drawn = _Content(page).read()
    except Exception:  # a page that cannot be understood may show anything
        return True
    if mark.width * mark.height > LARGEST_MARK * whole.width * whole.height:
        return True
    return any(
        mark.meets(box) and mark.within(box).width * mark.within(box).height > HIDDEN * box.width * box.height
        for box in drawn
        if box.width > 0 and box.height > 0
    )


def _media(page: Any) -> Box:
    sides = get(page, "/CropBox") or get(page, "/MediaBox") or get(get(page, "/Parent"), "/MediaBox")
    return Box.ordered(*(float(side) for side in sides)) if sides is not None else Box(0, 0, 612, 792)


def _fields(page: Any) -> list[Box]:
    listed = get(page, "/Annots")
    boxes = []
    for item in islice(listed, MOST) if isinstance(listed, pikepdf.Array) else ():
        sides = get(item, "/Rect")
        if isinstance(sides, pikepdf.Array) and len(sides) == 4:
            boxes.append(Box.ordered(*(float(side) for side in sides)))
    return boxes


class _Content:
    def __init__(self, page: Any) -> None:
        self._page = page
        self._objects = get(get(page, "/Resources"), "/XObject")
        self._now: Matrix = UNIT
        self._kept: list[Matrix] = []
        self._text: Matrix = UNIT
        self._line: Matrix = UNIT
        self._size, self._leading = 12.0, 0.0
        self._boxes: list[Box] = []

    def read(self) -> list[Box]:
        contents = get(self._page, "/Contents")
        parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        streams = [part for part in parts if isinstance(part, pikepdf.Stream)]
        if sum(int(get(part, "/Length") or 0) for part in streams) > LARGEST:
            return []
        does: dict[str, Callable[[list[Any]], None]] = {
            "q": lambda _: self._kept.append(self._now),
            "Q": lambda _: self._restore(),
            "cm": lambda given: self._concatenate(_matrix(given)),
            "BT": lambda _: self._move(UNIT),
            "Tm": lambda given: self._move(_matrix(given)),
            "Td": lambda given: self._step(float(given[0]), float(given[1])),
            "TD": lambda given: self._step_leading(float(given[0]), float(given[1])),
            "TL": lambda given: self._lead(float(given[0])),
            "T*": lambda _: self._step(0, -self._leading),
            "Tf": lambda given: self._font(float(given[1])),
            "Tj": lambda given: self._show(len(bytes(given[0]))),
            "'": lambda given: self._next_line(len(bytes(given[0]))),
            "TJ": lambda given: self._show(
                sum(len(bytes(part)) for part in given[0] if isinstance(part, pikepdf.String))
            ),
            "Do": lambda given: self._draw(str(given[0])),
        }
        for instruction in pikepdf.parse_content_stream(self._page):
            act = does.get(str(instruction.operator))
            if act is not None:
                act(list(instruction.operands))
            if len(self._boxes) >= MOST:
                break
        return self._boxes

    def _restore(self) -> None:
        if self._kept:
            self._now = self._kept.pop()

    def _concatenate(self, matrix: Matrix) -> None:
        self._now = _times(matrix, self._now)

    def _move(self, matrix: Matrix) -> None:
        self._text = self._line = matrix

    def _step(self, x: float, y: float) -> None:
        self._text = self._line = _times((1, 0, 0, 1, x, y), self._line)

    def _step_leading(self, x: float, y: float) -> None:
        self._leading = -y
        self._step(x, y)

    def _lead(self, leading: float) -> None:
        self._leading = leading

    def _font(self, size: float) -> None:
        self._size = size

    def _next_line(self, letters: int) -> None:
        self._step(0, -self._leading)
        self._show(letters)

    def _show(self, letters: int) -> None:
        width, height = letters * AVERAGE_WIDTH * self._size, self._size
        self._keep(_times(self._text, self._now), Box(0, -0.25 * height, max(width, 0.1), height))
        self._text = _times((1, 0, 0, 1, width, 0), self._text)

    def _draw(self, name: str) -> None:
        drawn = get(self._objects, name)
        if get(drawn, "/Subtype") == "/Image":
            self._keep(self._now, Box(0, 0, 1, 1))
        elif get(drawn, "/Subtype") == "/Form":
            inner = get(drawn, "/Matrix")
            matrix = _matrix(list(inner)) if isinstance(inner, pikepdf.Array) else UNIT
            sides = [float(side) for side in get(drawn, "/BBox")]
            self._keep(_times(matrix, self._now), Box.ordered(sides[0], sides[1], sides[2], sides[3]))

    def _keep(self, matrix: Matrix, box: Box) -> None:
        corners = [_point(matrix, x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
        across, up = [x for x, _ in corners], [y for _, y in corners]
        self._boxes.append(Box(min(across), min(up), max(across), max(up)))


def _matrix(given: list[Any]) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in given)
    return a, b, c, d, e, f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
