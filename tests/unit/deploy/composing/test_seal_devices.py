"""Whose key makes the next seal: the newest that was admitted, of whichever kind, from the moment it is there."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from deploy.composing.seal_devices import SealDevices
from deploy.composing.seal_keys_told import WarnOfSeal
from deploy.composing.sealing import InProcessReply
from deploy.sandbox import signature_service as simulator
from deploy.sandbox.signature_service import SignatureService
from tests.fakes.sealing_world import PROFILE, SealingWorld, plain_pdf
from trust.custody.stored_key import StoredKey
from trust.keys.key import Purpose
from trust.ports.egress import Reply
from trust.settings import RemoteSealKey, TrustSettings

PRIVATE: dict[str, Callable[[], ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey]] = {
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RSA-2048": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
}


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def admit(world: SealingWorld, algorithm: str = "P-256", *, name: str = "A Seal") -> StoredKey:
    """A key that an authority certified, taken in as `gba keys admit-seal` does."""
    private = PRIVATE[algorithm]()
    chain = world.authorities.enrol("CN-44", name, private.public_key())
    return world.keys.admit(Purpose.SEAL, algorithm, private, at=world.now, owner="CN-44", chain=chain)


def in_production(world: SealingWorld) -> SealDevices:
    return SealDevices(settings=TrustSettings(), keys=world.keys, authorities=None, egress=lambda: world.egress)


@pytest.mark.parametrize("algorithm", PRIVATE)
def test_a_key_of_either_kind_makes_the_seals_once_it_is_admitted(world: SealingWorld, algorithm: str) -> None:
    kept = admit(world, algorithm)
    assert in_production(world)().chain == kept.chain


def test_the_newest_makes_them_whatever_kind_was_there_before(world: SealingWorld) -> None:
    admit(world, "P-256")
    newest = admit(world, "RSA-2048")
    devices = in_production(world)
    assert devices().chain == newest.chain
    assert devices(algorithm="P-256").signature_algorithm == "sha256_ecdsa"  # who asks for a kind gets that kind


def test_a_gateway_that_runs_seals_with_a_key_from_the_moment_it_is_admitted(world: SealingWorld) -> None:
    admit(world, name="Before")
    seal = world.sealing(in_production(world).source())
    told = [world.verify(seal(plain_pdf(), PROFILE).content)]
    admit(world, name="Afterwards")
    told.append(world.verify(seal(plain_pdf(), PROFILE).content))
    assert [report.verdict.passed for report in told] == [True, True]
    assert [report.as_json()["signatures"][0]["signer"] for report in told] == ["Before", "Afterwards"]


def test_a_service_is_one_device_for_all_seals(world: SealingWorld) -> None:
    service, asked = SignatureService(world.authorities, world.clock), list[str]()

    def egress(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        asked.append(url.partition("/csc/v2/")[2])
        status, told = service.answer(method, url, headers or {}, body)
        return InProcessReply(status=status, headers={}, body=json.dumps(told).encode())

    place = RemoteSealKey(
        name="cloud",
        service=f"https://sign.test{simulator.PATH}",
        client_id=simulator.CLIENT,
        client_secret=simulator.SECRET,
        credential=simulator.CREDENTIAL,
        pin=simulator.PIN,
    )
    settings = TrustSettings(seal_key="cloud", seal_services=(place,))
    source = SealDevices(settings=settings, keys=world.keys, authorities=None, egress=lambda: egress).source()
    assert asked == []  # a gateway starts while the service is away
    seal = world.sealing(source)
    assert [world.verify(seal(plain_pdf(), PROFILE).content).verdict.passed for _ in range(2)] == [True, True]
    assert (asked.count("oauth2/token"), asked.count("credentials/info")) == (1, 1)


def test_an_operator_is_warned_before_the_seal_s_certificate_ends(
    world: SealingWorld, caplog: pytest.LogCaptureFixture
) -> None:
    devices = in_production(world)
    warn = WarnOfSeal(device=devices, clock=world.clock)
    assert warn() == "no_seal_key"
    device = world.device(not_after=world.now + timedelta(days=60))
    warn = WarnOfSeal(device=lambda: device, clock=world.clock)
    told = []
    for days in (0, 29, 2, 30):
        world.later(days=days)
        told.append(warn())
    assert told == ["", "", "seal_certificate_ends_soon", "seal_certificate_not_valid_now"]
    reasons = [getattr(record, "reason", "") for record in caplog.records if record.message == "seal_key"]
    assert reasons == ["no_seal_key", "seal_certificate_ends_soon", "seal_certificate_not_valid_now"]
