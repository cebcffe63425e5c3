"""The gateway as it is measured: the product's own composition, over regions that answer at once."""

from collections.abc import Mapping
from pathlib import Path

from deploy.commands import serve
from deploy.composing.world import World
from deploy.prepare import prepare
from deploy.settings import CHECKOUT, PREFIX, Settings, load, process_environment
from gateway.oidc.client import Client
from gateway.storage.clients import SqlClients
from tests.bench.agency import CALLBACK, Agency
from tests.bench.cases import Side
from tests.bench.server import Server

NAME = "Agency of the bench"


def start(
    folder: Path,
    port: int,
    *,
    name: str = "gateway",
    factory: str = "tests.bench.served:make",
    given: Mapping[str, str] | None = None,
    beside: tuple[int, ...] = (),
) -> Side:
    """One worker, real sockets, SQLite on disk; settings as the product's defaults have them, but for those `given`."""
    kept = {name: value for name, value in process_environment().items() if not name.startswith(PREFIX)}
    environment = kept | {"PORT": str(port), f"{PREFIX}DATA_DIR": str(folder), "PYTHONPATH": str(CHECKOUT)}
    environment |= {f"{PREFIX}{key}": value for key, value in (given or {}).items()}
    settings = load(environment)
    prepare(settings)
    issuer = settings.public_url
    gateway = Side(
        server=Server(
            name=name,
            port=port,
            command=[*serve.serving(settings)[:-1], "--factory", factory],
            environment=environment,
            log=folder / "gateway.log",
        ),
        plain=Agency(client="bench-plain", issuer=issuer),
        pushed=Agency(client="bench-pushed", issuer=issuer),
        fapi=Agency(client="bench-fapi", issuer=issuer, bound=True),
        beside=beside,
    )
    _register(settings, gateway)
    gateway.server.start("/readyz")
    return gateway


def _register(settings: Settings, gateway: Side) -> None:
    world = World.open(settings)
    with world.engine.connect().execution_options(write=True) as connection, connection.begin():
        for agency in (gateway.plain, gateway.pushed, gateway.fapi):
            SqlClients(connection).save(
                Client(
                    id=agency.client,
                    agency="bench",
                    names=dict.fromkeys(("zh-Hant", "zh-Hans", "en", "pt"), NAME),
                    region="CN-44",
                    redirect_uris=(CALLBACK,),
                    jwks=agency.jwks,
                    scopes=frozenset({"openid", "profile", "documents:read"}),
                    grant_types=frozenset({"authorization_code", "client_credentials"}),
                    require_par=agency is not gateway.plain,
                    require_dpop=agency.bound,
                )
            )
    world.engine.dispose()
    world.egress.close()
