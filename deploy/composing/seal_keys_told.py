"""What can be told of every key that makes seals: for operators, without a secret."""

from collections.abc import Mapping
from typing import Any

from cryptography import x509

from deploy import clock
from deploy.composing import sealing
from deploy.composing.custody import open_keys
from deploy.composing.seal_devices import SealDevices
from deploy.settings import Settings
from trust.errors import KeyUnavailable
from trust.ports.egress import Egress
from trust.settings import KEY_FILE


def told(settings: Settings) -> list[Mapping[str, Any]]:
    """Each key by its name; `problem` says why one cannot sign now."""
    devices = seal_devices(settings)
    return [_one(devices, name) for name in devices.names()]


def seal_devices(settings: Settings) -> SealDevices:
    """The keys of these settings, without a server."""
    authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url) if settings.sandbox else None
    return SealDevices(
        settings=settings.trust, keys=open_keys(settings), authorities=authorities, egress=lambda: _egress(settings)
    )


def _one(devices: SealDevices, name: str) -> dict[str, Any]:
    used = name == (devices.settings.seal_key or KEY_FILE)
    try:
        device = devices(name)
        certificate = x509.load_der_x509_certificate(device.chain[0])
        algorithm = device.signature_algorithm
    except KeyUnavailable as missing:
        return {"name": name, "used": used, "problem": missing.reason}
    stands = certificate.not_valid_before_utc <= clock.now() <= certificate.not_valid_after_utc
    return {
        "name": name,
        "used": used,
        "problem": "" if stands else "seal_certificate_not_valid_now",
        "algorithm": algorithm,
        "subject": certificate.subject.rfc4514_string(),
        "until": certificate.not_valid_after_utc.isoformat(),
    }


def _egress(settings: Settings) -> Egress:
    from deploy.composing.world import World  # noqa: PLC0415 - only where a service keeps a key

    return World.open(settings).egress
