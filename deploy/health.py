"""/healthz: this process answers. /readyz: what it needs is there, part by part."""

from typing import Literal, TypedDict

import orjson
import sqlalchemy as sa

from deploy import clock, schema_version
from deploy.composing.documents_place import open_bucket
from deploy.composing.world import World
from deploy.rim import Handler
from deploy.trust_lists.opening import SnapshotInForce, TrustLists
from gateway.endpoints.wire import Request, Response
from trust.anchors.snapshot import Snapshot
from trust.errors import TrustError
from trust.keys.key import Purpose

JSON = (("Content-Type", "application/json"),)


class Alive(TypedDict):
    """This process answers."""

    status: Literal["ok"]


class Readiness(TypedDict):
    """Each part with `ok` or what is wrong; each trust list with its state, which does not count."""

    status: Literal["ok", "not_ready"]
    parts: dict[str, str]
    trust_lists: dict[str, str]


def routes(world: World) -> dict[tuple[str, str], Handler]:
    """What the rim mounts."""

    bucket = open_bucket(world.settings.object_storage)
    lists = SnapshotInForce(TrustLists(world.settings.data_dir, world.keys))

    def healthy(_: Request) -> Response:
        return Response(200, JSON, b'{"status":"ok"}')

    def ready(_: Request) -> Response:
        parts = {"database": _database(world), "keys": _keys(world)}
        if bucket is not None:
            parts["documents"] = "ok" if bucket.answers() else "unreachable"
        good = all(state == "ok" for state in parts.values())
        # a list that cannot be relied on closes what rests on it, not the gateway: it is told and does not count
        told: Readiness = {
            "status": "ok" if good else "not_ready",
            "parts": parts,
            "trust_lists": _trust_lists(lists()),
        }
        body = orjson.dumps(told)
        return Response(200 if good else 503, JSON, body)

    return {("GET", "/healthz"): healthy, ("GET", "/readyz"): ready}


def _database(world: World) -> str:
    try:
        return "ok" if schema_version.is_current(world.engine) else "behind"
    except sa.exc.SQLAlchemyError:
        return "unreachable"


def _trust_lists(snapshot: Snapshot) -> dict[str, str]:
    """Each territory's list: its state, and the reason where nothing may rest on it."""
    stand = snapshot.standings(clock.now())
    return {each.territory: f"{each.state}: {each.reason}" if each.reason else str(each.state) for each in stand}


def _keys(world: World) -> str:
    try:
        world.keys.current(Purpose.TOKEN)
    except TrustError as problem:
        return problem.reason
    return "ok"
