"""An interruption waits for the step that is under way, and for nothing else."""

import signal

import pytest

from deploy.commands.interrupts import Interrupts


def test_a_step_under_way_is_finished_first() -> None:
    done: list[str] = []
    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        with interrupts.whole():
            signal.raise_signal(signal.SIGINT)
            done.append("told and counted")
        done.append("the next step")
    assert done == ["told and counted"]


def test_between_two_steps_it_comes_at_once() -> None:
    done: list[str] = []
    with Interrupts() as interrupts, pytest.raises(KeyboardInterrupt):
        with interrupts.whole():
            done.append("first")
        signal.raise_signal(signal.SIGINT)
        done.append("the next step")
    assert done == ["first"]


def test_a_step_that_fails_says_its_own_error() -> None:
    with Interrupts() as interrupts, pytest.raises(OSError, match="full"), interrupts.whole():
        signal.raise_signal(signal.SIGINT)
        raise OSError("the disk is full")


def test_afterwards_signals_go_where_they_went_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
