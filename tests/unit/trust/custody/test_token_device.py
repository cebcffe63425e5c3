"""Seals whose key lies in a hardware token: one session, and no signature that is not checked."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pkcs11
import pytest
from pkcs11 import KeyType, TokenFlag
from pkcs11 import exceptions as failures

from tests.fakes.sealing_world import SealingWorld, plain_pdf
from tests.fixtures.softhsm import Token, needs_softhsm, other_token, token
from trust.custody.token_device import TokenDevice, TokenKey
from trust.errors import KeyUnavailable

__all__ = ["token"]  # a fixture
pytestmark = needs_softhsm


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def place(token: Token, key: str, *, pin: str = "", label: str = "", module: str = "") -> TokenKey:
    return TokenKey(module=module or token.module, token=label or token.label, key=key, pin=pin or token.pin)


@pytest.mark.parametrize("algorithm", ["P-256", "RSA-2048"])
def test_a_seal_by_a_token_passes(world: SealingWorld, token: Token, algorithm: str) -> None:
    chain = token.make(f"seal {algorithm}", algorithm, world.authorities)
    device = TokenDevice(place(token, f"seal {algorithm}"), chain)
    report = world.verify(world.seal(plain_pdf(), device=device).content)
    assert report.verdict.passed, report.as_json()
    device.close()
    assert world.verify(world.seal(plain_pdf(), device=device).content).verdict.passed  # a new session is opened
    device.close()


def test_many_threads_share_its_session(world: SealingWorld, token: Token) -> None:
    device = TokenDevice(place(token, "shared"), token.make("shared", "P-256", world.authorities))
    signatures: list[bytes] = []
    threads = [threading.Thread(target=lambda: signatures.append(device.sign(bytes(32)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(signatures)) == 8
    device.close()


def test_a_certificate_of_another_key_is_noticed(world: SealingWorld, token: Token) -> None:
    token.make("one", "P-256", world.authorities)
    other = token.make("other", "P-256", world.authorities)
    device = TokenDevice(place(token, "one"), other)
    with pytest.raises(KeyUnavailable, match="seal_signature_wrong"):
        device.sign(bytes(32))
    device.close()


def test_what_is_not_there_is_said(world: SealingWorld, token: Token, tmp_path: Path) -> None:
    told = {
        "key_device_without_key": place(token, "nobody's"),
        "key_device_unreachable": place(token, "one", label="another token"),
    }
    for reason, wrong in told.items():
        with pytest.raises(KeyUnavailable, match=reason):
            TokenDevice(wrong).sign(bytes(32))
    with pytest.raises(KeyUnavailable, match="key_device_unreachable"):
        TokenDevice(place(token, "one", module=other_token(tmp_path))).sign(bytes(32))


def test_a_wrong_pin_is_tried_once(world: SealingWorld, token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    device, opened = TokenDevice(place(token, "one", pin="0000000")), list[str]()
    loaded = pkcs11.lib

    def counted(module: str) -> object:
        opened.append(module)
        return loaded(module)

    monkeypatch.setattr(pkcs11, "lib", counted)
    for _ in range(3):
        with pytest.raises(KeyUnavailable, match="key_device_refused_pin"):
            device.sign(bytes(32))
    assert len(opened) == 1
    assert "0000000" not in repr(device._place)


@pytest.mark.parametrize("flag", [TokenFlag.USER_PIN_FINAL_TRY, TokenFlag.USER_PIN_LOCKED])
def test_a_token_that_has_one_try_left_is_left_alone(
    world: SealingWorld, token: Token, monkeypatch: pytest.MonkeyPatch, flag: TokenFlag
) -> None:
    """Each process tries a wrong PIN once, and there are many; the token itself knows how many were tried."""
    tried: list[str] = []
    found = SimpleNamespace(flags=TokenFlag.LOGIN_REQUIRED | flag, open=lambda **_: tried.append("a PIN"))
    monkeypatch.setattr(pkcs11, "lib", lambda _: SimpleNamespace(get_token=lambda **_: found))
    with pytest.raises(KeyUnavailable, match="key_device_pin_at_risk"):
        TokenDevice(place(token, "one")).sign(bytes(32))
    assert not tried


def test_without_a_pin_none_is_tried(world: SealingWorld, token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(pkcs11, "lib", opened.append)
    for _ in range(2):
        with pytest.raises(KeyUnavailable, match="key_device_without_pin"):
            TokenDevice(TokenKey(module=token.module, token=token.label, key="one", pin="")).sign(bytes(32))
    assert not opened


def test_who_waited_while_the_session_ended_opens_another(
    world: SealingWorld, token: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = TokenDevice(place(token, "waited for"), token.make("waited for", "P-256", world.authorities))
    known = device._opened

    def opened_and_gone() -> Any:
        certified = known()
        device.close()
        return certified

    monkeypatch.setattr(device, "_opened", opened_and_gone)
    assert device.sign(bytes(32))
    device.close()


@pytest.mark.parametrize("failure", [failures.OperationActive, failures.FunctionFailed, failures.SessionCount])
def test_a_session_in_which_a_signature_failed_is_not_used_again(
    world: SealingWorld, token: Token, failure: type[Exception]
) -> None:
    key = failure.__name__
    device = TokenDevice(place(token, key), token.make(key, "P-256", world.authorities))
    assert device.chain

    def fail(*_: object, **__: object) -> bytes:
        raise failure

    device._key = SimpleNamespace(sign=fail, key_type=KeyType.EC)
    with pytest.raises(KeyUnavailable, match="key_device_failed"):
        device.sign(bytes(32))
    assert device.sign(bytes(32))
    device.close()


def test_a_key_without_certificate_makes_no_seal(world: SealingWorld, token: Token) -> None:
    token.make("bare", "P-256", world.authorities)
    with pytest.raises(KeyUnavailable, match="seal_key_without_certificate"):
        _ = TokenDevice(place(token, "bare")).chain


def test_two_keys_of_one_token_sign_beside_each_other(world: SealingWorld, token: Token) -> None:
    devices = [TokenDevice(place(token, key), token.make(key, "P-256", world.authorities)) for key in ("left", "right")]
    for device in (*devices, *devices):
        assert device.sign(bytes(32))
    for device in devices:
        device.close()
