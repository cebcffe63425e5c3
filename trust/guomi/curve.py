"""The SM2 curve (GB/T 32918.5) and the one sum that verifying needs: a multiple of G plus a multiple of a key.

Everything here is public, so nothing needs to take constant time; this code must never see a private key.
Points are counted in Jacobian coordinates (x = X/Z², y = Y/Z³), both multiples at once (Shamir's trick) over their
width-w non-adjacent forms.
"""

from functools import cache

from trust.frozen import Frozen

Point = tuple[int, int]
Jacobian = tuple[int, int, int]

INFINITY: Jacobian = (1, 1, 0)
WIDTH_OF_BASE = 8  # 64 multiples of G, made once
WIDTH_OF_KEY = 5  # 8 multiples of the key, made for each signature


class Curve(Frozen):
    """y² = x³ + ax + b over the integers modulo p, with a base point of prime order n; the cofactor is 1."""

    p: int
    a: int  # may be written as a small negative number, which is faster
    b: int
    n: int
    base: Point

    def holds(self, point: Point) -> bool:
        """Whether this is a point of the curve, written in the one way a point is written."""
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x + self.a) * x - self.b) % self.p == 0


SM2 = Curve(
    p=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF,
    a=-3,
    b=0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
    n=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    base=(
        0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
        0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
    ),
)


def sum_of_multiples(curve: Curve, s: int, t: int, key: Point) -> Point | None:
    """s·G + t·key, or None for the point at infinity."""
    p, a = curve.p, curve.a
    of_base, of_key = _multiples_of_base(curve), _odd_multiples(curve, key, WIDTH_OF_KEY)
    first, second = _non_adjacent(s, WIDTH_OF_BASE), _non_adjacent(t, WIDTH_OF_KEY)
    length = max(len(first), len(second))
    first += [0] * (length - len(first))
    second += [0] * (length - len(second))
    total = INFINITY
    for of_s, of_t in zip(reversed(first), reversed(second), strict=True):
        x, y, z = total
        if z:  # doubled in place: this is where nearly all the time goes
            yy = y * y % p
            zz = z * z % p
            beta = 4 * x * yy % p
            slope = 3 * (x - zz) * (x + zz) % p if a == -3 else (3 * x * x + a * (zz * zz % p)) % p
            x = (slope * slope - 2 * beta) % p
            total = x, (slope * (beta - x) - 8 * yy * yy) % p, 2 * y * z % p
        if of_s:
            total = _add(p, a, total, _signed(of_base, of_s, p))
        if of_t:
            total = _add(p, a, total, _signed(of_key, of_t, p))
    return next(iter(_flatten(p, [total])))


def _double(p: int, a: int, point: Jacobian) -> Jacobian:
    x, y, z = point
    if not z or not y:
        return INFINITY
    yy = y * y % p
    zz = z * z % p
    beta = 4 * x * yy % p
    slope = (3 * x * x + a * (zz * zz % p)) % p
    x3 = (slope * slope - 2 * beta) % p
    return x3, (slope * (beta - x3) - 8 * yy * yy) % p, 2 * y * z % p


def _add(p: int, a: int, point: Jacobian, other: Point) -> Jacobian:
    """A Jacobian and a plain point, whatever the two are to each other."""
    x1, y1, z1 = point
    x2, y2 = other
    if not z1:
        return x2, y2, 1
    zz = z1 * z1 % p
    across = (x2 * zz - x1) % p
    up = (y2 * zz * z1 - y1) % p
    if not across:
        return INFINITY if up else _double(p, a, point)
    square = across * across % p
    cube = square * across % p
    v = x1 * square % p
    x3 = (up * up - cube - 2 * v) % p
    return x3, (up * (v - x3) - y1 * cube) % p, z1 * across % p


def _non_adjacent(number: int, width: int) -> list[int]:
    """Signed odd digits, lowest first, no two non-zero ones within `width` places."""
    digits: list[int] = []
    whole, half = 1 << width, 1 << (width - 1)
    while number:
        digit = 0
        if number & 1:
            digit = number & (whole - 1)
            if digit >= half:
                digit -= whole
            number -= digit
        digits.append(digit)
        number >>= 1
    return digits


def _signed(odd: tuple[Point, ...], digit: int, p: int) -> Point:
    if digit > 0:
        return odd[digit >> 1]
    x, y = odd[-digit >> 1]
    return x, p - y


def _odd_multiples(curve: Curve, point: Point, width: int) -> tuple[Point, ...]:
    """1, 3, 5, … times the point. Its order is a large prime, so none of them is infinite."""
    p, a = curve.p, curve.a
    (twice,) = _flatten(p, [_double(p, a, (*point, 1))])
    assert twice is not None
    multiples: list[Jacobian] = [(*point, 1)]
    for _ in range((1 << (width - 2)) - 1):
        multiples.append(_add(p, a, multiples[-1], twice))
    flat = _flatten(p, multiples)
    return tuple(known for known in flat if known is not None)


@cache
def _multiples_of_base(curve: Curve) -> tuple[Point, ...]:
    return _odd_multiples(curve, curve.base, WIDTH_OF_BASE)


def _flatten(p: int, points: list[Jacobian]) -> list[Point | None]:
    """Plain coordinates of all points for the price of one inversion (Montgomery's trick)."""
    running, products = 1, []
    for _, _, z in points:
        products.append(running)
        running = running * (z or 1) % p
    inverse = pow(running, -1, p)
    flat: list[Point | None] = []
    for (x, y, z), before in zip(reversed(points), reversed(products), strict=True):
        over_z = inverse * before % p
        inverse = inverse * (z or 1) % p
        square = over_z * over_z % p
        flat.append((x * square % p, y * square * over_z % p) if z else None)
    flat.reverse()
    return flat
