"""Which of several forms of an answer a request prefers (RFC 9110 §12.5.1)."""

from collections.abc import Sequence

LONGEST = 1000


def chosen(accept: str, offered: Sequence[str]) -> str | None:
    """The offered media type that is preferred, the first of equals; None where none will do."""
    if not accept.strip():
        return offered[0]
    wishes = [_wish(part) for part in accept[:LONGEST].split(",")]
    best: tuple[float, str | None] = (0.0, None)
    for kind in offered:
        # the most specific wish that fits decides
        fitting = [(specific, weight) for range_, weight in wishes if (specific := _fits(range_, kind))]
        weight = max(fitting)[1] if fitting else 0.0
        if weight > best[0]:
            best = (weight, kind)
    return best[1]


def _wish(part: str) -> tuple[str, float]:
    range_, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                weight = min(max(float(parameter[2:6]), 0.0), 1.0)
            except ValueError:
                weight = 0.0
    return range_, weight


def _fits(range_: str, kind: str) -> int:
    """How specifically a range names the type; 0 where it does not."""
    if range_ == kind:
        return 3
    if range_ == kind.partition("/")[0] + "/*":
        return 2
    return 1 if range_ == "*/*" else 0
