"""While a command loads, nobody looks for what could be thrown away; afterwards somebody does, however it ended."""

import gc

import pytest

from deploy.commands.loading import loading


def test_nothing_is_looked_through_while_something_is_loaded() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_went_wrong_while_loading_leaves_nothing_switched_off() -> None:
    with pytest.raises(ModuleNotFoundError), loading():
        raise ModuleNotFoundError
    assert gc.isenabled()
