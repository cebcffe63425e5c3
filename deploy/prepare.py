"""What must be there before a worker starts: the data directory, keys, the database, the sandbox's registrations."""

from msgspec.structs import replace

from deploy import clock, migrate
from deploy.composing.sealing import listed, sandbox_authorities
from deploy.composing.world import World
from deploy.settings import Settings
from gateway.oidc.client import Client
from gateway.storage.clients import SqlClients
from trust.custody.key_store import KeyStore
from trust.custody.stored_key import StoredKey
from trust.keys.key import Purpose


def prepare(settings: Settings) -> list[str]:
    """Make it so; what keeps the gateway from starting, as sentences."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    world = World.open(settings)
    try:
        if settings.sandbox:
            migrate.upgrade(world.engine)
            _enrol_in_sandbox(world)
        problems = [] if settings.sandbox else _objections_in_production(world)
        _verify_trust_lists(world)
        return problems
    finally:
        world.engine.dispose()
        world.egress.close()


def _objections_in_production(world: World) -> list[str]:
    from deploy.sandbox.pki.marker import is_sandbox  # noqa: PLC0415 - to recognise what must not be here

    found = []
    if not migrate.is_current(world.engine):
        found.append("database: behind the newest migration; run `gba database upgrade`")
    sandbox_keys = [key.kid for key in _seal_keys(world.keys) if any(is_sandbox(der) for der in key.chain)]
    if sandbox_keys:
        found.append(f"keys: {len(sandbox_keys)} seal key(s) certified by the sandbox; enrol real ones")
    trust = world.settings.trust
    if not trust.seal_key and not any(
        key.owner == trust.seal_territory and key.makes for key in _seal_keys(world.keys)
    ):
        found.append(f"keys: no seal key of {trust.seal_territory}; see `gba keys admit-seal --help`")
    if (world.settings.data_dir / "sandbox").exists():
        found.append("data_dir: holds a sandbox; production starts on a directory of its own")
    return found


def _verify_trust_lists(world: World) -> None:
    """Once, here: what reads signed XML takes eight megabytes, which each worker that finds it done goes without."""
    settings = world.settings
    authorities = sandbox_authorities(settings.data_dir, settings.sandbox_url) if settings.sandbox else None
    listed(settings.data_dir, world.keys, authorities)


def _seal_keys(keys: KeyStore) -> list[StoredKey]:
    return [key for key in keys.keys() if key.purpose is Purpose.SEAL]  # noqa: SIM118 - a store, not a dict


def _enrol_in_sandbox(world: World) -> None:
    """Authorities, registrations at the simulators, and the agency's client: each made once."""
    from deploy.sandbox.agency import enrolment  # noqa: PLC0415 - in production there is none
    from deploy.sandbox.pki.authorities import Authorities  # noqa: PLC0415
    from deploy.sandbox.registration import secrets_in  # noqa: PLC0415

    settings = world.settings
    secrets_in(settings.data_dir)
    Authorities.open(settings.data_dir / "sandbox" / "pki", settings.sandbox_url, clock.now)
    client = enrolment.registration(settings.data_dir / "sandbox" / "agency", f"{settings.sandbox_url}/agency")
    _register(world, client)


def _register(world: World, client: Client) -> None:
    """Keep the client, unless it is there as it should be; another port or another release may have changed it."""
    with world.engine.connect().execution_options(write=True) as connection, connection.begin():
        clients = SqlClients(connection)
        known = clients.find(client.id)
        if known is None or replace(known, version=client.version) != client:
            clients.save(client)
