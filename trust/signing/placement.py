"""Where on a page a seal stands: at its foot, in reading direction, whatever the page's rotation and size."""

from collections.abc import Sequence

from trust.frozen import Frozen

WIDTH, HEIGHT, MARGIN = 176.0, 46.0, 10.0  # points as displayed


class Box(Frozen, kw_only=False):
    """A rectangle, lower left to upper right."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def ordered(cls, a: float, b: float, c: float, d: float) -> "Box":
        """The rectangle between any two opposite corners (ISO 32000-2 §7.9.5)."""
        return cls(min(a, c), min(b, d), max(a, c), max(b, d))

    @property
    def width(self) -> float:
        """Along x."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Along y."""
        return self.y1 - self.y0

    def meets(self, other: "Box") -> bool:
        """Whether they share any area."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def within(self, other: "Box") -> "Box":
        """What of this lies in the other; the other itself where they do not meet."""
        if not self.meets(other):
            return other
        return Box(max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1))


class Place(Frozen):
    """Where the seal stands in the page's own coordinates, and how it is turned."""

    box: Box
    width: float  # of the seal as drawn, before it is turned
    height: float
    matrix: tuple[int, int, int, int]


TURNS = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def place(page: Box, rotation: int, unit: float, taken: Sequence[Box] = ()) -> Place:
    """The first of six places at the page's edge that covers nothing; at the foot, on the right, if all do."""
    turn = rotation % 360 if rotation % 90 == 0 else 0
    across, up = (page.height, page.width) if turn in (90, 270) else (page.width, page.height)
    # a tiny page gets a tiny seal: never more than half its width or a quarter of its height
    scale = min(1 / unit, across * 0.5 / WIDTH, up * 0.25 / HEIGHT)
    width, height, margin = WIDTH * scale, HEIGHT * scale, MARGIN * scale
    right, middle, left = across - width - margin, (across - width) / 2, margin
    foot, head = margin, up - height - margin
    spots = [(right, foot), (left, foot), (middle, foot), (right, head), (left, head), (middle, head)]
    boxes = [_in_user_space(page, turn, Box(x, y, x + width, y + height)) for x, y in spots]
    free = (box for box in boxes if not any(box.meets(other) for other in taken))
    return Place(box=next(free, boxes[0]), width=width, height=height, matrix=TURNS[turn])


def within(box: Box, rotation: int) -> Place:
    """A seal that fills a place which somebody else chose."""
    turn = rotation % 360 if rotation % 90 == 0 else 0
    width, height = (box.height, box.width) if turn in (90, 270) else (box.width, box.height)
    return Place(box=box, width=width, height=height, matrix=TURNS[turn])


def _in_user_space(page: Box, turn: int, shown: Box) -> Box:
    """A box as seen on the turned page, in the coordinates of the page itself."""

    def point(x: float, y: float) -> tuple[float, float]:
        match turn:
            case 90:
                return page.x1 - y, page.y0 + x
            case 180:
                return page.x1 - x, page.y1 - y
            case 270:
                return page.x0 + y, page.y1 - x
            case _:
                return page.x0 + x, page.y0 + y

    return Box.ordered(*point(shown.x0, shown.y0), *point(shown.x1, shown.y1))
