"""A timestamp is taken only from an authority that answers just what was asked; the next one is asked otherwise."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp
from msgspec.structs import replace

from deploy.sandbox.pki import timestamps as sandbox
from tests.fakes.sealing_world import BASE, SealingWorld
from trust.errors import StampUnavailable
from trust.network.timestamps import RemoteTimestampAuthority
from trust.ports.egress import Reply

DIGEST = bytes(range(32))
GOOD, OTHER = f"{BASE}/pki/CN-44/tsa", f"{BASE}/pki/HK/tsa"
LOST = "http://lost.test/tsa"


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


class Line:
    """The way to the authorities, on which somebody sits."""

    def __init__(self, world: SealingWorld, change: Callable[[bytes], bytes] = lambda body: body) -> None:
        self._world, self._change = world, change
        self.asked: list[str] = []

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        self.asked.append(url)
        if url == LOST:
            raise OSError
        return self._world.egress(method, url, headers=headers, body=self._change(body))


def info(token: bytes) -> tsp.TSTInfo:
    from asn1crypto import cms  # noqa: PLC0415

    return cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed


def asking(change: str) -> Callable[[bytes], bytes]:
    """The question, changed on its way."""

    def changed(body: bytes) -> bytes:
        asked = tsp.TimeStampReq.load(body)
        if change == "nonce":
            asked["nonce"] = 7
        elif change == "digest":
            asked["message_imprint"]["hashed_message"] = bytes(32)
        return bytes(asked.dump(force=True))

    return changed


def test_the_token_is_about_the_digest(world: SealingWorld) -> None:
    token = RemoteTimestampAuthority(world.egress, (GOOD,)).stamp(DIGEST)
    assert info(token)["message_imprint"]["hashed_message"].native == DIGEST
    assert info(token)["policy"].native == sandbox.POLICY


@pytest.mark.parametrize("change", ["nonce", "digest"])
def test_an_answer_to_another_question_is_not_taken(world: SealingWorld, change: str) -> None:
    with pytest.raises(StampUnavailable, match="stamp_answers_another_question"):
        RemoteTimestampAuthority(Line(world, asking(change)), (GOOD,)).stamp(DIGEST)


def test_an_authority_without_the_wanted_policy_is_not_taken(world: SealingWorld) -> None:
    with pytest.raises(StampUnavailable, match="stamp_authority_refused"):
        RemoteTimestampAuthority(world.egress, (GOOD,), policy="1.2.3.4").stamp(DIGEST)
    token = RemoteTimestampAuthority(world.egress, (GOOD,), policy=sandbox.POLICY).stamp(DIGEST)
    assert info(token)["policy"].native == sandbox.POLICY


def test_a_token_that_its_certificate_did_not_sign_is_not_taken(world: SealingWorld) -> None:
    def send(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        reply = world.egress(method, url, headers=headers, body=body)
        return replace(reply, body=reply.body[:-1] + bytes([reply.body[-1] ^ 1]))  # type: ignore[type-var]  # a struct behind the port

    with pytest.raises(StampUnavailable, match="stamp_signature_wrong"):
        RemoteTimestampAuthority(send, (GOOD,)).stamp(DIGEST)


@pytest.mark.parametrize("length", [0, 1, 5, 40, 400])
def test_an_answer_cut_short_is_unreadable(world: SealingWorld, length: int) -> None:
    def send(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        reply = world.egress(method, url, headers=headers, body=body)
        return replace(reply, body=reply.body[:length])  # type: ignore[type-var]  # a struct behind the port

    with pytest.raises(StampUnavailable, match="stamp_unreadable"):
        RemoteTimestampAuthority(send, (GOOD,)).stamp(DIGEST)


def test_the_next_authority_is_asked_and_what_failed_is_told(world: SealingWorld) -> None:
    assert RemoteTimestampAuthority(Line(world), (LOST, OTHER)).stamp(DIGEST)
    with pytest.raises(StampUnavailable) as refused:
        RemoteTimestampAuthority(Line(world), (LOST, f"{BASE}/pki/HK/nowhere")).stamp(DIGEST)
    assert refused.value.failures == (
        ("lost.test", "stamp_authority_unreachable"),
        ("sandbox.test", "stamp_authority_refused"),
    )
    with pytest.raises(StampUnavailable, match="stamp_authority_missing"):
        RemoteTimestampAuthority(Line(world), ()).stamp(DIGEST)


def test_one_that_failed_is_asked_last_for_a_minute(world: SealingWorld) -> None:
    line = Line(world)
    authorities = RemoteTimestampAuthority(line, (LOST, OTHER), clock=world.clock)
    authorities.stamp(DIGEST)
    authorities.stamp(DIGEST)
    assert line.asked == [LOST, OTHER, OTHER]
    world.later(minutes=2)
    authorities.stamp(DIGEST)
    assert line.asked[3:] == [LOST, OTHER]


@pytest.mark.parametrize("minutes", [-6, 6])
def test_no_seal_shows_another_time_than_its_timestamp_proves(world: SealingWorld, minutes: int) -> None:
    asking = RemoteTimestampAuthority(world.egress, (GOOD,), clock=lambda: world.now + timedelta(minutes=minutes))
    with pytest.raises(StampUnavailable, match="stamp_at_another_time"):
        asking.stamp(DIGEST)
    assert RemoteTimestampAuthority(world.egress, (GOOD,), clock=world.clock).stamp(DIGEST)
