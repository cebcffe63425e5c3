"""The tables of logouts: who is to be told of a session's end, and whether they were."""

import sqlalchemy as sa

from gateway.storage.metadata import metadata

session_clients = sa.Table(
    "session_clients",
    metadata,
    sa.Column("session", sa.String(64), primary_key=True),
    sa.Column("client", sa.String(200), primary_key=True),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
)

logout_deliveries = sa.Table(
    "logout_deliveries",
    metadata,
    sa.Column("session", sa.String(64), primary_key=True),
    sa.Column("client", sa.String(200), primary_key=True),
    sa.Column("account", sa.String(72), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("next_at", sa.BigInteger, nullable=False),
    sa.Column("problem", sa.String(64)),
    sa.Index("ix_logout_deliveries_due", "state", "next_at"),
)
