"""A list that was verified is remembered for just these bytes, signers and code, and nobody else can write a memory."""

from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fakes.trust_lists import AT, OPERATOR, device, signed
from trust.anchors.trust_list import TrustList
from trust.custody.key_store import KeyStore
from trust.custody.vault import Vault
from trust.errors import TrustListRefused
from trust.keys.key import Purpose
from trust.trust_lists import remembered
from trust.trust_lists.files import XmlLists
from trust.trust_lists.remembered import RememberedLists

LIST = signed()


class Asked:
    """The reader of XML, counting how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def read(self, data: bytes, signers: tuple[bytes, ...], *, at: datetime | None = None) -> TrustList:
        self.times += 1
        return XmlLists().read(data, signers, at=at)


def vault(tmp_path: Path, name: str = "keys.json") -> Vault:
    keys = KeyStore.open(tmp_path / name, bytes(32))
    keys.ensure(Purpose.DATA, "A256GCM", at=AT)
    return Vault(keys)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def lists(tmp_path: Path, asked: Asked) -> RememberedLists:
    return RememberedLists(asked, folder=tmp_path / "remembered", vault=vault(tmp_path))


def memories(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "remembered").iterdir())


def test_a_list_is_verified_once_and_is_the_same_afterwards(lists: RememberedLists, asked: Asked) -> None:
    first = lists.read(LIST, OPERATOR.chain)
    assert lists.read(LIST, OPERATOR.chain) == first == XmlLists().read(LIST, OPERATOR.chain)
    assert asked.times == 1


def test_another_process_remembers_too(lists: RememberedLists, asked: Asked, tmp_path: Path) -> None:
    first = lists.read(LIST, OPERATOR.chain)
    later = RememberedLists(asked, folder=tmp_path / "remembered", vault=vault(tmp_path))
    assert (later.read(LIST, OPERATOR.chain), asked.times) == (first, 1)


def test_a_refusal_is_said_anew_each_time(lists: RememberedLists, asked: Asked, tmp_path: Path) -> None:
    lists.read(LIST, OPERATOR.chain)
    for data, signers in ((LIST + b" ", ()), (LIST.replace(b"HK", b"MO", 1), OPERATOR.chain), (LIST, device().chain)):
        for _ in range(2):
            with pytest.raises(TrustListRefused):
                lists.read(data, signers)
    assert asked.times == 7
    assert len(memories(tmp_path)) == 1


def test_whom_it_is_believed_from_is_part_of_the_name(lists: RememberedLists, asked: Asked) -> None:
    lists.read(LIST, OPERATOR.chain)
    lists.read(LIST, (*device().chain, *OPERATOR.chain))
    assert asked.times == 2


def test_other_code_verifies_anew(
    lists: RememberedLists, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists.read(LIST, OPERATOR.chain)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "read.py").write_text("pass")
    monkeypatch.setattr(remembered, "CODE", (tmp_path / "code",))
    newer = RememberedLists(asked, folder=tmp_path / "remembered", vault=vault(tmp_path))
    newer.read(LIST, OPERATOR.chain)
    assert asked.times == 2


def test_code_that_cannot_be_named_remembers_nothing(
    lists: RememberedLists, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "LIBRARIES", ("no_such_library",))
    assert lists.read(LIST, OPERATOR.chain) == lists.read(LIST, OPERATOR.chain)
    assert (asked.times, (tmp_path / "remembered").exists()) == (2, False)


def test_a_moment_that_is_asked_about_is_not_answered_from_memory(lists: RememberedLists, asked: Asked) -> None:
    lists.read(LIST, OPERATOR.chain)
    lists.read(LIST, OPERATOR.chain, at=AT)
    assert asked.times == 2


def test_what_somebody_else_wrote_is_no_memory(lists: RememberedLists, asked: Asked, tmp_path: Path) -> None:
    true = lists.read(LIST, OPERATOR.chain)
    (place,) = memories(tmp_path)
    kept = place.read_bytes()
    with_other_words = RememberedLists(
        type("Liar", (), {"read": lambda *_, **__: replace(true, sequence=99)})(),
        folder=tmp_path / "remembered",
        vault=vault(tmp_path, "others.json"),
    )
    place.unlink()
    with_other_words.read(LIST, OPERATOR.chain)  # sealed under another key, at the same place
    for content in (place.read_bytes(), kept[:-1], kept[:-1] + bytes([kept[-1] ^ 1]), b""):
        place.write_bytes(content)
        before = asked.times
        assert lists.read(LIST, OPERATOR.chain) == true
        assert asked.times == before + 1


def test_a_memory_counts_only_under_its_own_name(lists: RememberedLists, asked: Asked, tmp_path: Path) -> None:
    lists.read(LIST, OPERATOR.chain)
    (place,) = memories(tmp_path)
    kept = place.read_bytes()
    holder = device()
    other = signed(by=holder)
    read = lists.read(other, holder.chain)
    (second,) = {*memories(tmp_path)} - {place}
    second.write_bytes(kept)
    assert (lists.read(other, holder.chain), asked.times) == (read, 3)


def test_where_nothing_can_be_written_the_list_holds_all_the_same(asked: Asked, tmp_path: Path) -> None:
    (tmp_path / "remembered").write_text("a file, where a folder would be")
    lists = RememberedLists(asked, folder=tmp_path / "remembered", vault=vault(tmp_path))
    assert lists.read(LIST, OPERATOR.chain).territory == "HK"
    keyless = RememberedLists(asked, folder=tmp_path / "more", vault=Vault(KeyStore.open(tmp_path / "k", bytes(32))))
    assert keyless.read(LIST, OPERATOR.chain).territory == "HK"
    assert list((tmp_path / "more").iterdir()) == []


def test_only_so_many_are_kept(lists: RememberedLists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 1)
    lists.read(LIST, OPERATOR.chain)
    lists.read(LIST, (*device().chain, *OPERATOR.chain))
    assert len(memories(tmp_path)) == 1
