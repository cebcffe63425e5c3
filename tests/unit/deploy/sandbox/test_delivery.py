"""Callbacks are posted until they are taken, signed anew each time, and given up in the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deploy.sandbox.delivery import PAUSES, Courier
from gateway.ports.egress import EgressFailed, Reply


@dataclass(slots=True)
class Receiver:
    answers: list[int | None]
    seen: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        self.seen.append(headers or {})
        status = self.answers.pop(0) if self.answers else 500
        if status is None:
            raise EgressFailed("no_answer")
        return Reply(status=status, headers={}, body=b"")


def courier(receiver: Receiver, slept: list[float]) -> Courier:
    return Courier(receiver, sleep=slept.append)


def test_it_is_carried_until_it_is_taken() -> None:
    receiver, slept = Receiver([None, 503, 204]), list[float]()
    numbers = iter("123")
    assert courier(receiver, slept).carry("http://x", lambda: {"nonce": next(numbers)}, b"")
    assert [headers["nonce"] for headers in receiver.seen] == ["1", "2", "3"]
    assert slept == list(PAUSES[:3])


def test_it_is_given_up_in_the_end() -> None:
    receiver = Receiver([])
    assert not courier(receiver, []).carry("http://x", dict, b"")
    assert len(receiver.seen) == len(PAUSES)
