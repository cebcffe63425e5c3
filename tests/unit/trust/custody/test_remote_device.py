"""Seals whose key a trust service keeps: only digests leave, and what comes back is checked."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from deploy.composing.sealing import InProcessReply
from deploy.sandbox import signature_service as simulator
from deploy.sandbox.signature_service import SignatureService
from tests.fakes.sealing_world import SealingWorld, plain_pdf
from trust.custody.csc_service import CscPlace, CscService
from trust.custody.remote_device import RemoteDevice, RemoteKey
from trust.errors import KeyUnavailable

SERVICE = CscPlace(
    service=f"https://sign.test{simulator.PATH}", client_id=simulator.CLIENT, client_secret=simulator.SECRET
)
KEY = RemoteKey(credential=simulator.CREDENTIAL, pin=simulator.PIN)


@dataclass(slots=True)
class Line:
    """The way to the service, on which somebody listens and may change what is said."""

    service: SignatureService
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    change: dict[str, dict[str, Any]] = field(default_factory=dict)
    lost: bool = False

    def __call__(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> InProcessReply:
        if self.lost:
            raise OSError
        self.heard.append((url.partition("/csc/v2/")[2], body))
        status, told = self.service.answer(method, url, headers or {}, body)
        told = told | self.change.get(self.heard[-1][0], {})
        return InProcessReply(status=status, headers={}, body=json.dumps(told).encode())

    def asked(self) -> list[str]:
        return [what for what, _ in self.heard]


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


@pytest.fixture
def line(world: SealingWorld) -> Line:
    return Line(SignatureService(world.authorities, world.clock))


def test_a_seal_by_a_service_passes_and_only_digests_leave(world: SealingWorld, line: Line) -> None:
    device = RemoteDevice(KEY, CscService(SERVICE, line, world.clock))
    for _ in range(2):
        report = world.verify(world.seal(plain_pdf(), device=device).content)
        assert report.verdict.passed, report.as_json()
        assert report.as_json()["signatures"][0]["territory"] == "MO"
    each = ["credentials/authorize", "signatures/signHash"]
    assert line.asked() == ["oauth2/token", "credentials/info", *each, *each]  # token and certificates are kept
    assert all(len(body) < 600 for _, body in line.heard)


def test_a_token_that_has_ended_is_asked_for_anew(world: SealingWorld, line: Line) -> None:
    device = RemoteDevice(KEY, CscService(SERVICE, line, world.clock))
    device.sign(bytes(32))
    world.later(minutes=20)
    device.sign(bytes(32))
    assert line.asked().count("oauth2/token") == 2


def test_a_certificate_that_the_service_renewed_is_in_the_next_seal(world: SealingWorld, line: Line) -> None:
    device = RemoteDevice(KEY, CscService(SERVICE, line, world.clock))
    old = [base64.b64encode(der).decode() for der in world.device().chain]
    line.change["credentials/info"] = {"cert": {"certificates": old}}
    begun = device.now()
    assert begun.chain == device.now().chain
    line.change.clear()  # the key, too, is another now
    with pytest.raises(KeyUnavailable, match="seal_signature_wrong"):
        begun.sign(bytes(32))
    assert begun.chain != device.now().chain
    assert device.now().sign(bytes(32))


def test_certificates_are_asked_for_anew_each_hour(world: SealingWorld, line: Line) -> None:
    device = RemoteDevice(KEY, CscService(SERVICE, line, world.clock))
    for minutes, asked in ((0, 1), (59, 1), (1, 2)):
        world.later(minutes=minutes)
        assert device.now().chain
        assert line.asked().count("credentials/info") == asked


def tokens(world: SealingWorld, lives: object, *pauses: int) -> list[int]:
    """How many tokens were asked for after each of several requests, with a pause before each."""
    asked: list[str] = []

    def egress(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> InProcessReply:
        asked.append(url)
        told = json.dumps({"access_token": "token", "expires_in": lives}).encode()
        return InProcessReply(status=200, headers={}, body=told)

    service, counted = CscService(SERVICE, egress, world.clock), []
    for seconds in pauses:
        world.later(seconds=seconds)
        service.info(simulator.CREDENTIAL)
        counted.append(sum(url.endswith("oauth2/token") for url in asked))
    return counted


@pytest.mark.parametrize(("lives", "used"), [(60, 29), (10**9, 86_369)])
def test_a_token_is_used_until_shortly_before_its_end_and_for_a_day_at_most(
    world: SealingWorld, lives: int, used: int
) -> None:
    assert tokens(world, lives, 0, used, 1) == [1, 1, 2]


@pytest.mark.parametrize("lives", [0, -1, "60", None])
def test_a_token_that_does_not_say_how_long_it_lives_is_used_once(world: SealingWorld, lives: object) -> None:
    assert tokens(world, lives, 0, 0) == [1, 2]


def test_after_a_refusal_a_token_is_asked_for_anew(world: SealingWorld, line: Line) -> None:
    service = CscService(SERVICE, line, world.clock)
    with pytest.raises(KeyUnavailable):
        service.info("another")
    service.info(simulator.CREDENTIAL)
    assert line.asked().count("oauth2/token") == 2


def test_a_chain_without_end_and_a_key_that_the_service_cannot_name_are_refused(world: SealingWorld) -> None:
    service = CscService(SERVICE, Line(SignatureService(world.authorities, world.clock)), world.clock)
    for algorithm, length, reason in (
        ("P-256", 11, "seal_key_without_certificate"),
        ("Ed25519", 1, "seal_certificate_unfit"),
    ):
        der = base64.b64encode(world.device(algorithm=algorithm).chain[0]).decode()
        with pytest.raises(KeyUnavailable, match=reason):
            service.certified({"cert": {"certificates": [der] * length}})


WRONG: dict[str, tuple[CscPlace, RemoteKey]] = {
    "secret": (replace(SERVICE, client_secret="guess"), KEY),
    "credential": (SERVICE, replace(KEY, credential="another")),
    "pin": (SERVICE, replace(KEY, pin="000000")),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_refusal_is_told_as_one(world: SealingWorld, line: Line, what: str) -> None:
    with pytest.raises(KeyUnavailable, match="key_service_refused"):
        RemoteDevice(WRONG[what][1], CscService(WRONG[what][0], line, world.clock)).sign(bytes(32))


@pytest.mark.parametrize("word", ["invalid_pin", "invalid_authentication_data", "invalid_otp"])
def test_a_pin_that_was_refused_is_not_tried_again(world: SealingWorld, line: Line, word: str) -> None:
    line.change["credentials/authorize"] = {"error": word}
    device = RemoteDevice(replace(KEY, pin="000000"), CscService(SERVICE, line, world.clock))
    for _ in range(3):
        with pytest.raises(KeyUnavailable, match="key_service_refused_pin"):
            device.sign(bytes(32))
    assert line.asked().count("credentials/authorize") == 1


def test_a_service_that_is_away_is_told(world: SealingWorld, line: Line) -> None:
    line.lost = True
    with pytest.raises(KeyUnavailable, match="key_service_unreachable"):
        RemoteDevice(KEY, CscService(SERVICE, line, world.clock)).sign(bytes(32))


LIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "another's signature": (
        "signatures/signHash",
        {"signatures": [base64.b64encode(bytes(64)).decode()]},
        "seal_signature_wrong",
    ),
    "two signatures": ("signatures/signHash", {"signatures": ["AA==", "AA=="]}, "key_service_answers_wrong"),
    "no base64": ("signatures/signHash", {"signatures": ["%"]}, "key_service_answers_wrong"),
    "no activation": ("credentials/authorize", {"SAD": None}, "key_service_answers_wrong"),
    "no certificate": ("credentials/info", {"cert": {"certificates": []}}, "seal_key_without_certificate"),
    "junk for a certificate": ("credentials/info", {"cert": {"certificates": ["AAAA"]}}, "seal_certificate_unfit"),
    "no token": ("oauth2/token", {"access_token": 7}, "key_service_answers_wrong"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_wrong_answer_makes_no_seal(world: SealingWorld, line: Line, lie: str) -> None:
    what, changed, reason = LIES[lie]
    line.change[what] = changed
    with pytest.raises(KeyUnavailable, match=reason):
        RemoteDevice(KEY, CscService(SERVICE, line, world.clock)).sign(bytes(32))


def test_an_activation_is_for_one_digest_and_one_time(world: SealingWorld, line: Line) -> None:
    RemoteDevice(KEY, CscService(SERVICE, line, world.clock)).sign(bytes(32))
    body = line.heard[-1][1]
    token = {"Authorization": "Bearer " + next(iter(line.service._tokens))}
    assert line.service.answer("POST", "/csc/v2/signatures/signHash", token, body)[0] == 400


def test_nothing_secret_is_printed() -> None:
    assert not {simulator.SECRET, simulator.PIN} & set(repr((SERVICE, KEY)).replace("'", " ").split())
