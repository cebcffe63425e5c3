"""Two gateways do not quarrel over one data directory of the sandbox."""

from pathlib import Path

import pytest

from deploy.claim import Taken, claim


def test_who_comes_second_is_told_where_the_first_one_listens(tmp_path: Path) -> None:
    with claim(tmp_path, 8000), pytest.raises(Taken) as taken:
        claim(tmp_path, 9000)
    assert taken.value.port == "8000"


def test_a_directory_is_free_once_its_gateway_has_ended(tmp_path: Path) -> None:
    claim(tmp_path, 8000).close()
    with claim(tmp_path, 9000) as held:
        held.seek(0)
        assert held.read() == "9000"


def test_another_directory_is_another_s(tmp_path: Path) -> None:
    with claim(tmp_path / "one", 8000), claim(tmp_path / "two", 9000):
        pass
