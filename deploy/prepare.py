"""What must be there before a worker starts: the data directory, keys, the database, the sandbox's registrations."""

from msgspec.structs import replace

from deploy import clock, in_production, migrate
from deploy.composing.sealing import listed, sandbox_authorities
from deploy.composing.world import World
from deploy.settings import Settings
from gateway.oidc.client import Client
from gateway.storage.clients import SqlClients


def prepare(settings: Settings) -> list[str]:
    """Make it so; what keeps the gateway from starting, as sentences."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    world = World.open(settings)
    try:
        if settings.sandbox:
            migrate.upgrade(world.engine)
            _enrol_in_sandbox(world)
        problems = [] if settings.sandbox else in_production.objections(world)
        _verify_trust_lists(world)
        return problems
    finally:
        world.engine.dispose()
        world.egress.close()


def _verify_trust_lists(world: World) -> None:
    """Once, here: what reads signed XML takes eight megabytes, which each worker that finds it done goes without."""
    settings = world.settings
    authorities = sandbox_authorities(settings.data_dir, settings.sandbox_url) if settings.sandbox else None
    listed(settings.data_dir, world.keys, authorities)


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
