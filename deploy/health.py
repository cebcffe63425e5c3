"""/healthz: this process answers. /readyz: what it needs is there, part by part."""

import orjson
import sqlalchemy as sa

from deploy import migrate
from deploy.composing.world import World
from deploy.rim import Handler
from gateway.endpoints.wire import Request, Response
from trust.errors import TrustError
from trust.keys.key import Purpose

JSON = (("Content-Type", "application/json"),)


def routes(world: World) -> dict[tuple[str, str], Handler]:
    """What the rim mounts."""

    def healthy(_: Request) -> Response:
        return Response(200, JSON, b'{"status":"ok"}')

    def ready(_: Request) -> Response:
        parts = {"database": _database(world), "keys": _keys(world)}
        good = all(state == "ok" for state in parts.values())
        body = orjson.dumps({"status": "ok" if good else "not_ready", "parts": parts})
        return Response(200 if good else 503, JSON, body)

    return {("GET", "/healthz"): healthy, ("GET", "/readyz"): ready}


def _database(world: World) -> str:
    try:
        return "ok" if migrate.is_current(world.engine) else "behind"
    except sa.exc.SQLAlchemyError:
        return "unreachable"


def _keys(world: World) -> str:
    try:
        world.keys.current(Purpose.TOKEN)
    except TrustError as problem:
        return problem.reason
    return "ok"
