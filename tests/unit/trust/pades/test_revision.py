"""A revision read piece by piece says what a copy of it says."""

from random import Random

import pytest

from tests.attacks import kinds
from tests.attacks.documents import BASES, base
from trust.pades import reader, revision

pytestmark = pytest.mark.filterwarnings("ignore")

ATTACKS = frozenset({"isa_content", "evil_annotation", "catalogue", "isa_object_stream", "one_byte"})


def documents() -> list[bytes]:
    found = [base(name) for name in BASES]
    for attack in (each for each in kinds.RECOGNISED if each.__name__ in ATTACKS):
        found += [attack(base(name), Random(2)) for name in ("our seal, B-LTA", "approval over object streams")]
    return found


def test_the_facts_are_the_same_however_a_revision_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    copied = [reader.read(pdf) for pdf in documents()]
    monkeypatch.setattr(revision, "LARGE", 0)
    monkeypatch.setattr(revision, "SPARSE", 1)
    assert [reader.read(pdf) for pdf in documents()] == copied


def test_a_revision_ends_where_it_ends() -> None:
    beginning = revision._Beginning(b"0123456789", 6)
    beginning.seek(-2, 2)
    assert (beginning.read(9), beginning.tell(), beginning.read(1)) == (b"45", 6, b"")
    beginning.seek(20)
    assert beginning.read(1) == b""
