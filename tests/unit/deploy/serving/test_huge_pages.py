"""Which of a process's memory huge pages serve."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.serving.huge_pages import HUGE, ask_for_huge_pages, ranges
from tests.fixtures.serving import say
from tests.unit.deploy.serving.conftest import Serve
from tests.unit.deploy.serving.test_server import until

FULL_HEAP = """\
30000000-30700000 rw-p 00000000 00:00 0                                  [heap]
Size:               7168 kB
Rss:                6000 kB
VmFlags: rd wr mr mw me ac
"""
NAMELESS = "7f0000100000-7f0000900000 rw-p 00000000 00:00 0 \nRss:                8192 kB\n"
STACK_OF_A_THREAD = "7f0001000000-7f0001800000 rw-p 00000000 00:00 0 \nRss:                 100 kB\n"
SMALL = "7f0002000000-7f0002100000 rw-p 00000000 00:00 0 \nRss:                1024 kB\n"
LIBRARY = "7f0003000000-7f0003800000 rw-p 00000000 fe:00 77     /usr/lib/libx.so\nRss:                8192 kB\n"
CODE = "7f0004000000-7f0004800000 r-xp 00000000 fe:00 77     /usr/lib/libx.so\nRss:                8192 kB\n"
MAIN_STACK = "7ffc00000000-7ffc00800000 rw-p 00000000 00:00 0    [stack]\nRss:                8192 kB\n"


def test_what_is_full_is_named_from_border_to_border() -> None:
    assert list(ranges(FULL_HEAP + NAMELESS)) == [
        (0x30000000, 0x30600000),
        (0x7F0000200000, 0x7F0000800000),
    ]
    assert all(end % HUGE == first % HUGE == 0 for first, end in ranges(FULL_HEAP + NAMELESS))


def test_what_is_hardly_used_or_small_or_of_a_file_is_left_as_it_is() -> None:
    assert list(ranges(STACK_OF_A_THREAD + SMALL + LIBRARY + CODE + MAIN_STACK)) == []


def test_of_several_ranges_each_is_judged_by_itself() -> None:
    assert list(ranges(NAMELESS + STACK_OF_A_THREAD + FULL_HEAP)) == [
        (0x7F0000200000, 0x7F0000800000),
        (0x30000000, 0x30600000),
    ]


def test_a_name_that_looks_like_a_line_of_its_own_is_none() -> None:
    odd = "7f0005000000-7f0005800000 rw-p 00000000 fe:00 77     /tmp/a\x1cb: c\nRss:                8192 kB\n\n"
    assert list(ranges(odd + NAMELESS)) == [(0x7F0000200000, 0x7F0000800000)]


def test_asking_changes_nothing_of_what_is_kept() -> None:
    kept = [bytes([number % 251]) * 4096 for number in range(2000)]  # eight megabytes
    asked = list(ask_for_huge_pages())
    assert len(set(asked)) == len(asked)
    assert all(page % HUGE == 0 for page in asked)
    assert all(each == bytes([number % 251]) * 4096 for number, each in enumerate(kept))


def test_where_the_system_does_not_tell_its_ranges_nothing_is_asked(tmp_path: Path) -> None:
    assert list(ask_for_huge_pages(tmp_path / "missing")) == []


def test_a_server_asks_for_one_after_another_to_the_last(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    def ask() -> Iterator[int]:
        for page in range(0, 5 * HUGE, HUGE):
            asked.append(page)
            yield page

    monkeypatch.setattr("deploy.serving.server.ask_for_huge_pages", ask)
    monkeypatch.setattr("deploy.serving.huge_pages.ASKED_AFTER", (0.0,))
    monkeypatch.setattr("deploy.serving.huge_pages.PAUSE", 0.0)
    line = serve({"/brief": say("here")}).line()
    assert line.get("/brief")[2] == b"here"
    until(lambda: len(asked) == 5)
