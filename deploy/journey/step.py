"""A step of the journey: what it was, and what it proved."""

from gateway.frozen import Frozen


class Failed(Exception):
    """A step did not go as promised: what was expected, and what was there instead."""

    def __init__(self, expected: str, seen: str = "") -> None:
        super().__init__(f"expected {expected}" + (f"; seen: {seen}" if seen else ""))


class Step(Frozen):
    """One played step; `problem` is empty when it went as promised."""

    resident: str
    title: str
    proved: tuple[str, ...] = ()
    seconds: float = 0.0
    problem: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "resident": self.resident,
            "step": self.title,
            "passed": not self.problem,
            "proved": list(self.proved),
            "seconds": round(self.seconds, 3),
            **({"problem": self.problem} if self.problem else {}),
        }


def expect(holds: object, expected: str, seen: object = "") -> None:
    """Go on only if it holds."""
    if not holds:
        raise Failed(expected, str(seen))
