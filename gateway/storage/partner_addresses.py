"""The addresses of registered clients that the gateway itself speaks to: for the allow-list of the way out."""

import sqlalchemy as sa

from gateway.storage.clients import read
from gateway.storage.tables_oidc import clients as table


def partner_addresses(engine: sa.Engine) -> frozenset[str]:
    """Where active clients publish their keys and want to be told of things."""
    with engine.connect().execution_options(write=False) as connection:
        rows = connection.execute(sa.select(table.c.document)).all()
    found = [read(row.document) for row in rows]
    wanted = ((client.jwks_uri, client.backchannel_logout_uri, client.events_uri) for client in found if client.active)
    return frozenset(url for listed in wanted for url in listed if url)
