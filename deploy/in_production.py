"""What keeps a production gateway from starting, beyond its settings: what lies in its database, keys and directory.

Both who serves and who works look first. A sandbox's key makes no seal here, whichever process would have made it.
"""

from deploy import schema_version
from deploy.composing.world import World
from deploy.settings import Settings
from trust.custody.key_store import KeyStore
from trust.custody.stored_key import StoredKey
from trust.keys.key import Purpose


def look(settings: Settings) -> list[str]:
    """The same of what these settings lead to; in the sandbox nothing is refused."""
    if settings.sandbox:
        return []
    world = World.open(settings)
    try:
        return objections(world)
    finally:
        world.engine.dispose()
        world.egress.close()


def objections(world: World) -> list[str]:
    """As sentences for the operator."""
    from deploy.sandbox.pki.marker import is_sandbox  # noqa: PLC0415 - to recognise what must not be here

    found = []
    if not schema_version.is_current(world.engine):
        found.append("database: behind the newest migration; run `gba database upgrade`")
    sandbox_keys = [
        key.kid for key in _seal_keys(world.keys) if key.checks and any(is_sandbox(der) for der in key.chain)
    ]
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


def _seal_keys(keys: KeyStore) -> list[StoredKey]:
    return [key for key in keys.keys() if key.purpose is Purpose.SEAL]  # noqa: SIM118 - a store, not a dict
