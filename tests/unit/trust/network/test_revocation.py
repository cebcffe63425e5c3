"""Revocation data is gathered once and used again while it is fresh, and no longer."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from deploy.composing.sealing import InProcessReply
from tests.fakes.sealing_world import SealingWorld
from trust.errors import EvidenceUnavailable
from trust.network import revocation
from trust.network.revocation import KEEP, RemoteRevocationSource
from trust.ports.egress import Reply


class Counting:
    """A way out that counts."""

    def __init__(self, world: SealingWorld) -> None:
        self._world = world
        self.asked = 0

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        self.asked += 1
        return self._world.egress(method, url, headers=headers, body=body)


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def test_an_answer_is_used_again_for_a_while(world: SealingWorld) -> None:
    chain, line = world.device().chain, Counting(world)
    source = RemoteRevocationSource(line, world.clock)
    first = source.collect((chain,))
    asked = line.asked
    assert asked == 2  # the seal and its issuer; the root answers for itself
    assert source.collect((chain,)) == first
    assert line.asked == asked
    world.now += KEEP
    source.collect((chain,))
    assert line.asked == 2 * asked


def test_an_answer_is_not_used_beyond_its_end(world: SealingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "KEEP", timedelta(days=30))
    chain, line = world.device().chain, Counting(world)
    source = RemoteRevocationSource(line, world.clock)
    source.collect((chain,))
    asked = line.asked
    world.later(days=2)  # OCSP answers of the sandbox live a day
    source.collect((chain,))
    assert line.asked > asked


def test_no_more_is_kept_than_has_a_place(world: SealingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation, "MOST_KEPT", 3)
    source = RemoteRevocationSource(Counting(world), world.clock)
    for _ in range(5):
        source.collect((world.device().chain,))
        assert len(source._kept) <= 3
    assert len(source._kept) == 3


class Stale:
    """Somebody between: each answer is the first one that was ever given to the same question."""

    def __init__(self, world: SealingWorld) -> None:
        self._world = world
        self._given: dict[tuple[str, bytes], Reply] = {}

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        if (url, body) not in self._given:
            self._given[url, body] = self._world.egress(method, url, headers=headers, body=body)
        return self._given[url, body]


def test_no_answer_is_sealed_in_that_nobody_would_believe(world: SealingWorld) -> None:
    chain, line = world.device().chain, Stale(world)
    assert RemoteRevocationSource(line, world.clock).collect((chain,)).ocsps
    world.later(days=2)  # OCSP answers of the sandbox live a day, its lists longer
    found = RemoteRevocationSource(line, world.clock).collect((chain,))
    assert (found.ocsps, bool(found.crls)) == ((), True)
    world.later(days=300)
    with pytest.raises(EvidenceUnavailable, match="revocation_unreachable"):
        RemoteRevocationSource(line, world.clock).collect((chain,))


def test_who_somebody_between_calls_revoked_is_not_taken_for_it(world: SealingWorld) -> None:
    chain = world.device().chain

    def told_by_another(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        issuer = x509.load_der_x509_certificate(chain[1])
        certificate = x509.load_der_x509_certificate(chain[0])
        answer = ocsp.OCSPResponseBuilder().add_response(
            certificate, issuer, hashes.SHA1(), ocsp.OCSPCertStatus.REVOKED, world.now, None, world.now, None
        )
        made = answer.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer).sign(
            ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()
        )
        return InProcessReply(status=200, headers={}, body=made.public_bytes(Encoding.DER))

    with pytest.raises(EvidenceUnavailable, match="revocation_unreachable"):
        RemoteRevocationSource(told_by_another, world.clock).collect((chain[:2],))
