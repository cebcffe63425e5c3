"""What a process remembers is bounded."""

from gateway.flows.remembered import Remembered


def test_the_oldest_is_forgotten_first() -> None:
    remembered = Remembered[str, int](2)
    for number, name in enumerate(("a", "b", "c")):
        remembered.put(name, number)
    assert [remembered.get(name) for name in ("a", "b", "c")] == [None, 1, 2]
    assert len(remembered) == 2


def test_what_is_put_again_counts_as_the_newest() -> None:
    remembered = Remembered[str, int](2)
    for name in ("a", "b", "a", "c"):
        remembered.put(name, 1)
    assert remembered.get("a") == 1
    assert remembered.get("b") is None
