"""The world outside the rules: keys, vault, database, network, time."""

import os

import sqlalchemy as sa

from deploy.composing.custody import open_keys
from deploy.database import make_engine
from deploy.egress import Egress
from deploy.settings import Settings
from gateway.frozen import Frozen, Hidden
from gateway.oidc import base64url
from gateway.storage.partner_addresses import partner_addresses
from trust.custody.key_store import KeyStore
from trust.custody.vault import Vault


class World(Frozen, kw_only=False):
    """What flows reach through ports. One a process."""

    settings: Settings
    engine: Hidden[sa.Engine]
    keys: Hidden[KeyStore]
    vault: Hidden[Vault]
    egress: Hidden[Egress]

    @classmethod
    def open(cls, settings: Settings) -> "World":
        """The world of these settings."""
        keys = open_keys(settings)
        database = settings.database
        engine = make_engine(
            settings.database_url,
            pool_size=database.pool_size,
            always_wait_for_disk=database.always_wait_for_disk,
        )
        return cls(
            settings=settings,
            engine=engine,
            keys=keys,
            vault=Vault(keys),
            egress=Egress(
                allowed=origins(settings),
                timeout=settings.egress.timeout,
                largest=settings.egress.largest_answer,
                connections=settings.egress.connections,
                authorities=settings.egress.authorities_file,
                registered=lambda: partner_addresses(engine),
            ),
        )


def new_token() -> str:
    """256 random bits, safe in URLs and cookies."""
    return base64url.encode(os.urandom(32))


def origins(settings: Settings) -> list[str]:
    """Whom the gateway may speak to: the regions that are configured, or the sandbox."""
    allowed = list(settings.egress.also_allowed)
    if settings.sandbox:
        allowed.append(settings.sandbox_url)
    allowed += settings.trust.timestamp_urls
    for service in settings.trust.seal_services:
        allowed += [url for url in (service.service, service.token_url) if url]
    if cloud := settings.trust.cloud_signing:
        allowed += [url for url in (cloud.service, cloud.token_url) if url]
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
