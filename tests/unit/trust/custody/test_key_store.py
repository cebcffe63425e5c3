"""The key store keeps keys from strangers, loses none, and moves them through their life."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from trust.custody.key_store import BLINK, KeyStore
from trust.errors import KeyStoreRefused, KeyUnavailable
from trust.keys.key import Purpose, State

MASTER = bytes(range(32))
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_a_key_is_there_after_a_restart(path: Path) -> None:
    made = KeyStore.open(path, MASTER).generate(Purpose.TOKEN, "ES256", at=AT)
    found = KeyStore.open(path, MASTER).current(Purpose.TOKEN)
    assert found == made
    assert isinstance(found.private_key, ec.EllipticCurvePrivateKey)
    assert isinstance(made.private_key, ec.EllipticCurvePrivateKey)
    assert found.private_key.private_numbers() == made.private_key.private_numbers()


def test_the_file_is_for_its_owner_alone_and_shows_no_secret(path: Path) -> None:
    key = KeyStore.open(path, MASTER).generate(Purpose.DATA, "A256GCM", at=AT)
    assert path.stat().st_mode & 0o777 == 0o600
    assert key.secret not in path.read_bytes()
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)


def test_another_master_opens_nothing(path: Path) -> None:
    KeyStore.open(path, MASTER).generate(Purpose.TOKEN, "ES256", at=AT)
    with pytest.raises(KeyStoreRefused, match="wrong_master"):
        KeyStore.open(path, bytes(32))


def test_a_short_master_is_refused(path: Path) -> None:
    with pytest.raises(KeyStoreRefused, match="master_too_short"):
        KeyStore.open(path, b"secret")


def test_a_state_changed_by_hand_is_noticed(path: Path) -> None:
    key = KeyStore.open(path, MASTER).generate(Purpose.TOKEN, "ES256", at=AT)
    store = KeyStore.open(path, MASTER)
    store.set_state(key.kid, State.RETIRED, at=AT)
    outer = json.loads(path.read_text())
    outer["body"] = outer["body"].replace('"retired"', '"active"')
    path.write_text(json.dumps(outer))
    with pytest.raises(KeyStoreRefused, match="key_file_changed"):
        KeyStore.open(path, MASTER)


def test_a_change_by_another_process_is_seen_in_a_blink(path: Path) -> None:
    here, there = KeyStore.open(path, MASTER), KeyStore.open(path, MASTER)
    with pytest.raises(KeyUnavailable, match="no_seal_key"):
        here.current(Purpose.SEAL, owner="CN-44")
    key = there.generate(Purpose.SEAL, "P-256", at=AT, owner="CN-44")
    there.attach(key.kid, [b"leaf", b"issuer"])
    time.sleep(2 * BLINK)
    assert here.current(Purpose.SEAL, owner="CN-44").chain == (b"leaf", b"issuer")


def test_the_newest_active_key_makes_and_older_ones_check(path: Path) -> None:
    store = KeyStore.open(path, MASTER)
    old = store.generate(Purpose.TOKEN, "ES256", at=AT)
    new = store.generate(Purpose.TOKEN, "ES256", at=AT, state=State.PUBLISHED)
    assert store.current(Purpose.TOKEN).kid == old.kid
    assert {key.kid for key in store.usable(Purpose.TOKEN)} == {old.kid, new.kid}
    store.set_state(new.kid, State.ACTIVE, at=AT)
    store.set_state(old.kid, State.RETIRING, at=AT)
    assert store.current(Purpose.TOKEN).kid == new.kid
    store.set_state(old.kid, State.RETIRED, at=AT)
    assert [key.kid for key in store.usable(Purpose.TOKEN)] == [new.kid]


def test_a_key_says_since_when_it_is_in_its_state(path: Path) -> None:
    key = KeyStore.open(path, MASTER).generate(Purpose.TOKEN, "ES256", at=AT)
    assert key.since == AT
    KeyStore.open(path, MASTER).set_state(key.kid, State.RETIRING, at=AT + timedelta(days=1))
    found = KeyStore.open(path, MASTER).find(key.kid)
    assert (found.created_at, found.since) == (AT, AT + timedelta(days=1))


def test_a_retired_key_never_comes_back(path: Path) -> None:
    store = KeyStore.open(path, MASTER)
    key = store.generate(Purpose.TOKEN, "RS256", at=AT)
    store.set_state(key.kid, State.RETIRED, at=AT)
    with pytest.raises(KeyUnavailable, match="state_unreachable"):
        store.set_state(key.kid, State.ACTIVE, at=AT)


def test_ensuring_a_key_twice_makes_one(path: Path) -> None:
    first = KeyStore.open(path, MASTER).ensure(Purpose.RECEIPT, "ES256", at=AT)
    assert KeyStore.open(path, MASTER).ensure(Purpose.RECEIPT, "ES256", at=AT).kid == first.kid


def test_a_key_of_an_unfit_algorithm_is_refused(path: Path) -> None:
    with pytest.raises(KeyUnavailable, match="algorithm_unfit"):
        KeyStore.open(path, MASTER).generate(Purpose.DATA, "ES256", at=AT)


def test_key_objects_are_loaded_once(path: Path) -> None:
    store = KeyStore.open(path, MASTER)
    key = store.generate(Purpose.SEAL, "RSA-2048", at=AT)
    store.generate(Purpose.SEAL, "P-256", at=AT)  # the file changes
    assert store.find(key.kid).private_key is store.find(key.kid).private_key
    assert key.material is store.find(key.kid).material


def test_a_file_that_is_reached_by_a_link_is_changed_where_it_lies(path: Path, tmp_path: Path) -> None:
    """Of several machines each may have a link to the one file that they share."""
    shared = tmp_path / "shared" / "keys.json"
    path.symlink_to(shared)
    here, there = KeyStore.open(shared, MASTER), KeyStore.open(path, MASTER)
    key = there.generate(Purpose.TOKEN, "ES256", at=AT)
    assert path.is_symlink()
    time.sleep(2 * BLINK)
    assert here.current(Purpose.TOKEN) == key
    assert not path.with_name("keys.json.lock").exists()  # both wait for one lock, and it lies with the file
