"""The vault gives a value back to its own context only, across key changes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from trust.custody.key_store import KeyStore
from trust.custody.vault import Vault
from trust.errors import SealBroken
from trust.keys.key import Purpose, State

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    store = KeyStore.open(tmp_path / "keys.json", bytes(range(32)))
    store.generate(Purpose.DATA, "A256GCM", at=AT)
    store.generate(Purpose.INDEX, "HS256", at=AT)
    return store


def test_a_sealed_value_opens_in_its_context(keys: KeyStore) -> None:
    vault = Vault(keys)
    sealed = vault.seal("陳大文".encode(), context="accounts.name:7")
    assert "陳大文".encode() not in sealed
    assert vault.open(sealed, context="accounts.name:7").decode() == "陳大文"


def test_a_value_moved_to_another_row_does_not_open(keys: KeyStore) -> None:
    vault = Vault(keys)
    with pytest.raises(SealBroken, match="sealed_value_changed"):
        vault.open(vault.seal(b"x", context="row:1"), context="row:2")


@pytest.mark.parametrize("place", [5, 16, 20, -1])
def test_a_changed_value_does_not_open(keys: KeyStore, place: int) -> None:
    vault = Vault(keys)
    sealed = bytearray(vault.seal(b"plain text", context="c"))
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        vault.open(bytes(sealed), context="c")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + bytes(60), b"\x01\x00\x00\x00\x63" + bytes(60)])
def test_what_the_vault_did_not_make_is_refused(keys: KeyStore, sealed: bytes) -> None:
    with pytest.raises(SealBroken):
        Vault(keys).open(sealed, context="c")


def test_after_a_new_data_key_old_values_still_open(keys: KeyStore) -> None:
    vault = Vault(keys)
    old = vault.seal(b"before", context="c")
    first = keys.current(Purpose.DATA)
    keys.generate(Purpose.DATA, "A256GCM", at=AT)
    keys.set_state(first.kid, State.RETIRED, at=AT)
    new = vault.seal(b"after", context="c")
    assert (vault.open(old, context="c"), vault.open(new, context="c")) == (b"before", b"after")
    assert (vault.is_current(old), vault.is_current(new)) == (False, True)


def test_an_index_is_stable_and_tells_kinds_apart(keys: KeyStore) -> None:
    vault = Vault(keys)
    assert vault.index("hkid", "A123456(3)") == vault.index("hkid", "A123456(3)")
    assert vault.index("hkid", "A123456(3)") != vault.index("permit", "A123456(3)")
    assert vault.index("a", "bc") != vault.index("ab", "c")


def test_during_a_change_of_index_key_both_look_ups_are_known(keys: KeyStore) -> None:
    vault = Vault(keys)
    before = vault.index("hkid", "A1")
    keys.generate(Purpose.INDEX, "HS256", at=AT)
    assert vault.index("hkid", "A1") != before
    assert vault.indexes("hkid", "A1") == (vault.index("hkid", "A1"), before)


def test_what_another_process_sealed_under_a_new_key_opens_at_once(keys: KeyStore, tmp_path: Path) -> None:
    here, elsewhere = Vault(keys), KeyStore.open(tmp_path / "keys.json", bytes(range(32)))
    here.open(here.seal(b"x", context="c"), context="c")  # the file was looked at this moment
    elsewhere.generate(Purpose.DATA, "A256GCM", at=AT)
    assert here.open(Vault(elsewhere).seal(b"new", context="c"), context="c") == b"new"
    assert here.is_current(here.seal(b"newer", context="c"))
