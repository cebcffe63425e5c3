"""Whose key makes a seal: one of the key file, of a hardware token or of a trust service, by configuration alone."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from deploy import clock
from deploy.composing import sealing
from deploy.sandbox.pki.authorities import Authorities
from trust.custody.certified import read_chain
from trust.custody.key_store import KeyStore
from trust.errors import KeyUnavailable
from trust.frozen import Frozen
from trust.ports.egress import Egress
from trust.ports.sealing import SigningDevice
from trust.settings import KEY_FILE, RemoteSealKey, TokenSealKey, TrustSettings

if TYPE_CHECKING:
    from trust.custody.remote_device import RemoteDevice


class SealDevices(Frozen):
    """Every key that can make a seal, by its name. `egress` is asked for only when a trust service keeps the key."""

    settings: TrustSettings
    keys: KeyStore
    authorities: Authorities | None
    egress: Callable[[], Egress]

    def __call__(self, name: str = "", *, territory: str = "", algorithm: str | None = None) -> SigningDevice:
        """The device of this name; the settings' own without one. Raises KeyUnavailable.

        Of the key file it is the newest key of the territory, of this kind or without one of any.
        """
        wanted = name or self.settings.seal_key or KEY_FILE
        if wanted == KEY_FILE:
            return sealing.seal_device(
                self.keys, territory or self.settings.seal_territory, self.authorities, algorithm=algorithm
            )
        for token in self.settings.seal_tokens:
            if token.name == wanted:
                return _token(token)
        for remote in self.settings.seal_services:
            if remote.name == wanted:
                return _remote(remote, self.egress())
        raise KeyUnavailable("no_such_key")

    def source(
        self, name: str = "", *, territory: str = "", algorithm: str | None = None
    ) -> Callable[[], SigningDevice]:
        """The device of this name whenever it is asked for: of the key file always the key that is the newest by then.

        A token or a service is one device throughout, with its session and with its word on a refused PIN; a service's
        with the certificate that is the credential's by then. Raises KeyUnavailable if there is none now.
        """
        wanted = name or self.settings.seal_key or KEY_FILE
        for remote in self.settings.seal_services:
            if remote.name == wanted:
                return _remote(remote, self.egress()).now
        device = self(wanted, territory=territory, algorithm=algorithm)
        if wanted == KEY_FILE:
            return lambda: self(wanted, territory=territory, algorithm=algorithm)
        return lambda: device

    def names(self) -> tuple[str, ...]:
        """Of every key that the settings name; the key file's first."""
        tokens, services = self.settings.seal_tokens, self.settings.seal_services
        return (KEY_FILE, *(token.name for token in tokens), *(service.name for service in services))


def _token(settings: TokenSealKey) -> SigningDevice:
    from trust.custody.token_device import TokenDevice, TokenKey  # noqa: PLC0415 - only with such a key

    place = TokenKey(
        module=settings.module, token=settings.token, key=settings.key, pin=secret(settings.pin, settings.pin_file)
    )
    return TokenDevice(place, read_chain(_content(settings.chain_file)) if settings.chain_file else ())


def _remote(settings: RemoteSealKey, egress: Egress) -> "RemoteDevice":
    from trust.custody.csc_service import CscPlace, CscService  # noqa: PLC0415 - only with such a key
    from trust.custody.remote_device import RemoteDevice, RemoteKey  # noqa: PLC0415

    place = CscPlace(
        service=settings.service,
        client_id=settings.client_id,
        client_secret=secret(settings.client_secret, settings.client_secret_file),
        token_url=settings.token_url,
    )
    key = RemoteKey(credential=settings.credential, pin=secret(settings.pin, settings.pin_file))
    return RemoteDevice(key, CscService(place, egress, clock.now))


def secret(given: str, file: str) -> str:
    """A secret of the settings: as given, or what its file holds."""
    return _content(file).decode("utf-8", "replace").strip() if file else given


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError:
        raise KeyUnavailable("key_setting_unreadable") from None
