"""What one process puts into memory another sees, whole and nothing besides."""

import os

import pytest

from tests.fakes.sealing_world import plain_pdf
from trust.pades import in_memory, revision


def test_what_was_put_is_seen() -> None:
    held = in_memory.empty()
    in_memory.put(held, b"0123456789")
    assert in_memory.seen(held, 10)[:] == b"0123456789"
    os.close(held)


@pytest.mark.parametrize("later", [b"a", b"", b"a longer one than before"])
def test_nothing_is_left_of_what_was_there_before(later: bytes) -> None:
    held = in_memory.empty()
    in_memory.put(held, b"0123456789")
    in_memory.put(held, later)
    assert (in_memory.seen(held, len(later))[:], os.fstat(held).st_size) == (later, len(later))
    os.close(held)


def test_a_document_stays_readable_after_its_memory_was_let_go() -> None:
    held = in_memory.empty()
    in_memory.put(held, plain_pdf(3))
    with revision.whole(b"", held=held) as pdf:
        os.close(held)
        assert len(pdf.pages) == 3


def test_where_there_is_no_such_memory_a_file_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create")
    held = in_memory.empty()
    in_memory.put(held, b"0123456789")
    assert in_memory.seen(held, 10)[:] == b"0123456789"
    os.close(held)
