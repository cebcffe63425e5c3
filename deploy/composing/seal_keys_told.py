"""What can be told of every key that makes seals: for operators, without a secret."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509

from deploy import clock
from deploy.composing import sealing
from deploy.composing.custody import open_keys
from deploy.composing.seal_devices import SealDevices
from deploy.settings import Settings
from trust.errors import KeyUnavailable
from trust.frozen import Frozen
from trust.ports.egress import Egress
from trust.ports.sealing import SigningDevice
from trust.settings import KEY_FILE

SOON = timedelta(days=30)
NOT_VALID_NOW = "seal_certificate_not_valid_now"

log = logging.getLogger(__name__)


class WarnOfSeal(Frozen):
    """A line in the log while no seal can be made, or not for much longer: a worker's task."""

    device: Callable[[], SigningDevice]
    clock: Callable[[], datetime]

    def __call__(self) -> str:
        """The reason that was told; empty if all is well."""
        try:
            certificate = x509.load_der_x509_certificate(self.device().chain[0])
        except KeyUnavailable as missing:
            reason = missing.reason
        else:
            reason = _problem(certificate, self.clock())
        if reason:
            log.warning("seal_key", extra={"reason": reason})
        return reason


def _problem(certificate: x509.Certificate, at: datetime) -> str:
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return NOT_VALID_NOW
    return "seal_certificate_ends_soon" if certificate.not_valid_after_utc - at < SOON else ""


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
    return {
        "name": name,
        "used": used,
        "problem": NOT_VALID_NOW if _problem(certificate, clock.now()) == NOT_VALID_NOW else "",
        "algorithm": algorithm,
        "subject": certificate.subject.rfc4514_string(),
        "until": certificate.not_valid_after_utc.isoformat(),
    }


def _egress(settings: Settings) -> Egress:
    from deploy.composing.world import World  # noqa: PLC0415 - only where a service keeps a key

    return World.open(settings).egress
