"""An interruption waits for the step that is under way, and for nothing else."""

import signal

import pytest

from deploy.commands.interrupts import Interrupts


def two_steps(done: list[str], *, asked_within: bool) -> None:
    with Interrupts() as interrupts:
        with interrupts.whole():
            if asked_within:
                signal.raise_signal(signal.SIGINT)
            done.append("told and counted")
        if not asked_within:
            signal.raise_signal(signal.SIGINT)
        done.append("the next step")


@pytest.mark.parametrize("asked_within", [True, False], ids=["within a step", "between two"])
def test_a_step_under_way_is_finished_and_the_next_is_not_begun(asked_within: bool) -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        two_steps(done, asked_within=asked_within)
    assert done == ["told and counted"]


def failing() -> None:
    with Interrupts() as interrupts, interrupts.whole():
        signal.raise_signal(signal.SIGINT)
        raise OSError("the disk is full")


def test_a_step_that_fails_says_its_own_error() -> None:
    with pytest.raises(OSError, match="full"):
        failing()


def test_afterwards_signals_go_where_they_went_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
