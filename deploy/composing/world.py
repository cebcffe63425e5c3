"""The world outside the rules: keys, vault, database, network, time."""

import secrets
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from deploy import clock
from deploy.database import make_engine
from deploy.egress import Egress, WsgiApp
from deploy.settings import Settings
from gateway.storage.partner_addresses import partner_addresses
from trust.custody.key_store import KeyStore
from trust.custody.vault import Vault
from trust.keys.key import Purpose

# every purpose has a key before anything starts; production makes its own with `gba keys`
FIRST_KEYS = (
    (Purpose.TOKEN, "ES256"),
    (Purpose.DATA, "A256GCM"),
    (Purpose.INDEX, "HS256"),
    (Purpose.PAIRWISE, "HS256"),
    (Purpose.RECEIPT, "ES256"),
)
MASTER_BYTES = 32


@dataclass(frozen=True, slots=True)
class World:
    """What flows reach through ports. One a process."""

    settings: Settings
    engine: sa.Engine = field(repr=False)
    keys: KeyStore = field(repr=False)
    vault: Vault = field(repr=False)
    egress: Egress = field(repr=False)

    @classmethod
    def open(cls, settings: Settings, *, mounted: dict[str, WsgiApp] | None = None) -> "World":
        """The world of these settings. `mounted` puts parts of the outside into this process."""
        keys = open_keys(settings)
        engine = make_engine(settings.database_url, pool_size=settings.database.pool_size)
        return cls(
            settings=settings,
            engine=engine,
            keys=keys,
            vault=Vault(keys),
            egress=Egress(
                allowed=[*origins(settings), *(mounted or {})],
                timeout=settings.egress.timeout,
                largest=settings.egress.largest_answer,
                connections=settings.egress.connections,
                mounted=mounted,
                registered=lambda: partner_addresses(engine),
            ),
        )


def new_token() -> str:
    """256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def origins(settings: Settings) -> list[str]:
    """Whom the gateway may speak to: the regions that are configured, or the sandbox."""
    allowed = list(settings.egress.also_allowed)
    if settings.sandbox:
        allowed.append(settings.sandbox_url)
    regions = settings.regions
    if regions.hongkong:
        allowed.append(regions.hongkong.api_base)
    if regions.macau:
        allowed.append(regions.macau.issuer)
    if regions.guangdong:
        allowed.append(regions.guangdong.base)
    if regions.face_check:
        allowed += [regions.face_check.issuer, regions.face_check.keys_url]
    return allowed


def open_keys(settings: Settings) -> KeyStore:
    """The key store, with a first key for every purpose."""
    folder = settings.data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = settings.keys.file or folder / "keys.json"
    store = KeyStore.open(file, _master(settings, folder / "master.key"))
    for purpose, algorithm in FIRST_KEYS:
        store.ensure(purpose, algorithm, at=clock.now())
    return store


def _master(settings: Settings, own: Path) -> bytes:
    """The configured master key; in the sandbox one of its own, made on first start."""
    if settings.keys.master_file is not None:
        return settings.keys.master_file.read_bytes().rstrip(b"\r\n")
    assert settings.sandbox, "production settings without a master key do not load"
    try:
        with own.open("xb") as file:
            own.chmod(0o600)
            file.write(secrets.token_hex(MASTER_BYTES).encode())
    except FileExistsError:
        pass
    return own.read_bytes().rstrip(b"\r\n")
